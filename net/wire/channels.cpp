#include "net/wire/channels.hpp"

#include <algorithm>

#include "base/glob.hpp"

namespace comet::wire {

bool channels::add(listener_map& to, subscriber& who, bytes_view name) {
  auto found = to.find(name);
  if (found == to.end()) {
    found = to.emplace(bytes{name}, listeners{}).first;
    cost_ += channel_cost(name);
    note(to, name);
  }
  if (std::ranges::find(found->second, &who) != found->second.end()) return false;
  found->second.push_back(&who);
  return true;
}

bool channels::remove(listener_map& from, subscriber& who, bytes_view name) {
  const auto found = from.find(name);
  if (found == from.end()) return false;
  const bool was_there = std::erase(found->second, &who) > 0;
  if (found->second.empty()) {
    cost_ -= channel_cost(name);
    note(from, name);  // which may be a view of what is erased
    from.erase(found);
  }
  return was_there;
}

void channels::note(const listener_map& where, bytes_view name) {
  if (!keeps_changes_) return;
  auto& names = &where == &by_pattern_ ? changes_.patterns : changes_.channels;
  if (names.emplace(name).second) changes_.cost += channel_cost(name);
}

bool channels::subscribe(subscriber& who, bytes_view channel) {
  return add(by_channel_, who, channel);
}

bool channels::unsubscribe(subscriber& who, bytes_view channel) {
  return remove(by_channel_, who, channel);
}

bool channels::subscribe_pattern(subscriber& who, bytes_view pattern) {
  return add(by_pattern_, who, pattern);
}

bool channels::unsubscribe_pattern(subscriber& who, bytes_view pattern) {
  return remove(by_pattern_, who, pattern);
}

std::int64_t channels::publish(bytes_view channel, bytes_view message) {
  std::int64_t deliveries = 0;
  if (const auto found = by_channel_.find(channel); found != by_channel_.end()) {
    for (subscriber* who : found->second)
      who->on_message(channel, message);
    deliveries += static_cast<std::int64_t>(found->second.size());
  }
  for (const auto& [pattern, who_all] : by_pattern_) {
    if (!glob_match(pattern, channel)) continue;
    for (subscriber* who : who_all)
      who->on_pattern_message(pattern, channel, message);
    deliveries += static_cast<std::int64_t>(who_all.size());
  }
  return deliveries;
}

std::vector<bytes> channels::active(bytes_view pattern) const {
  std::vector<bytes> names;
  for (const auto& [name, who_all] : by_channel_)
    if (pattern.empty() || glob_match(pattern, name)) names.push_back(name);
  return names;
}

std::vector<bytes> channels::all_patterns() const {
  std::vector<bytes> all;
  all.reserve(by_pattern_.size());
  for (const auto& [pattern, who_all] : by_pattern_)
    all.push_back(pattern);
  return all;
}

std::int64_t channels::subscribers_of(bytes_view channel) const {
  const auto found = by_channel_.find(channel);
  return found == by_channel_.end() ? 0 : static_cast<std::int64_t>(found->second.size());
}

}  // namespace comet::wire
