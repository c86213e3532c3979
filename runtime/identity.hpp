#pragma once
// Who this node is: 32 random bytes, made at the first start and kept with its data.
//
// The id lives in the store's meta entry `node_id`, so it moves with the directory and FLUSHALL
// leaves it alone. Called once, by node, before anything else uses the store.

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "store/store.hpp"

namespace comet::runtime {

/// Reads the id or makes and syncs it. Errors: those of the store; corrupt when it is not 32 bytes.
result<digest> node_identity(store::store& store);

/// From the kernel, for ids and seeds.
bytes random_bytes(std::size_t count);

}  // namespace comet::runtime
