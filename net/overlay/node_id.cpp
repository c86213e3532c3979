#include "net/overlay/node_id.hpp"

#include <bit>

#include "base/check.hpp"

namespace comet::overlay {

node_id to_node_id(const digest& raw) {
  node_id id;
  for (std::size_t i = 0; i < raw.size(); ++i)
    id.words[i / 8] = id.words[i / 8] << 8U | raw[i];
  return id;
}

digest to_digest(const node_id& id) {
  digest raw{};
  for (std::size_t i = 0; i < raw.size(); ++i)
    raw[i] = static_cast<std::uint8_t>(id.words[i / 8] >> (56 - 8 * (i % 8)));
  return raw;
}

node_id id_of_public_key(bytes_view public_key) {
  return to_node_id(sha256(public_key));
}

node_id id_of_key(bytes_view key) {
  return to_node_id(sha256(key));
}

node_id random_id(prng& random) {
  node_id id;
  for (auto& word : id.words)
    word = random();
  return id;
}

node_id random_id_sharing(const node_id& id, unsigned bits, prng& random) {
  COMET_CHECK(bits < id_bits);
  node_id drawn = random_id(random);
  const std::size_t split = bits / 64;
  for (std::size_t i = 0; i < split; ++i)
    drawn.words[i] = id.words[i];
  const std::uint64_t differing = std::uint64_t{1} << (63 - bits % 64);
  const std::uint64_t below = differing - 1;
  drawn.words[split] = (drawn.words[split] & below) | ((id.words[split] ^ differing) & ~below);
  return drawn;
}

unsigned common_prefix_bits(const node_id& a, const node_id& b) {
  for (unsigned i = 0; i < a.words.size(); ++i) {
    const std::uint64_t differing = a.words[i] ^ b.words[i];
    if (differing != 0) return i * 64 + static_cast<unsigned>(std::countl_zero(differing));
  }
  return id_bits;
}

bytes to_hex(const node_id& id) {
  return comet::to_hex(as_bytes(to_digest(id)));
}

std::optional<node_id> node_id_from_hex(bytes_view text) {
  const auto raw = from_hex(text);
  if (!raw || raw->size() != id_bits / 8) return std::nullopt;
  return to_node_id(digest_from(*raw));
}

}  // namespace comet::overlay
