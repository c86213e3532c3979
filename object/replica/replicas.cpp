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
      leases_(options_.leases, started, options_.terms.broken),
      known_{options_.self} {
  for (auto& [range, stored] : options_.registers)
    ranges_[range] =
        std::make_unique<range_replica>(options_.self, options_.terms, leases_, std::move(stored));
  options_.registers.clear();
}

range_replica* replicas::find(range_id range) {
  auto& kept = ranges_[range];
  if (!kept && options_.founds)
    kept = std::make_unique<range_replica>(options_.self, options_.terms, leases_,
                                           range_replica::founded_by(options_.self));
  return kept.get();
}

range_replica& replicas::obtain(range_id range) {
  if (auto* kept = find(range)) return *kept;
  ranges_[range] =
      std::make_unique<range_replica>(options_.self, options_.terms, leases_, range_register{});
  return *ranges_[range];
}

replicas::standing replicas::stands(range_id range, mono_time now) {
  auto* kept = find(range);
  if (kept == nullptr) return standing::outside;
  const auto as = kept->stands(now);
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
    const bool news = told.epoch > now_in_force.current.epoch;
    if (!news) return known ? std::optional{known->node} : std::nullopt;
  }
  if (told.epoch == 0) return std::nullopt;
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

/// The nearest of those that stay. A member that is gone and did not say that it leaves is
/// replaced, never just left out: when nobody else is there it keeps its place, and its vote.
std::vector<member> replicas::wanted(range_id range) const {
  const digest at = first_id_of(range);
  auto near = staying_;
  const std::size_t count = std::min(options_.copies, near.size());
  std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(count), near.end(),
                    [&](const auto& a, const auto& b) { return is_nearer(at, a.first, b.first); });
  std::vector<member> members;
  for (std::size_t i = 0; i < count; ++i)
    members.push_back(near[i].second);
  const auto& kept = ranges_[range];
  if (!kept) return members;
  for (const auto& old : kept->registered().current.members) {
    if (members.size() >= options_.copies) break;
    const auto same_node = [&](const member& m) { return m.node == old.node; };
    const bool has_other_life = std::any_of(
        known_.begin(), known_.end(), [&](const member& m) { return same_node(m) && m != old; });
    const bool goes = leaving_.contains(old.node) || has_other_life;
    if (!goes && std::none_of(members.begin(), members.end(), same_node)) members.push_back(old);
  }
  return members;
}

/// So many at a time: the rest is told when some are done.
void replicas::hand_out_wants() {
  std::size_t under_way = changing();
  for (auto at = unwanted_.begin(); at != unwanted_.end() && under_way < options_.changes_max;) {
    auto* kept = find(*at);
    const auto members = wanted(*at);
    if (kept != nullptr && !members.empty()) {
      kept->want(members);
      if (kept->is_changing()) ++under_way;
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
    auto& known = routes_[range];
    if (std::pair{told->epoch, told->by} >= std::pair{known.epoch, known.by})
      known = {told->epoch, told->by, from.node};
    return;
  }
  obtain(range).on_message(from, std::move(what), now);
  touch(range);
}

void replicas::on_durable(range_id range, std::uint64_t number, mono_time now) {
  obtain(range).on_durable(number, now);
  touch(range);
}

void replicas::on_listed(range_id range, std::uint64_t ticket, listing page, mono_time now) {
  obtain(range).on_listed(ticket, std::move(page), now);
  touch(range);
}

void replicas::on_read(range_id range, std::uint64_t ticket, std::vector<entry> entries,
                       mono_time now) {
  obtain(range).on_read(ticket, std::move(entries), now);
  touch(range);
}

void replicas::on_tick(mono_time now) {
  for (std::size_t range = 0; range < ranges; ++range) {
    auto& kept = ranges_[range];
    if (!kept) continue;
    kept->on_tick(now);
    if (kept->has_effects()) touch(static_cast<range_id>(range));
  }
  if (!unwanted_.empty()) hand_out_wants();
}

void replicas::forget_undurable(range_id range, std::optional<range_register> durable) {
  ranges_[range].reset();
  serving_.erase(range);
  touched_.erase(range);
  unwanted_.insert(range);
  if (durable)
    ranges_[range] = std::make_unique<range_replica>(options_.self, options_.terms, leases_,
                                                     std::move(*durable));
}

std::vector<std::pair<range_id, effects>> replicas::take(mono_time now) {
  std::vector<std::pair<range_id, effects>> all;
  for (const auto range : std::exchange(touched_, {})) {
    auto what = ranges_[range]->take(now);
    for (const auto e : what.events) {
      if (e == event::leads_no_more) {
        serving_.erase(range);
        continue;
      }
      serving_.insert(range);
      unwanted_.insert(range);
    }
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
