#include <algorithm>
#include <utility>

#include "object/replica/range_replica.hpp"

namespace comet::object::replica {

/// Asks the members to follow it. `handed_over`: the ballot of the leader that asked it to.
void range_replica::stand(mono_time now, ballot handed_over) {
  const auto place = register_.current.place_of(self_);
  if (!register_.votes || !place) return;
  step_down(now);
  attempts_seen_ = std::max(attempts_seen_, attempt_of(register_.promised)) + 1;
  role_ = role::candidate;
  candidacy_ = std::make_unique<candidacy>();
  auto& bid = *candidacy_;
  bid.by = make_ballot(attempts_seen_, *place);
  bid.handed_over = handed_over;
  bid.next = register_.next;
  bid.next_by = register_.next_by;
  bid.given_up_at = now + 5 * terms_.retry_after + *place * terms_.election_pause;
  register_.promised = bid.by;
  write_register();
  bid.number = write_number();
  bid.asked = now;
  for (const auto& other : register_.current.members)
    if (other != self_) send(other, prepare{register_.current.epoch, bid.by, handed_over});
}

/// The map says that others keep the range: a later group may be in force, and the message that
/// said so was lost. Any of its members knows.
void range_replica::ask_successors(mono_time now) {
  if (!register_.votes || wanted_.empty() || now < successors_asked_ + 5 * terms_.retry_after)
    return;
  if (same_members(wanted_, register_.current.members)) return;
  successors_asked_ = now;
  for (const auto& who : wanted_)
    if (who != self_) send(who, inquire{register_.current.epoch});
}

void range_replica::follower_tick(mono_time now) {
  if (is_following(now)) {
    vacant_since_.reset();
    return;
  }
  if (!vacant_since_) vacant_since_ = now;
  const auto place = register_.current.place_of(self_);
  if (!place) return;
  const bool alone = register_.current.members.size() == 1;
  if (!alone && !leases_.is_rested(now)) return;
  if (now >= not_before_ && now >= *vacant_since_ + *place * terms_.election_pause) stand(now, 0);
}

void range_replica::candidate_tick(mono_time now) {
  auto& bid = *candidacy_;
  if (now >= bid.given_up_at) {
    give_up(now);
    return;
  }
  if (now < bid.asked + terms_.retry_after) return;
  bid.asked = now;
  for (const auto& other : register_.current.members) {
    if (other == self_) continue;
    if (!bid.promised.contains(other)) ask_promise(other);
    const auto voter = bid.quorum.find(other);
    if (voter != bid.quorum.end() && !voter->second.done) ask_listing(other);
  }
  for (const auto& [holder, keys] : bid.missing)
    ask_values(holder, keys);
}

/// Those further from the range leave the next try to the nearer ones.
void range_replica::give_up(mono_time now) {
  const auto place = register_.current.place_of(self_).value_or(0);
  step_down(now);
  not_before_ = now + terms_.election_pause * (1 + place);
}

void range_replica::on(const member& from, const promise& what, mono_time now) {
  if (role_ != role::candidate) return;
  auto& bid = *candidacy_;
  const bool same_epoch = what.epoch == register_.current.epoch || breaks(rule::same_epoch_only);
  if (!same_epoch || what.by != bid.by || !register_.current.contains(from)) return;
  if (!bid.promised.insert(from).second) return;
  const bool counts = bid.quorum.empty();
  if (counts && what.next && what.next_by > bid.next_by) {
    bid.next = what.next;
    bid.next_by = what.next_by;
  }
  for (const auto& [who, by] : bid.bound)
    if (leader_of(by) == from && !bid.promised.contains(who)) ask_promise(who);
  note_majority(now);
}

/// Who is bound to the leader of a ballot is free once that leader promises a higher one: it does
/// not lead by the lower one any more, nor ever will.
void range_replica::ask_promise(const member& of) {
  const auto& bid = *candidacy_;
  ballot given_up = bid.handed_over;
  if (const auto bound = bid.bound.find(of); bound != bid.bound.end()) {
    const auto to = leader_of(bound->second);
    if (to && bid.promised.contains(*to)) given_up = bound->second;
  }
  send(of, prepare{register_.current.epoch, bid.by, given_up});
}

/// The votes that count are those of the first majority.
void range_replica::note_majority(mono_time now) {
  auto& bid = *candidacy_;
  if (!bid.quorum.empty() || !bid.promised_itself) return;
  const std::size_t needed =
      breaks(rule::majority) ? register_.current.majority() - 1 : register_.current.majority();
  if (bid.promised.size() + 1 < needed) return;
  bid.quorum.emplace(self_, candidacy::voter{});
  for (const auto& other : bid.promised)
    bid.quorum.emplace(other, candidacy::voter{});
  bid.given_up_at = now + 20 * terms_.retry_after;
  for (const auto& [who, voter] : bid.quorum)
    ask_listing(who);
}

void range_replica::ask_listing(const member& of) {
  const auto& voter = candidacy_->quorum.at(of);
  if (of != self_) return send(of, list_keys{register_.current.epoch, candidacy_->by, voter.after});
  look_up_keys(self_, keys_listed{register_.current.epoch, candidacy_->by, voter.after, {}},
               voter.after);
}

void range_replica::candidate_listed(const member& from, listing page, mono_time now) {
  auto& bid = *candidacy_;
  auto& voter = bid.quorum.at(from);
  bid.given_up_at = now + 20 * terms_.retry_after;
  for (auto& key : page.keys) {
    voter.after = key.key;
    auto& known = bid.keys[key.key];
    if (known.holders.empty() || key.at > known.newest.at) {
      known.holders.clear();
      known.newest = std::move(key);
    } else if (key.at != known.newest.at) {
      continue;
    }
    known.holders.insert(from);
  }
  if (page.more) return ask_listing(from);
  voter.done = true;
  for (const auto& [who, other] : bid.quorum)
    if (!other.done) return;
  compare_listings(now);
}

/// Of each key the newest value counts: what was chosen before is among them. What the whole
/// majority has is chosen; anything else is proposed again before it is told to anybody.
void range_replica::compare_listings(mono_time now) {
  auto& bid = *candidacy_;
  for (auto& [key, known] : bid.keys) {
    if (known.newest.erased) bid.tombstones.push_back(key);
    if (known.holders.size() == bid.quorum.size()) continue;
    const bool here = known.holders.contains(self_);
    if (breaks(rule::newest_value_wins) && !here) continue;
    if (here)
      bid.to_read.push_back(std::move(known.newest));
    else
      bid.missing[*known.holders.begin()].push_back(std::move(known.newest));
  }
  bid.keys.clear();
  for (const auto& [holder, keys] : bid.missing)
    ask_values(holder, keys);
  bid.asked = now;
  read_own_values();
  lead_when_ready(now);
}

void range_replica::read_own_values() {
  const auto& bid = *candidacy_;
  if (bid.to_read.empty()) return;
  look_up_values(self_, values_fetched{register_.current.epoch, bid.by, {}}, some_of(bid.to_read));
}

void range_replica::on(const member& from, values_fetched& what, mono_time now) {
  if (role_ != role::candidate) return;
  auto& bid = *candidacy_;
  if (what.epoch != register_.current.epoch || what.by != bid.by) return;
  if (from == self_) {
    const auto read = static_cast<std::ptrdiff_t>(some_of(bid.to_read).size());
    bid.to_read.erase(bid.to_read.begin(), bid.to_read.begin() + read);
    std::move(what.entries.begin(), what.entries.end(), std::back_inserter(bid.recovered));
    bid.given_up_at = now + 20 * terms_.retry_after;
    read_own_values();
    return lead_when_ready(now);
  }
  const auto missing = bid.missing.find(from);
  if (missing == bid.missing.end()) return;
  bid.given_up_at = now + 20 * terms_.retry_after;
  for (auto& value : what.entries)
    if (std::erase_if(missing->second, [&](const auto& one) { return one.key == value.key; }) > 0)
      bid.recovered.push_back(std::move(value));
  if (missing->second.empty()) {
    bid.missing.erase(missing);
    return lead_when_ready(now);
  }
  ask_values(from, missing->second);
}

void range_replica::ask_values(const member& holder, const std::vector<listed_key>& keys) {
  send(holder, fetch_values{register_.current.epoch, candidacy_->by, some_of(keys)});
}

void range_replica::lead_when_ready(mono_time now) {
  if (candidacy_->missing.empty() && candidacy_->to_read.empty()) lead(now);
}

void range_replica::on(const member& from, const refusal& what, mono_time now) {
  const auto& current = register_.current;
  const bool of_a_leader = leading_ && what.epoch == current.epoch && what.by == leading_->by;
  const bool of_a_candidate =
      candidacy_ && what.epoch == current.epoch && what.by == candidacy_->by;
  if (what.current.epoch == current.epoch)
    attempts_seen_ =
        std::max(attempts_seen_, std::min(attempt_of(what.promised), attempts_seen_ + 1'000));
  if (of_a_leader) return refused_by_follower(from, what, now);
  const bool of_a_question = what.by == 0 && register_.votes && what.epoch == current.epoch &&
                             what.current.epoch > current.epoch;
  const bool changes_to_it = leading_ && leading_->next && what.current == *leading_->next;
  if (of_a_question && !changes_to_it) return superseded(what, now);
  if (of_a_question && what.votes) leading_->installed.insert(from);
  if (!of_a_candidate) return;
  if (what.current.epoch < current.epoch) return send(from, install{current});
  if (what.current.epoch > current.epoch) return superseded(what, now);
  if (what.why == refusal_reason::leased && !candidacy_->promised.contains(from)) {
    const auto to = leader_of(what.promised);
    const bool is_news = std::exchange(candidacy_->bound[from], what.promised) != what.promised;
    if (is_news && to && candidacy_->promised.contains(*to)) ask_promise(from);
  }
  if (what.why == refusal_reason::ballot && what.promised > candidacy_->by) give_up(now);
}

/// There is a later group than the one that this node knows.
void range_replica::superseded(const refusal& what, mono_time now) {
  const auto& later = what.current;
  if (!is_plausible(later)) return;
  const bool succeeds = later.epoch == register_.current.epoch + 1 && register_.votes;
  if (later.contains(self_)) {
    if (succeeds) enter(later, true, now);
    return;  // else its leader will bring this node up to date
  }
  // Before the later group has a majority of its own, this copy may be needed to make it one.
  if (!what.is_led) return;
  leave(later, now);
}

}  // namespace comet::object::replica
