#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "base/check.hpp"
#include "object/replica/range_replica.hpp"

namespace comet::object::replica {

namespace {

std::size_t bytes_of(const part& what) {
  if (const auto* value = std::get_if<entry>(&what))
    return part_bytes_min + value->key.size() + value->value.size();
  if (const auto* key = std::get_if<forget_key>(&what)) return part_bytes_min + key->key.size();
  return part_bytes_min;
}

}  // namespace

void range_replica::lead(mono_time now) {
  const auto bid = std::move(candidacy_);
  role_ = role::leader;
  leading_ = std::make_unique<leadership>();
  leading_->by = bid->by;
  majority_at_ = now;
  leading_->compared = now;
  for (const auto& other : register_.current.members) {
    if (other == self_) continue;
    auto& state = leading_->followers[other];
    begin_run(state);
    state.votes = bid->promised.contains(other);
  }
  if (bid->next && !breaks(rule::finish_sealed_change)) {
    leading_->next = bid->next;
    leading_->must_finish = true;
    leading_->next_since = now;
    leading_->at = leadership::stage::quieting;
  }
  for (const auto& key : bid->tombstones)
    leading_->tombstones.emplace(key, 0);
  if (breaks(rule::settle_before_serving)) bid->recovered.clear();
  for (auto& value : bid->recovered)
    propose_part(std::move(value));
  if (!leading_->must_finish) leading_->at = leadership::stage::settling;
  recount();
}

/// Everything that the majority had is chosen: nothing that is read from here on can be lost. The
/// others alone may have chosen it, but what is read is the own copy.
void range_replica::begin_to_serve() {
  auto& lead = *leading_;
  if (lead.at != leadership::stage::settling || lead.chosen < lead.position) return;
  if (lead.own < lead.position && !breaks(rule::own_copy_before_serving)) return;
  lead.at = leadership::stage::serving;
  lead.has_served = true;
  effects_.events.push_back(event::leads);
}

stamp range_replica::propose(bytes key, bool erased, bytes value) {
  COMET_CHECK(takes_proposals());
  const std::uint64_t position = propose_part(entry{std::move(key), {}, erased, std::move(value)});
  return {register_.current.epoch, leading_->by, position};
}

void range_replica::end_turn() {
  if (turns_ > 0) --turns_;  // one that began before a restart of the range is not counted
}

/// Written here and sent to all at once: the own vote is one of several.
std::uint64_t range_replica::propose_part(entry value) {
  auto& lead = *leading_;
  value.at = {register_.current.epoch, lead.by, ++lead.position};
  if (value.erased)
    lead.tombstones[value.key] = lead.position;
  else
    lead.tombstones.erase(value.key);
  if (lead.repairs_under_way > 0) lead.touched[value.key] = lead.position;
  for (auto& [who, state] : lead.followers)
    append(state, value, lead.position);
  const std::uint64_t number = write_number();
  if (lead.writing.empty() || lead.writing.back().first != number)
    lead.writing.emplace_back(number, lead.position);
  else
    lead.writing.back().second = lead.position;
  write(std::move(value));
  return lead.position;
}

bool range_replica::is_chosen(const stamp& at) const {
  if (breaks(rule::chosen_before_told)) return true;
  if (!leading_) return false;
  const bool proposed_here = at.epoch == register_.current.epoch && at.by == leading_->by;
  return !proposed_here || at.position <= leading_->chosen;
}

/// Of what earlier leaders proposed only who was compared with this one is known to have it.
std::size_t range_replica::copies_of(const stamp& at) const {
  if (!leading_) return 0;
  const bool proposed_here = at.epoch == register_.current.epoch && at.by == leading_->by;
  std::size_t count = !proposed_here || leading_->own >= at.position ? 1 : 0;
  for (const auto& [who, state] : leading_->followers) {
    const bool counts = state.votes && !state.broken && register_.current.contains(who);
    const bool has = proposed_here ? state.position >= at.position : state.complete;
    if (counts && has) ++count;
  }
  return count;
}

std::uint64_t range_replica::chosen() const {
  return leading_ ? leading_->chosen : 0;
}

bool range_replica::is_whole() const {
  if (!leading_ || leading_->next) return false;
  for (const auto& [who, state] : leading_->followers)
    if (!state.complete || !state.votes) return false;
  return true;
}

std::vector<member> range_replica::behind() const {
  std::vector<member> found;
  if (!leading_) return found;
  for (const auto& who : register_.current.members) {
    const auto state = leading_->followers.find(who);
    const bool has_all = who == self_ || (state != leading_->followers.end() &&
                                          state->second.complete && state->second.votes);
    if (!has_all) found.push_back(who);
  }
  return found;
}

/// A lease of a node says nothing of this range: its gap may have been used to follow another. So
/// it counts from when the follower has taken something that was sent since the lease runs.
bool range_replica::is_confirmed(const member& who, const follower_state& state) const {
  const bool follows = state.votes && register_.current.contains(who);
  return follows && state.lease == leases_.held_since(who) &&
         state.acknowledged >= state.confirmed_at;
}

/// When the leases of a majority that are confirmed end.
mono_time range_replica::leased_until() const {
  std::vector<mono_time> ends;
  for (const auto& [who, state] : leading_->followers)
    if (is_confirmed(who, state)) ends.push_back(leases_.held_until(who));
  const std::size_t others = register_.current.majority() - 1;
  if (others == 0) return mono_time::max();
  if (ends.size() < others) return mono_time{};
  std::sort(ends.begin(), ends.end(), std::greater<>{});
  return ends[others - 1];
}

bool range_replica::has_majority_of_leases(mono_time now) const {
  return now < leased_until();
}
void range_replica::confirm_leases(mono_time now) {
  for (auto& [who, state] : leading_->followers) {
    const bool follows = state.votes && register_.current.contains(who);
    if (!follows || !leases_.holds(who, now) || state.lease == leases_.held_since(who)) continue;
    const auto run = state.run;
    append(state, may_vote{}, 0);  // it does already; that it takes the part is what counts
    if (state.run != run) continue;
    state.lease = leases_.held_since(who);
    state.confirmed_at = state.last();
  }
}

/// From here on the follower hears a new sequence. What it missed it gets as repairs.
void range_replica::begin_run(follower_state& state) {
  if (state.is_repairing()) --leading_->repairs_under_way;
  const bool votes = state.votes;
  const bool broken = state.broken;
  const std::uint32_t run = ++leading_->runs;
  const std::uint64_t position = state.position;
  state = {};
  state.run = run;
  state.votes = votes;
  state.position = position;
  state.begun_at = leading_->position;
  state.broken = broken || leading_->position > position;
}

void range_replica::append(follower_state& state, part what, std::uint64_t position) {
  const bool is_value = std::holds_alternative<entry>(what);
  state.window_bytes += bytes_of(what);
  const bool too_large =
      is_value && state.window_bytes > terms_.window_bytes_max && !state.window.empty();
  state.window.push_back({std::move(what), position});
  if (state.window.size() > terms_.window_max || too_large) begin_run(state);
}

bool range_replica::has_unsent() const {
  return leading_ &&
         std::any_of(leading_->followers.begin(), leading_->followers.end(), [](const auto& one) {
           const auto& state = one.second;
           return !state.opened || (state.heard && state.sent < state.last());
         });
}

void range_replica::cut_streams(mono_time now) {
  confirm_leases(now);
  for (auto& [who, state] : leading_->followers) {
    const bool opens = !state.opened;
    if (!opens && (!state.heard || state.sent >= state.last())) continue;
    if (opens || state.sent == state.acknowledged) state.asked = now;
    do {
      stream out;
      out.epoch = register_.current.epoch;
      out.by = leading_->by;
      out.run = state.run;
      out.first = state.sent + 1;
      if (out.first == 1) out.group_of_epoch = register_.current;
      std::size_t size = 0;
      for (std::uint64_t i = state.sent - state.acknowledged; i < state.window.size(); ++i) {
        const auto& next = state.window[i].what;
        size += bytes_of(next);
        const bool fits =
            out.parts.size() < terms_.frame_parts_max && size <= terms_.message_bytes_max;
        if (!fits && !out.parts.empty()) break;
        out.parts.push_back(next);
      }
      state.sent += out.parts.size();
      send(who, std::move(out));
    } while (state.heard && state.sent < state.last());
    state.opened = true;
  }
}

void range_replica::on(const member& from, const streamed& what, mono_time now) {
  if (!leading_ || what.epoch != register_.current.epoch || what.by != leading_->by) return;
  const auto found = leading_->followers.find(from);
  if (found == leading_->followers.end()) return;
  auto& state = found->second;
  if (what.run != state.run || what.through > state.last()) return;
  if (!state.heard || what.through > state.acknowledged) state.asked = now;
  state.heard = true;
  // Who votes does so to the end of the epoch; what says otherwise is late.
  state.votes = state.votes || (what.votes && register_.current.contains(from));
  while (state.acknowledged < what.through) {
    state.position = std::max(state.position, state.window.front().position);
    state.window_bytes -= bytes_of(state.window.front().what);
    state.window.pop_front();
    ++state.acknowledged;
  }
  state.sent = std::max(state.sent, state.acknowledged);
  note_completion(from, state);
  recount();
  sync_step(from, state, now);
}

/// A follower has everything once all repairs have reached it.
void range_replica::note_completion(const member& who, follower_state& state) {
  using sync = follower_state::sync;
  if (!state.complete && state.at == sync::done && state.acknowledged >= state.complete_at) {
    state.complete = true;
    state.broken = false;
    state.position = std::max(state.position, state.begun_at);
  }
  const bool may = state.complete && !state.votes && register_.current.contains(who);
  if (may && !state.told_to_vote) {
    state.told_to_vote = true;
    append(state, may_vote{}, 0);
  }
}

/// What is chosen: a majority of the epoch's members, this one included, has it on disk.
void range_replica::recount() {
  auto& lead = *leading_;
  std::vector<std::uint64_t> positions{lead.own};
  for (const auto& [who, state] : lead.followers) {
    if (!register_.current.contains(who) && !breaks(rule::same_epoch_only)) continue;
    const bool counts = (state.votes || breaks(rule::same_epoch_only)) && !state.broken;
    positions.push_back(counts ? state.position : 0);
  }
  std::size_t needed = register_.current.majority();
  if (breaks(rule::majority) && needed > 1) --needed;
  if (positions.size() < needed) return;
  std::sort(positions.begin(), positions.end(), std::greater<>{});
  lead.chosen = std::max(lead.chosen, positions[needed - 1]);
  begin_to_serve();
  collect_tombstones();
}

/// Once every member has a tombstone nobody can have what was there before.
void range_replica::collect_tombstones() {
  auto& lead = *leading_;
  if (lead.tombstones.empty() || lead.next) return;
  std::uint64_t all_have = lead.own;
  for (const auto& [who, state] : lead.followers) {
    const bool sure = state.complete && state.votes;
    if (!sure && !breaks(rule::tombstone_until_all)) return;
    if (!breaks(rule::tombstone_until_all)) all_have = std::min(all_have, state.position);
  }
  for (auto at = lead.tombstones.begin(); at != lead.tombstones.end();) {
    if (at->second > all_have) {
      ++at;
      continue;
    }
    for (auto& [who, state] : lead.followers)
      append(state, forget_key{at->first}, 0);
    forget(at->first);
    at = lead.tombstones.erase(at);
  }
}

void range_replica::refused_by_follower(const member& from, const refusal& what, mono_time now) {
  const auto found = leading_->followers.find(from);
  if (found == leading_->followers.end()) return;
  auto& state = found->second;
  switch (what.why) {
    case refusal_reason::epoch:
      if (what.current.epoch <= register_.current.epoch) return;
      if (leading_->next && what.current == *leading_->next) {
        if (what.votes) leading_->installed.insert(from);
        return;
      }
      if (what.is_led) step_down(now);
      return superseded(what, now);
    case refusal_reason::ballot:
      if (what.promised <= leading_->by) return;
      step_down(now);
      not_before_ = now + terms_.election_pause;
      return;
    case refusal_reason::leased: return;
    case refusal_reason::gap:
      if (what.run < state.run) {
        if (state.heard || what.run == 0) begin_run(state);  // it was restarted and forgot
      } else if (what.run == state.run && what.through >= state.acknowledged &&
                 what.through <= state.last() && what.through >= state.rewound) {
        state.rewound = what.through + 1;  // once for each part, or refusals breed refusals
        state.sent = what.through;
        state.opened = what.through > 0;
      }
  }
}

void range_replica::leader_tick(mono_time now) {
  collect_tombstones();
  compare_again(now);
  confirm_leases(now);
  for (auto& [who, state] : leading_->followers) {
    const bool unanswered = !state.heard || state.acknowledged < state.sent;
    if (unanswered && now >= state.asked + terms_.retry_after) {
      state.sent = state.acknowledged;  // one message, and the rest when that is answered
      state.opened = false;
      state.heard = false;
    }
    sync_step(who, state, now);
    tell_whole(who, state, now);
  }
}

/// Only while it may read here: then what is chosen is all that anybody was told of.
void range_replica::tell_whole(const member& who, follower_state& state, mono_time now) {
  if (now < state.told_whole + terms_.copy_told || !takes_commands()) return;
  const bool has_it = state.complete && state.votes && !state.broken &&
                      register_.current.contains(who) && state.position >= leading_->chosen;
  const auto heard = leases_.ask(who, now).heard;
  if (!has_it || heard == mono_time{} || !has_majority_of_leases(now)) return;
  state.told_whole = now;
  send(who, whole_copy{register_.current.epoch, leading_->by, state.run, state.acknowledged,
                       leading_->chosen, heard});
}

}  // namespace comet::object::replica
