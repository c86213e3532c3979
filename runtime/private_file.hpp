#pragma once
// Files that only the user of the node's process may read: users with their passwords, the secret
// of the network.
//
// A file that others can read or change is refused: what stands in it would be no secret, or not
// ours. Read whole. Called by users_file and network_secret.

#include <cstddef>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::runtime {

/// `what` names the file in errors ("the users file"). Errors, config: it is not there or no file,
/// others may read or change it, it belongs to another user, it is over `bytes_max`.
result<bytes> read_private_file(bytes_view what, const bytes& path, std::size_t bytes_max);

}  // namespace comet::runtime
