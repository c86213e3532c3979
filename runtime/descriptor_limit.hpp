#pragma once
// File descriptors for as many clients as are allowed: the soft limit is raised as far as it goes.
// Called by runtime/service before the store is opened.

#include <cstddef>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::runtime {

/// What the store, HTTP and the node's own threads take before the first client comes.
inline constexpr std::size_t descriptors_min = 256;

/// Raises the process's limit for `maxclients` connections besides the store's files. Gives a
/// warning for the log when the hard limit is too low for so many. Errors: config (the hard limit
/// is below `descriptors_min`).
result<std::optional<bytes>> raise_descriptor_limit(std::size_t maxclients);

}  // namespace comet::runtime
