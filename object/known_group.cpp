#include "object/known_group.hpp"

#include <algorithm>

namespace comet::object {

std::optional<digest> known_group::find(bytes_view id) const {
  if (id.size() != 2 * sizeof(digest)) return std::nullopt;
  const auto raw = from_hex(id);
  if (!raw) return std::nullopt;
  const digest node = digest_from(*raw);
  const bool is_in_network = network && (network->self() == node || network->find(node) != nullptr);
  const bool is_member = std::ranges::any_of(
      members, [&](const auto& member) { return equal_ignoring_case(member.id, id); });
  return is_in_network || is_member ? std::optional{node} : std::nullopt;
}

bytes_view known_group::address_of(const digest& node) const {
  const auto* other = network ? network->find(node) : nullptr;
  if (other != nullptr) return other->address;
  const bytes id = to_hex(as_bytes(node));
  const auto member = std::ranges::find(members, id, &known_group::node::id);
  return member != members.end() ? bytes_view{member->address} : bytes_view{};
}

}  // namespace comet::object
