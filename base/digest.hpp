#pragma once
// Digests: names of code and keys (SHA-256) and checksums of records (CRC-32C).
//
// base/cipher.cpp, base/digest.cpp and base/signature.cpp are the sole includers of libcrypto below
// actors/ (docs/adr/0002).

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"

namespace comet {

/// 32 bytes, FIPS 180-4. Names code (SHA-256 of its source) and places keys (SHA-256 of the key).
using digest = std::array<std::uint8_t, 32>;

digest sha256(bytes_view data);
/// HMAC-SHA-256, RFC 2104.
digest hmac_sha256(bytes_view key, bytes_view data);

/// Takes the same time wherever the two differ; their sizes are no secret.
bool equal_in_constant_time(bytes_view a, bytes_view b);

bytes_view as_bytes(const digest& d);
/// The digest held by exactly 32 bytes; checks the size.
digest digest_from(bytes_view raw);

/// Is `a` strictly nearer to `target` than `b`? Distance is exclusive or (Kademlia, 2002).
bool is_nearer(const digest& target, const digest& a, const digest& b);

/// CRC-32C (Castagnoli, RFC 3720), as stored in records.
std::uint32_t crc32c(bytes_view data);

/// Fast 64-bit hash for in-memory tables only: never stored, never sent.
std::uint64_t table_hash(bytes_view data);

}  // namespace comet

template <>
struct std::hash<comet::digest> {
  std::size_t operator()(const comet::digest& d) const noexcept {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < sizeof word; ++i)
      word = word << 8U | d[i];
    return word;
  }
};
