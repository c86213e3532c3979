#pragma once
// The users file on disk: who may read it, and what it says.
//
// Read at start, and again on ACL LOAD, by live_configuration.

#include <memory>

#include "base/result.hpp"
#include "net/wire/user_table.hpp"

namespace comet::runtime {

/// Errors, config: the file cannot be read, others may read or write it, or a line has a fault; the
/// message names file and line.
result<std::shared_ptr<const wire::user_table>> read_users_file(const bytes& path);

}  // namespace comet::runtime
