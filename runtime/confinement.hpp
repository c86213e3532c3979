#pragma once
// The process gives up what a node never needs, so that a flaw in it is worth less to an attacker.
//
// No new privileges, a filter of system calls, and files: written only below the data directory,
// read only there and where the system keeps its own. Best effort: what the kernel lacks is left
// out and reported. It cannot be undone and holds for threads made later, so runtime/service calls
// it first of all. The choice of what is given up stands in docs/adr/0005.

#include <vector>

#include "base/bytes.hpp"

namespace comet::runtime {

struct confinement_scope {
  bytes data;                   ///< the directory that is written; it exists
  std::vector<bytes> readable;  ///< files and directories that are read besides the system's own
};

/// What holds. Each is "yes", or why it does not hold.
struct confinement {
  bytes no_new_privs;
  bytes seccomp;
  bytes landlock;  ///< with its version

  [[nodiscard]] bool complete() const;
};

/// Once a process.
confinement confine_process(const confinement_scope& scope);

}  // namespace comet::runtime
