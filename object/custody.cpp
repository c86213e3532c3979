#include "object/custody.hpp"

#include <algorithm>
#include <utility>

namespace comet::object {

void custody::take_map(std::shared_ptr<const key_map> map, bool empty) {
  const auto before = std::exchange(map_, std::move(map));
  ++serial_;
  bool newcomers = false;
  for (const auto& other : map_->others()) {
    const peer* known = before ? before->find(other.id) : nullptr;
    const bool came =
        other.stays() && (known == nullptr || !known->stays() || known->run != other.run);
    const bool arrives = other.arrives && (known == nullptr || !known->arrives);
    const bool leaves = other.leaves && (known == nullptr || !known->leaves);
    if (came || arrives || leaves) awaited_.insert(other.id);
    if (!came) continue;
    newcomers = true;
    tell_again(other.id);
  }
  const auto is_gone = [this](const digest& id) { return map_->find(id) == nullptr; };
  std::erase_if(awaited_, is_gone);
  std::erase_if(untold_, is_gone);
  const bool goes = map_->self_leaves() && !(before && before->self_leaves());
  if (goes)
    for (const auto& other : map_->others())
      if (other.stays()) tell_again(other.id);
  owes_ = !empty && (owes_ || newcomers || goes);
}

void custody::swept(std::uint64_t serial) {
  if (serial == serial_) owes_ = false;
}

std::vector<digest> custody::take_untold() {
  return owes_ ? std::vector<digest>{} : std::exchange(untold_, {});
}

void custody::tell_again(const digest& node) {
  if (map_->find(node) == nullptr) return;
  if (std::find(untold_.begin(), untold_.end(), node) == untold_.end()) untold_.push_back(node);
}

whereabouts custody::of(bytes_view key) const {
  whereabouts place;
  if (alone()) return place;
  const digest id = sha256(key);
  place.holder = map_->holder_of(id);
  if (place.holder != map_->self()) {
    place.what = owes_ ? whereabouts::kind::unsure : whereabouts::kind::elsewhere;
    return place;
  }
  if (awaited_.empty()) return place;
  const auto near = map_->nearest(id, claims_max + 1);
  for (const auto& other : map_->others()) {
    if (!awaits(other.id)) continue;
    if (!other.stays() || std::find(near.begin(), near.end(), other.id) != near.end())
      place.claim_from.push_back(other.id);
  }
  if (!place.claim_from.empty()) place.what = whereabouts::kind::claimable;
  return place;
}

bool custody::is_own(bytes_view key) const {
  return alone() || map_->holder_of(sha256(key)) == map_->self();
}

}  // namespace comet::object
