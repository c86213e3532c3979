#pragma once
// The directory of a node's store: whose it is, before any engine touches it.
//
// A file named FORMAT says so in two lines: "comet store" and "format <version>". It is written
// first and atomically, so a directory without it is either empty or not ours. An engine never
// opens a directory that `claim_directory` refused.

#include <string>

#include "base/result.hpp"
#include "store/store.hpp"

namespace comet::store {

/// The newest layout of files that this build writes, and reads back to 1.
inline constexpr int directory_format = 1;

enum class directory_state {
  fresh,  ///< nothing of an engine is in it
  used,   ///< an engine's files are there
};

/// Creates the directory and its FORMAT when there is nothing, and checks it when there is.
/// Refuses: a file or an unusable path (config), a directory that holds something else, another
/// product or a newer format (incompatible), a damaged FORMAT, or one whose engine lost its
/// CURRENT (corrupt), a failing disk (storage, disk_full).
result<directory_state> claim_directory(const std::string& path);

/// Sum of the sizes of the files right in the directory; files that vanish meanwhile count nothing.
std::uint64_t bytes_in_directory(const std::string& path);

/// Bytes a process without privileges may still write to the file system of `path`.
result<std::uint64_t> free_bytes(const std::string& path);

/// The same, of how much; zeros when the system does not say.
disk_space space_of_directory(const std::string& path);

/// The code for a failed system call: no space and quota are disk_full, all others storage.
errc errc_of(int system_error);

}  // namespace comet::store
