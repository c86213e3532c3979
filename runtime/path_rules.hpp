#pragma once
// Which files the process may reach from here on: the kernel's Landlock, where it has it.
//
// Everything that the kernel's version of Landlock can restrict is forbidden, but for the rules
// given. What was opened before stays open. From version 6 on, signals and abstract sockets of
// processes outside are out of reach too. It cannot be undone, and it binds this thread and those
// that it makes: called by runtime/confinement alone, before any thread is made.

#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::runtime {

enum class path_right : std::uint8_t {
  read,            ///< files are read, directories listed
  read_and_write,  ///< a file; of a directory also: made, renamed and removed in it
};

/// A file, or a directory with all below. Paths that do not exist are left out.
struct path_rule {
  bytes path;
  path_right right = path_right::read;
};

/// Needs no_new_privs. Gives the version of the kernel's Landlock. Errors: unavailable (the kernel
/// has none), storage (a path that cannot be opened).
result<int> restrict_paths(const std::vector<path_rule>& rules);

}  // namespace comet::runtime
