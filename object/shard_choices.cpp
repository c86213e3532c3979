// What objects choose of their copies: what each asks for is told to the replicas of its range, and
// what turns may know of the range's group.

#include <utility>

#include "object/shard.hpp"

namespace comet::object {

namespace {

const asked_replicas& asked_by(const record* object) {
  static const asked_replicas nothing;
  return object != nullptr && object->is_active() ? object->active->replicas : nothing;
}

}  // namespace

/// `next` takes the place of the entry's record; null: nothing does.
void shard::note_asked(cache_entry& entry, const record* next) {
  if (!replicas_) return;
  const auto& before = asked_by(entry.current.get());
  const auto& now = asked_by(next);
  if (before == now) return;
  asked_.push_back({range_of(entry), before, now});
  replicas_->on_asked(asked_.back().range, before, now);
}

/// The last change first, so that what is taken back is there.
void shard::take_back_asked(std::vector<asked_change> lost) {
  for (auto change = lost.rbegin(); change != lost.rend(); ++change)
    replicas_->on_asked(change->range, change->now, change->before);
}

/// As of now; this node leads, or the turn would not begin here.
std::shared_ptr<const known_group> shard::known_group_of(cache_entry& entry) {
  static const replica::group nobody;
  const auto range = replicas_ ? range_of(entry) : replica::range_id{0};
  const auto& kept = replicas_ ? replicas_->members(range) : nobody;
  auto& told = groups_told_[range];
  if (told.group && told.epoch == kept.epoch) return told.group;
  auto group = std::make_shared<known_group>();
  group->network = map_;
  group->members.push_back({options_.node_id, options_.node_address});
  for (const auto& member : kept.members) {
    if (member.node == options_.self) continue;
    const auto* other = map_ ? map_->find(member.node) : nullptr;
    group->members.push_back(
        {to_hex(as_bytes(member.node)), other != nullptr ? other->address : bytes{}});
  }
  told = {kept.epoch, std::move(group)};
  return told.group;
}

}  // namespace comet::object
