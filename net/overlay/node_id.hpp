#pragma once
// Where nodes and keys stand: 256-bit numbers whose distance is exclusive or (Kademlia, 2002).
//
// A node's id is the SHA-256 of its public key, so nobody chooses where to stand; a key's id is the
// SHA-256 of the key. Held as four words, most significant first, so that comparing distances costs
// a few instructions. Everything in net/overlay uses it.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/random.hpp"

namespace comet::overlay {

inline constexpr unsigned id_bits = 256;

struct node_id {
  std::array<std::uint64_t, 4> words{};  ///< most significant first

  /// Bit 0 is the most significant one.
  [[nodiscard]] bool bit(unsigned index) const {
    return ((words[index / 64] >> (63 - index % 64)) & 1U) != 0;
  }

  friend auto operator<=>(const node_id&, const node_id&) = default;
};

node_id to_node_id(const digest& raw);
digest to_digest(const node_id& id);

/// The id of the node that holds the private part of `public_key`.
node_id id_of_public_key(bytes_view public_key);
/// Where a key stands.
node_id id_of_key(bytes_view key);

node_id random_id(prng& random);
/// Uniform among the ids that share exactly `bits` leading bits with `id`; `bits` < 256.
node_id random_id_sharing(const node_id& id, unsigned bits, prng& random);

inline node_id distance(const node_id& a, const node_id& b) {
  node_id d;
  for (std::size_t i = 0; i < d.words.size(); ++i)
    d.words[i] = a.words[i] ^ b.words[i];
  return d;
}

/// How many leading bits are the same; 256 for equal ids.
unsigned common_prefix_bits(const node_id& a, const node_id& b);

/// Is `a` strictly nearer to `target` than `b`? Distances of different ids are never equal.
inline bool is_nearer(const node_id& target, const node_id& a, const node_id& b) {
  return distance(target, a) < distance(target, b);
}

/// 64 hexadecimal digits.
bytes to_hex(const node_id& id);
std::optional<node_id> node_id_from_hex(bytes_view text);

}  // namespace comet::overlay
