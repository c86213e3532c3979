// The nodes there are: the map that the shard decides by, and what is remembered of it.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "actors/router.hpp"
#include "actors/type_ids.hpp"

namespace comet::actors {

void router::arrived(const overlay::contact& who) {
  const digest id = overlay::to_digest(who.id);
  auto& one = members_[id];
  one.who = who;
  if (const auto facts = peers_.find(id); facts != peers_.end()) {
    one.is_elder = facts->second.is_elder;
    one.run = facts->second.run;
  }
  map_changed_ = true;
  if (joined_ || introducing_) tell_presence(who);
}

void router::gone(const digest& id) {
  const auto found = members_.find(id);
  if (found == members_.end()) return;
  // One that leaves stays until its link is down.
  if (found->second.stands == wire::standing::leaves && links_.is_up(id)) return;
  members_.erase(found);
  map_changed_ = true;
}

void router::leave() {
  if (std::exchange(self_leaves_, true)) return;
  stand(wire::standing::leaves);
  overlay::effects todo;
  overlay_.depart(now(), todo);
  apply(todo);
  map_changed_ = true;
  round_wanted();
}

std::vector<object::peer> router::draw_peers() const {
  std::vector<object::peer> all;
  for (const auto& [id, one] : members_) {
    object::peer drawn;
    drawn.id = id;
    drawn.address = overlay::to_text(one.who.where);
    drawn.run = one.run;
    drawn.life = one.life;
    drawn.arrives = one.stands == wire::standing::arrives;
    drawn.leaves = one.stands == wire::standing::leaves;
    drawn.is_elder = one.is_elder;
    if (const auto* entry = overlay_.table().find(one.who.id))
      drawn.round_trip =
          std::chrono::duration_cast<std::chrono::microseconds>(entry->life.measured().smoothed());
    all.push_back(std::move(drawn));
  }
  return all;
}

void router::publish() {
  if (!reactor_) return;
  map_changed_ = false;
  published_at_ = now();
  auto others = joined_ ? draw_peers() : std::vector<object::peer>{};
  std::optional<object::network_place> place;
  if (!others.empty()) place = own_place();
  published_ = std::make_shared<const object::key_map>(id_, self_leaves_, std::move(others), place);
  network_changed news;
  news.map = published_;
  if (!joined_) news.joining = reason_;
  self_->send(reactor_, std::move(news));
}

/// By more than a quarter and a millisecond.
bool router::round_trips_moved() const {
  if (!published_) return false;
  const auto drawn = draw_peers();
  return std::ranges::any_of(drawn, [&](const object::peer& one) {
    const auto* told = published_->find(one.id);
    if (told == nullptr) return false;
    const auto moved = std::chrono::abs(one.round_trip - told->round_trip);
    return moved > std::chrono::milliseconds{1} && moved * 4 > told->round_trip;
  });
}

object::network_place router::own_place() const {
  const auto& at = overlay_.position();
  return {at.x, at.y, at.height, at.error};
}

/// By more than a millisecond.
bool router::place_moved() const {
  if (!published_ || published_->others().empty()) return false;
  const auto now = own_place();
  const auto told = published_->place().value_or(object::network_place{});
  return std::hypot(now.x - told.x, now.y - told.y) + std::abs(now.height - told.height) > 1;
}

void router::remember_contacts(mono_time now) {
  if (!setup_->writer || now - remembered_at_ < remember_pause) return;
  remembered_at_ = now;
  std::vector<known_contact> known;
  for (const auto& who : overlay_.table().nearest(overlay_.self().id, known_contacts_max))
    if (const auto where = parse_endpoint(overlay::to_text(who.where)))
      known.push_back({overlay::to_digest(who.id), *where});
  if (known.empty()) return;  // those of before may come back
  std::ranges::sort(known, {}, &known_contact::id);
  auto text = encode_contacts(known);
  if (text == remembered_) return;
  remembered_ = std::move(text);
  self_->send(setup_->writer, remember{bytes{contacts_name}, remembered_});
}

}  // namespace comet::actors
