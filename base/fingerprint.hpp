#pragma once
// The name of a public key: how a node is called wherever it is reached (runtime/identity gives a
// node its own, actors/tls_session checks those of peers).
//
// Nobody can take the name of another node without its private key.

#include "base/digest.hpp"
#include "base/signature.hpp"

namespace comet {

/// SHA-256 of the key's 32 bytes.
digest fingerprint_of(const public_key& key);

}  // namespace comet
