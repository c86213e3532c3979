#include "object/replica/replicas.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace comet::object::replica {

namespace {

/// Where distances to a range are measured from: its first key id.
digest first_id_of(range_id range) {
  digest id{};
  const std::uint16_t bits = static_cast<std::uint16_t>(range << (16 - range_bits));
  id[0] = static_cast<std::uint8_t>(bits >> 8U);
  id[1] = static_cast<std::uint8_t>(bits & 0xffU);
  return id;
}

}  // namespace

replicas::replicas(replicas_options options, mono_time started)
    : options_(std::move(options)),
      leases_(options_.leases, started, options_.terms.broken, options_.newborn),
      known_{options_.self} {
  for (auto& [range, stored] : options_.registers)
    ranges_[range] = made(std::move(stored));
  options_.registers.clear();
}

std::unique_ptr<range_replica> replicas::made(range_register restored) {
  constexpr unsigned looks_bits = 32;
  const std::uint64_t first_look = (++made_ << looks_bits) + 1;
  return std::make_unique<range_replica>(options_.self, options_.terms, leases_,
                                         std::move(restored), first_look);
}

range_replica* replicas::find(range_id range) {
  auto& kept = ranges_[range];
  if (!kept && options_.founds) kept = made(range_replica::founded_by(options_.self));
  return kept.get();
}

range_replica& replicas::obtain(range_id range) {
  if (auto* kept = find(range)) return *kept;
  ranges_[range] = made({});
  return *ranges_[range];
}

replicas::standing replicas::stands(range_id range, mono_time now) {
  if (now < leads_until_[range]) return standing::leads;
  auto* kept = find(range);
  if (kept == nullptr) return standing::outside;
  const auto as = kept->stands(now);
  if (as == standing::leads) leads_until_[range] = kept->leased_until();
  if (as != standing::changes || kept->registered().current.members.size() > 1) return as;
  kept->on_tick(now);  // alone: nobody has to be asked
  touch(range);
  const auto by_now = kept->stands(now);
  if (by_now == standing::leads) serving_.insert(range);
  return by_now;
}

std::optional<digest> replicas::leader(range_id range) {
  const auto* kept = find(range);
  const auto& told = routes_[range];
  if (kept != nullptr && kept->is_member()) {
    const auto known = kept->leader();
    const auto& now_in_force = kept->registered();
    const bool news = told.at.epoch > now_in_force.current.epoch;
    if (!news) return known ? std::optional{known->node} : std::nullopt;
  }
  if (told.at.epoch == 0) return std::nullopt;
  return told.leader;
}

const group& replicas::members(range_id range) {
  static const group unknown;
  const auto* kept = find(range);
  return kept == nullptr ? unknown : kept->registered().current;
}

stamp replicas::propose(range_id range, bytes key, bool erased, bytes value) {
  auto* kept = find(range);
  COMET_CHECK(kept != nullptr);
  touch(range);
  return kept->propose(std::move(key), erased, std::move(value));
}

bool replicas::is_undecided(range_id range, const stamp& at) {
  const auto* kept = find(range);
  return kept != nullptr && kept->is_leader() && !kept->is_chosen(at);
}

std::size_t replicas::copies_of(range_id range, const stamp& at) {
  const auto* kept = find(range);
  return kept == nullptr ? 0 : kept->copies_of(at);
}

std::optional<copy_age> replicas::copy(range_id range) {
  const auto* kept = find(range);
  return kept == nullptr ? std::nullopt : kept->copy();
}

void replicas::begin_turn(range_id range) {
  obtain(range).begin_turn();
}

void replicas::end_turn(range_id range) {
  obtain(range).end_turn();
}

// ---- what the network looks like ----

void replicas::on_network(const key_map& map, mono_time now) {
  staying_.clear();
  leaving_.clear();
  std::set<member> known{options_.self};
  if (map.self_leaves())
    leaving_.insert(options_.self.node);
  else
    staying_.emplace_back(options_.self.node, options_.self);
  for (const auto& other : map.others()) {
    if (other.life == 0) continue;
    const member as{other.id, other.life};
    known.insert(as);
    if (other.leaves) leaving_.insert(other.id);
    if (other.stays()) staying_.emplace_back(other.id, as);
  }
  for (const auto& before : known_)
    if (!known.contains(before)) leases_.drop(before, now);
  known_ = std::move(known);
  for (std::size_t range = 0; known_.size() > 1 && range < ranges; ++range) {
    const auto id = static_cast<range_id>(range);
    if (find(id) != nullptr) unwanted_.insert(id);
  }
  if (known_.size() > 1) hand_out_wants();
}

void replicas::on_asked(range_id range, const asked_replicas& before, const asked_replicas& now) {
  if (before == now) return;
  options_.asked.add(range, now);
  options_.asked.remove(range, before);
  asked_anew_.insert(range);
}

void replicas::set_bounds(std::size_t copies_max, std::chrono::milliseconds interval_min) {
  const auto before = std::exchange(options_.copies_max, copies_max);
  const auto interval_before = std::exchange(options_.interval_min, interval_min);
  if (before == copies_max && interval_before == interval_min) return;
  for (const auto range : options_.asked.asking())
    asked_anew_.insert(range);
}

std::chrono::milliseconds replicas::interval(range_id range) const {
  const auto asked = options_.asked.interval(range);
  return asked.count() == 0 ? asked : std::max(asked, options_.interval_min);
}

/// At once, and then not before a pause is over: who asks for something else with each turn does
/// not move the range's copies with each turn.
void replicas::heed_asked(mono_time now) {
  std::erase_if(heeded_,
                [&](const auto& item) { return now >= item.second + options_.asked_pause; });
  std::erase_if(asked_anew_, [&](range_id range) {
    if (heeded_.contains(range)) return false;
    if (known_.size() > 1 && find(range) != nullptr) {
      heeded_.emplace(range, now);
      unwanted_.insert(range);
    }
    return true;
  });
}

/// The nodes that objects of the range name, those that most of them name first, as far as there is
/// room for them.
std::set<digest> replicas::named_and_staying(range_id range) const {
  std::set<digest> named;
  for (const auto& node : options_.asked.nodes(range)) {
    if (named.size() >= options_.copies_max) break;
    if (std::ranges::any_of(staying_, [&](const auto& one) { return one.first == node; }))
      named.insert(node);
  }
  return named;
}

/// The nodes that objects name, then the nearest, of those that stay; the nearest come first in the
/// group. A member that is gone and did not say that it leaves is replaced, never just left out:
/// when nobody else is there it keeps its place, and its vote.
std::vector<member> replicas::wanted(range_id range) const {
  const digest at = first_id_of(range);
  const auto named = named_and_staying(range);
  const std::size_t asked = std::min(options_.asked.count(range), options_.copies_max);
  const std::size_t copies = std::max({options_.copies, asked, named.size()});
  auto near = staying_;
  const std::size_t count = std::min(copies, near.size());
  const auto end = near.begin() + static_cast<std::ptrdiff_t>(count);
  const auto nearer = [&](const auto& a, const auto& b) { return is_nearer(at, a.first, b.first); };
  std::partial_sort(near.begin(), end, near.end(), [&](const auto& a, const auto& b) {
    const bool is_named = named.contains(a.first);
    return is_named == named.contains(b.first) ? nearer(a, b) : is_named;
  });
  if (!named.empty()) std::sort(near.begin(), end, nearer);
  std::vector<member> members;
  for (std::size_t i = 0; i < count; ++i)
    members.push_back(near[i].second);
  const auto& kept = ranges_[range];
  if (!kept) return members;
  for (const auto& old : kept->registered().current.members) {
    if (members.size() >= copies) break;
    const auto same_node = [&](const member& m) { return m.node == old.node; };
    const bool has_other_life = std::any_of(
        known_.begin(), known_.end(), [&](const member& m) { return same_node(m) && m != old; });
    const bool goes = leaving_.contains(old.node) || has_other_life;
    if (!goes && std::none_of(members.begin(), members.end(), same_node)) members.push_back(old);
  }
  return members;
}

/// So many change at a time, and the rest is told when some are done; but who changes already hears
/// at once that something else is wanted, or it might wait for a node that is gone.
void replicas::hand_out_wants() {
  std::size_t under_way = changing();
  for (auto at = unwanted_.begin(); at != unwanted_.end();) {
    auto* kept = find(*at);
    const bool changes = kept != nullptr && kept->is_changing();
    if (!changes && under_way >= options_.changes_max) {
      ++at;
      continue;
    }
    const auto members = wanted(*at);
    if (kept != nullptr && !members.empty()) {
      kept->want(members);
      kept->compare_every(interval(*at));
      if (!changes && kept->is_changing()) ++under_way;
      touch(*at);
    }
    at = unwanted_.erase(at);
  }
}

std::size_t replicas::changing() const {
  std::size_t count = 0;
  for (const auto& kept : ranges_)
    if (kept && kept->is_changing()) ++count;
  return count;
}

replica_progress replicas::progress() const {
  replica_progress sum;
  sum.led = serving_.size();
  sum.changing = changing();
  sum.taken_over = taken_over_;
  for (const auto range : serving_)
    if (!ranges_[range]->is_whole()) ++sum.behind;
  return sum;
}

bool replicas::is_released() const {
  if (known_.size() == 1) return true;
  for (const auto& kept : ranges_)
    if (kept && kept->is_member()) return false;
  return true;
}

// ---- what happens ----

void replicas::on_message(const member& from, range_id range, message what, mono_time now) {
  if (range >= ranges) return;
  if (const auto* told = std::get_if<leading>(&what)) {
    const auto before = refused_;
    hear_leader(from, range, *told);
    return complain(from, range, before, refused_);
  }
  auto& kept = obtain(range);
  const auto before = kept.refused();
  kept.on_message(from, std::move(what), now);
  complain(from, range, before, kept.refused());
  touch(range);
}

/// A route is followed until a later one is heard of, so none is believed that cannot be.
void replicas::hear_leader(const member& from, range_id range, const leading& told) {
  auto& route = routes_[range];
  const auto& kept = ranges_[range];
  const reach claimed{told.epoch, told.by};
  reach known = route.at;
  bool can_lead = told.epoch != 0 && attempt_of(told.by) != 0 && from.node != options_.self.node;
  if (kept) {
    const auto& in_force = kept->registered();
    known = std::max(known, {in_force.current.epoch, in_force.promised});
    if (told.epoch == in_force.current.epoch)
      can_lead = can_lead && in_force.current.place_of(from) == place_in(told.by);
  }
  if (!can_lead || place_in(told.by) >= members_max) {
    ++refused_.forged;
  } else if (!can_be_reached(claimed, known)) {
    ++refused_.far_future;
  } else if (claimed >= route.at) {
    route = {claimed, from.node};
  }
}

void replicas::complain(const member& about, range_id range, const refusal_counts& before,
                        const refusal_counts& after) {
  using kind = complaint::kind;
  for (const auto& [why, grew] :
       {std::pair{kind::forged, after.forged > before.forged},
        std::pair{kind::far_future, after.far_future > before.far_future}}) {
    const auto same = [&, why = why](const complaint& c) {
      return c.why == why && c.about.node == about.node;
    };
    const bool is_new = grew && std::none_of(complaints_.begin(), complaints_.end(), same);
    if (is_new && complaints_.size() < complaints_max) complaints_.push_back({about, range, why});
  }
}

refusal_counts replicas::refused() const {
  auto sum = refused_;
  for (const auto& kept : ranges_)
    if (kept) sum += kept->refused();
  return sum;
}

void replicas::on_durable(range_id range, std::uint64_t number, mono_time now) {
  obtain(range).on_durable(number, now);
  touch(range);
}

void replicas::on_listed(range_id range, std::uint64_t ticket, listing page, mono_time now) {
  obtain(range).on_listed(ticket, std::move(page), now);
  touch(range);
}

bool replicas::on_look_failed(range_id range, std::uint64_t ticket) {
  auto* kept = find(range);
  return kept != nullptr && kept->on_look_failed(ticket);
}

void replicas::on_read(range_id range, std::uint64_t ticket, std::vector<entry> entries,
                       mono_time now) {
  obtain(range).on_read(ticket, std::move(entries), now);
  touch(range);
}

void replicas::tick(range_id range, mono_time now) {
  auto& kept = ranges_[range];
  if (!kept) return;
  kept->on_tick(now);
  if (kept->has_effects()) touch(range);
  if (!kept->is_calm()) restless_.insert(range);
}

void replicas::on_tick(mono_time now) {
  leads_until_.fill(mono_time{});
  for (const auto range : std::exchange(restless_, {}))
    tick(range, now);
  constexpr auto part = calm_pause / tick_parts;
  const auto parts = std::clamp<std::int64_t>((now - ticked_) / part, 1, tick_parts);
  ticked_ = now;
  for (std::int64_t i = 0; i < parts; ++i) {
    tick_part_ = (tick_part_ + 1) % tick_parts;
    for (std::size_t range = tick_part_; range < ranges; range += tick_parts)
      if (!restless_.contains(static_cast<range_id>(range)))
        tick(static_cast<range_id>(range), now);
  }
  if (!asked_anew_.empty()) heed_asked(now);
  if (!unwanted_.empty()) hand_out_wants();
}

void replicas::forget_undurable(range_id range, std::optional<range_register> durable) {
  const auto before = std::exchange(ranges_[range], nullptr);
  if (before) refused_ += before->refused();
  leads_until_[range] = mono_time{};
  serving_.erase(range);
  touched_.erase(range);
  restless_.erase(range);
  unwanted_.insert(range);
  if (!durable) return;
  ranges_[range] = made(std::move(*durable));
  if (before) ranges_[range]->take_over_binding(*before);
}

std::vector<std::pair<range_id, effects>> replicas::take(mono_time now) {
  std::vector<std::pair<range_id, effects>> all;
  for (const auto range : std::exchange(touched_, {})) {
    auto what = ranges_[range]->take(now);
    for (const auto e : what.events) {
      if (e != event::leads) {
        serving_.erase(range);
        continue;
      }
      if (serving_.insert(range).second) ++taken_over_;
      unwanted_.insert(range);
    }
    if (!ranges_[range]->is_calm()) restless_.insert(range);
    if (!what.empty()) all.emplace_back(range, std::move(what));
  }
  return all;
}

std::vector<std::pair<range_id, leading>> replicas::announcements() const {
  std::vector<std::pair<range_id, leading>> all;
  for (const auto range : serving_) {
    const auto& kept = ranges_[range]->registered();
    all.emplace_back(range, leading{kept.current.epoch, kept.promised});
  }
  return all;
}

}  // namespace comet::object::replica
