#include "object/user_rights.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/glob.hpp"

namespace comet::object {

namespace {

constexpr bytes_view everything = "*";

bool covers(key_access allowed, key_access needed) {
  const auto bits = static_cast<unsigned>(needed);
  return (static_cast<unsigned>(allowed) & bits) == bits;
}

}  // namespace

bool user_rights::may(key_access what, bytes_view key) const {
  return std::ranges::any_of(keys, [&](const key_rule& rule) {
    return covers(rule.allows, what) && glob_match(rule.pattern, key);
  });
}

bool user_rights::may_use_channel(bytes_view channel) const {
  return std::ranges::any_of(channels,
                             [&](const bytes& pattern) { return glob_match(pattern, channel); });
}

bool user_rights::may_use_channels(bytes_view pattern) const {
  return all_channels() || std::ranges::find(channels, pattern) != channels.end();
}

bool user_rights::all_keys() const {
  return std::ranges::any_of(keys, [](const key_rule& rule) {
    return rule.allows == key_access::both && rule.pattern == everything;
  });
}

bool user_rights::all_channels() const {
  return std::ranges::find(channels, everything) != channels.end();
}

void user_directory::add(const bytes& name, std::shared_ptr<const user_rights> rights) {
  const bool added = users_.emplace(name, std::move(rights)).second;
  COMET_CHECK(added);
}

void user_directory::add_signer(const public_key& signer, const bytes& name) {
  const auto* user = find(name);
  COMET_CHECK(user != nullptr && user->administrator);
  signers_.emplace_back(signer, name);
}

const user_rights* user_directory::find(const bytes& name) const {
  const auto found = users_.find(name);
  return found == users_.end() ? nullptr : found->second.get();
}

bool user_directory::trusts(const public_key& signer) const {
  return std::ranges::any_of(signers_, [&](const auto& known) { return known.first == signer; });
}

std::vector<std::pair<bytes, std::uint32_t>> user_directory::weights() const {
  std::vector<std::pair<bytes, std::uint32_t>> found;
  for (const auto& [name, rights] : users_)
    if (rights->weight != user_rights{}.weight) found.emplace_back(name, rights->weight);
  std::ranges::sort(found);
  return found;
}

}  // namespace comet::object
