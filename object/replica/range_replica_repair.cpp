#include <algorithm>
#include <cstddef>
#include <utility>

#include "object/replica/range_replica.hpp"

namespace comet::object::replica {

/// A follower is brought up to date page by page: its keys against the own ones.
void range_replica::sync_step(const member& who, follower_state& state, mono_time now) {
  using sync = follower_state::sync;
  if (!state.heard) return;
  if (state.at == sync::self_reads) return read_differing(who, state, now);
  const bool asks = (state.at == sync::idle && has_room(state, 0)) ||
                    (state.at == sync::peer_lists && now >= state.list_asked + terms_.retry_after);
  if (!asks) return;
  state.at = sync::peer_lists;
  state.list_asked = now;
  send(who, list_keys{register_.current.epoch, leading_->by, state.sync_after});
}

void range_replica::on(const member& from, keys_listed& what, mono_time now) {
  if (what.epoch != register_.current.epoch) return;
  if (!what.page.is_plausible(what.after)) {
    ++refused_.forged;
    return;
  }
  if (candidacy_ && what.by == candidacy_->by) {
    const auto voter = candidacy_->quorum.find(from);
    if (voter == candidacy_->quorum.end() || voter->second.done ||
        voter->second.after != what.after)
      return;
    return candidate_listed(from, std::move(what.page), now);
  }
  if (leading_ && what.by == leading_->by) follower_listed(from, what, now);
}

void range_replica::follower_listed(const member& from, keys_listed& what, mono_time) {
  using sync = follower_state::sync;
  const auto found = leading_->followers.find(from);
  if (found == leading_->followers.end()) return;
  auto& state = found->second;
  if (state.at != sync::peer_lists || state.sync_after != what.after) return;
  state.sync_page = std::move(what.page);
  state.at = sync::self_lists;
  ++leading_->repairs_under_way;
  state.ticket = look_up_keys(from, list_keys{}, state.sync_after);
}

/// Both pages are of the same beginning; they are compared as far as both reach.
void range_replica::own_listed(const member& who, follower_state& state, listing own,
                               mono_time now) {
  using sync = follower_state::sync;
  auto theirs = std::exchange(state.sync_page, {});
  std::optional<bytes> end;
  if (theirs.more) end = theirs.keys.back().key;
  if (own.more && (!end || own.keys.back().key < *end)) end = own.keys.back().key;
  state.sync_after = end;
  const auto within = [&](const listed_key& key) { return !end || key.key <= *end; };

  std::vector<listed_key> differing;
  auto there = theirs.keys.begin();
  const auto only_there = [&](const listed_key& key) {
    if (!leading_->touched.contains(key.key)) append(state, forget_key{key.key}, 0);
  };
  for (auto& here : own.keys) {
    if (!within(here)) break;
    for (; there != theirs.keys.end() && there->key < here.key; ++there)
      only_there(*there);
    const bool both = there != theirs.keys.end() && there->key == here.key;
    if (!both || there->at != here.at) differing.push_back(std::move(here));
    if (both) ++there;
  }
  for (; there != theirs.keys.end() && within(*there); ++there)
    only_there(*there);

  if (!state.is_repairing()) return;  // it fell too far behind, and begins anew
  state.differing = std::move(differing);
  state.at = sync::self_reads;
  state.ticket = 0;
  read_differing(who, state, now);
}

/// The page's values, as many at a time as a message has, and no faster than they are acknowledged.
void range_replica::read_differing(const member& who, follower_state& state, mono_time now) {
  if (state.ticket != 0) return;
  if (state.differing.empty()) {
    --leading_->repairs_under_way;
    state.at = follower_state::sync::idle;
    return next_page(who, state, now);
  }
  const auto& first = state.differing.front();
  if (!has_room(state, first.key.size() + first.value_bytes)) return;
  auto keys = some_of(state.differing);
  const auto end = state.differing.begin() + static_cast<std::ptrdiff_t>(keys.size());
  state.differing.erase(state.differing.begin(), end);
  state.ticket = look_up_values(who, fetch_values{}, std::move(keys));
}

/// For repairs, beside what is proposed meanwhile: they never make a member start anew.
bool range_replica::has_room(const follower_state& state, std::uint64_t large) const {
  const auto next = std::max(large, look_bytes_max());
  return state.window.empty() || (2 * (state.window.size() + terms_.page) <= terms_.window_max &&
                                  2 * (state.window_bytes + next) <= terms_.window_bytes_max);
}

/// Of values that are looked up together: they have to fit a window at once.
std::uint64_t range_replica::look_bytes_max() const {
  return std::min(terms_.message_bytes_max, terms_.window_bytes_max / 2);
}

/// The first of them whose values are looked up together.
std::vector<bytes> range_replica::some_of(const std::vector<listed_key>& keys) const {
  std::vector<bytes> some;
  std::uint64_t sum = 0;
  for (const auto& one : keys) {
    sum += part_bytes_min + one.key.size() + one.value_bytes;
    const bool fits = some.size() < terms_.page && sum <= look_bytes_max();
    if (!fits && !some.empty()) break;
    some.push_back(one.key);
  }
  return some;
}

/// A value that was replaced since it was read is on its way already.
void range_replica::own_read(const member& who, follower_state& state, std::vector<entry> entries,
                             mono_time now) {
  for (auto& value : entries) {
    const auto touched = leading_->touched.find(value.key);
    const bool replaced = touched != leading_->touched.end() &&
                          stamp{register_.current.epoch, leading_->by, touched->second} > value.at;
    if (replaced && !breaks(rule::repairs_behind_proposals)) continue;
    append(state, std::move(value), 0);
    if (!state.is_repairing()) return;
  }
  state.ticket = 0;
  read_differing(who, state, now);
}

void range_replica::next_page(const member& who, follower_state& state, mono_time now) {
  if (leading_->repairs_under_way == 0) leading_->touched.clear();
  if (state.sync_after) return sync_step(who, state, now);
  state.at = follower_state::sync::done;
  state.complete_at = state.last();
  note_completion(who, state);
  recount();
}

/// What the disks of complete followers hold is compared as if they were not: they stay complete,
/// and vote, and what differs is sent behind the changes as any repair.
void range_replica::compare_again(mono_time now) {
  using sync = follower_state::sync;
  auto& lead = *leading_;
  if (compare_every_.count() == 0 || now < lead.compared + compare_every_) return;
  if (lead.at != leadership::stage::serving || lead.next) return;
  lead.compared = now;
  for (auto& [who, state] : lead.followers) {
    if (!state.complete || state.at != sync::done) continue;  // a comparison is under way
    state.at = sync::idle;
    state.sync_after.reset();
  }
}

// ---- looks at the own keys and values ----

/// What is found is for `whom`, and `what` says why it was looked for: an answer to be filled in
/// and sent (or taken, by this node itself), or what was asked of the follower that is compared.
std::uint64_t range_replica::look_up_keys(const member& whom, message what,
                                          const std::optional<bytes>& after) {
  const std::uint64_t ticket = next_ticket_++;
  looks_.emplace(ticket, std::pair{whom, std::move(what)});
  effects_.lists.push_back({ticket, after, terms_.page});
  return ticket;
}

std::uint64_t range_replica::look_up_values(const member& whom, message what,
                                            std::vector<bytes> keys) {
  const std::uint64_t ticket = next_ticket_++;
  looks_.emplace(ticket, std::pair{whom, std::move(what)});
  effects_.reads.push_back({ticket, std::move(keys)});
  return ticket;
}

template <class Answer, class Fill, class Take>
void range_replica::looked_up(std::uint64_t ticket, Fill fill, Take take, mono_time now) {
  auto look = looks_.extract(ticket);
  if (look.empty()) return;
  auto& [whom, what] = look.mapped();
  if (auto* answer = std::get_if<Answer>(&what)) {
    fill(*answer);
    if (whom != self_) return send_when_durable(whom, std::move(what));
    on(self_, *answer, now);
  } else if (leading_) {
    const auto follower = leading_->followers.find(whom);
    if (follower != leading_->followers.end() && follower->second.ticket == ticket)
      take(whom, follower->second);
  }
  regroup_step(now);
}

void range_replica::on_listed(std::uint64_t ticket, listing page, mono_time now) {
  looked_up<keys_listed>(
      ticket, [&](keys_listed& answer) { answer.page = std::move(page); },
      [&](const member& who, follower_state& state) {
        own_listed(who, state, std::move(page), now);
      },
      now);
}

void range_replica::on_read(std::uint64_t ticket, std::vector<entry> entries, mono_time now) {
  looked_up<values_fetched>(
      ticket, [&](values_fetched& answer) { answer.entries = std::move(entries); },
      [&](const member& who, follower_state& state) {
        own_read(who, state, std::move(entries), now);
      },
      now);
}

bool range_replica::on_look_failed(std::uint64_t ticket) {
  const auto look = looks_.find(ticket);
  if (look == looks_.end()) return false;
  const auto& [whom, what] = look->second;
  const auto is_own = [&, who = whom](ballot by) {
    return who == self_ && candidacy_ && candidacy_->by == by;
  };
  bool needed = false;
  if (const auto* keys = std::get_if<keys_listed>(&what)) {
    needed = is_own(keys->by);
  } else if (const auto* values = std::get_if<values_fetched>(&what)) {
    needed = is_own(values->by);
  } else if (leading_) {
    const auto follower = leading_->followers.find(whom);
    needed = follower != leading_->followers.end() && follower->second.ticket == ticket;
  }
  if (!needed) looks_.erase(look);
  return needed;
}

}  // namespace comet::object::replica
