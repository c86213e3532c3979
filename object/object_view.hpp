#pragma once
// What is known of an active object in memory, as the fields that ASO.INFO and COMET INSPECT tell.
//
// Names of fields are those that clients see; they are never given another meaning. Called by
// object/shard.

#include <vector>

#include "object/record_cache.hpp"
#include "object/reply.hpp"

namespace comet::object {

/// Names and values in turn, of an entry whose object is active. Its last error and its log are
/// left out for those who do not own it.
std::vector<reply> information_on(const cache_entry& entry, bool is_owner);

}  // namespace comet::object
