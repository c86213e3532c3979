#pragma once
// Contacts for the tests of this folder, each in a /24 of its own.
#include <vector>

#include "net/overlay/contact.hpp"

namespace comet::overlay {

inline contact contact_at(const node_id& id, std::uint32_t network) {
  return {id, v4_address((0x200000U + network) << 8U | 1U, 7'400), 1};
}

inline std::vector<contact> random_contacts(prng& random, std::size_t count) {
  std::vector<contact> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back(contact_at(random_id(random), static_cast<std::uint32_t>(i)));
  return all;
}

/// An id that differs from `self` first at `bits`, told apart by `number`.
inline node_id id_in_bucket(const node_id& self, unsigned bits, std::uint64_t number) {
  node_id id = self;
  id.words[bits / 64] ^= std::uint64_t{1} << (63 - bits % 64);
  id.words[3] ^= number;
  return id;
}

}  // namespace comet::overlay
