#pragma once
// Who this node is: an Ed25519 key, made at the first start and kept with its data.
//
// The private key lives in the store's meta entry `node_key` (PEM, PKCS #8), so it moves with the
// directory and FLUSHALL leaves it alone. The node's id is the fingerprint of the public key.
// Directories without a key (their entry `node_id` is 32 random bytes) get one, and with it another
// id; the old entry goes with the same commit. Called once, by node, before anything else uses the
// store.

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/signature.hpp"
#include "store/store.hpp"

namespace comet::runtime {

struct identity {
  signing_key key;
  digest id;
};

/// Reads the key or makes and syncs it. Errors: those of the store; corrupt when it is no key.
result<identity> node_identity(store::store& store);

/// From the kernel, for ids and seeds.
bytes random_bytes(std::size_t count);

}  // namespace comet::runtime
