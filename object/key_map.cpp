#include "object/key_map.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace comet::object {

namespace {

std::uint64_t prefix_of(const digest& id) {
  return std::hash<digest>{}(id);  // the first 64 bits, most significant first
}

}  // namespace

key_map::key_map(const digest& self, bool self_leaves, std::vector<peer> others,
                 std::optional<network_place> place)
    : self_(self), self_leaves_(self_leaves), place_(place), others_(std::move(others)) {
  std::ranges::sort(others_,
                    [&](const auto& a, const auto& b) { return is_nearer(self_, a.id, b.id); });
  for (std::size_t i = 0; i < others_.size(); ++i) {
    places_.emplace(others_[i].id, i);
    if (others_[i].stays()) staying_.push_back({prefix_of(others_[i].id), others_[i].id});
  }
  if (!self_leaves_ || staying_.empty()) staying_.push_back({prefix_of(self_), self_});
}

const digest& key_map::holder_of(const digest& key_id) const {
  const auto prefix = prefix_of(key_id);
  const candidate* best = &staying_.front();
  for (const auto& one : staying_) {
    const auto apart = one.prefix ^ prefix;
    const auto best_apart = best->prefix ^ prefix;
    if (apart < best_apart || (apart == best_apart && is_nearer(key_id, one.id, best->id)))
      best = &one;
  }
  return best->id;
}

std::vector<digest> key_map::nearest(const digest& key_id, std::size_t count) const {
  std::vector<digest> all{self_};
  for (const auto& one : others_)
    all.push_back(one.id);
  std::vector<digest> found(std::min(count, all.size()));
  std::ranges::partial_sort_copy(
      all, found, [&](const auto& a, const auto& b) { return is_nearer(key_id, a, b); });
  return found;
}

const peer* key_map::find(const digest& id) const {
  const auto found = places_.find(id);
  return found == places_.end() ? nullptr : &others_[found->second];
}

}  // namespace comet::object
