#pragma once
// File descriptors for as many clients as are allowed: the soft limit is raised as far as it goes.

#include <cstddef>
#include <optional>

#include "base/bytes.hpp"

namespace comet::runtime {

/// Raises the process's limit for `maxclients` connections besides the store's files. Gives a
/// warning for the log when the hard limit is too low.
std::optional<bytes> raise_descriptor_limit(std::size_t maxclients);

}  // namespace comet::runtime
