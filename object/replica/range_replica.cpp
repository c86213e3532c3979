#include "object/replica/range_replica.hpp"

#include <utility>

#include "base/check.hpp"
#include "object/replica/reach.hpp"

namespace comet::object::replica {

range_replica::range_replica(const member& self, const replica_terms& terms,
                             const lease_book& leases, range_register restored,
                             std::uint64_t first_look)
    : self_(self),
      terms_(terms),
      leases_(leases),
      register_(std::move(restored)),
      next_ticket_(first_look) {
  if (!register_.current.contains(self_)) {  // of another life, whose votes are not this one's
    register_.votes = false;
    register_.promised = 0;
  }
  if (register_.next && !register_.next->contains(self_)) register_.ready = false;
  if (register_.votes) role_ = role::follower;
}

void range_replica::take_over_binding(const range_replica& before) {
  if (register_.votes && before.following_.epoch == register_.current.epoch)
    following_ = {before.following_.epoch, before.following_.by, 0, 0};
}

range_register range_replica::founded_by(const member& founder) {
  range_register r;
  r.current = {1, {founder}};
  r.votes = true;
  return r;
}

void range_replica::on_message(const member& from, message what, mono_time now) {
  if (is_far_future(what, {register_.current.epoch, register_.promised}))
    ++refused_.far_future;
  else
    std::visit([&](auto& m) { on(from, m, now); }, what);
  regroup_step(now);
}

void range_replica::on_durable(std::uint64_t number, mono_time now) {
  durable_ = number;
  for (; !kept_back_.empty() && kept_back_.front().number <= durable_; kept_back_.pop_front())
    effects_.sends.emplace_back(kept_back_.front().to, std::move(kept_back_.front().what));
  if (candidacy_ && !candidacy_->promised_itself && candidacy_->number <= durable_) {
    candidacy_->promised_itself = true;
    note_majority(now);
  }
  if (leading_) {
    auto& writing = leading_->writing;
    for (; !writing.empty() && writing.front().first <= durable_; writing.pop_front())
      leading_->own = writing.front().second;
    recount();
    regroup_step(now);
  }
}

void range_replica::on_tick(mono_time now) {
  note_reach(now);
  ask_successors(now);
  switch (role_) {
    case role::outsider: break;
    case role::follower: follower_tick(now); break;
    case role::candidate: candidate_tick(now); break;
    case role::leader: leader_tick(now); break;
  }
  regroup_step(now);
}

void range_replica::want(std::vector<member> members) {
  if (members.size() > members_max) members.resize(members_max);
  wanted_ = std::move(members);
}

range_replica::standing range_replica::stands(mono_time now) const {
  if (leading_) {
    if (!has_majority_of_leases(now) && !breaks(rule::lease_to_read))
      return is_cut_off(now) ? standing::is_cut_off : standing::changes;
    return takes_commands() ? standing::leads : standing::changes;
  }
  if (role_ == role::outsider) return standing::outside;
  if (role_ == role::follower && is_following(now)) return standing::follows;
  const bool may_elect = reaches_majority(now) || !is_cut_off(now);
  return may_elect ? standing::changes : standing::is_cut_off;
}

/// Who grants this node leases hears it and is heard, whomever it follows.
bool range_replica::reaches_majority(mono_time now) const {
  std::size_t count = 0;
  for (const auto& one : register_.current.members)
    if (one == self_ || leases_.holds(one, now)) ++count;
  return count >= register_.current.majority();
}

/// For longer than a lease runs: what lasts less is an election, or a start.
bool range_replica::is_cut_off(mono_time now) const {
  return majority_at_ && now >= *majority_at_ + leases_.terms().length;
}

/// A leader reaches those that follow it; any other member whoever hears it.
void range_replica::note_reach(mono_time now) {
  const bool reaches =
      !register_.votes || (leading_ ? has_majority_of_leases(now) : reaches_majority(now));
  if (reaches || !majority_at_) majority_at_ = now;
}

std::optional<member> range_replica::leader() const {
  if (leading_) return self_;
  if (register_.current.members.empty()) return std::nullopt;
  if (const auto other = leader_of(register_.promised); other && *other != self_) return other;
  for (const auto& nearest : register_.current.members)
    if (nearest != self_) return nearest;
  return std::nullopt;
}

std::optional<copy_age> range_replica::copy() const {
  return register_.votes ? copy_ : std::nullopt;
}

std::optional<member> range_replica::leader_of(ballot by) const {
  const std::size_t place = place_in(by);
  if (by == 0 || place >= register_.current.members.size()) return std::nullopt;
  return register_.current.members[place];
}

/// It took what another leads with, and that one may count on its lease. A promise alone does not
/// bind: a leader counts on who has answered it since (has_majority_of_leases).
bool range_replica::is_following(mono_time now) const {
  const auto other = leader_of(register_.promised);
  return other && *other != self_ && following_.epoch == register_.current.epoch &&
         following_.by == register_.promised && leases_.is_bound_to(*other, now);
}

bool range_replica::takes_commands() const {
  if (!leading_) return false;
  const bool sealed = leading_->at == leadership::stage::sealing;
  return leading_->at == leadership::stage::serving || (sealed && breaks(rule::nothing_after_seal));
}

/// Turns that began before may still end while the range grows quiet.
bool range_replica::takes_proposals() const {
  return takes_commands() ||
         (leading_ && leading_->at == leadership::stage::quieting && turns_ > 0);
}

void range_replica::send(const member& to, message what) {
  effects_.sends.emplace_back(to, std::move(what));
}

void range_replica::send_when_durable(const member& to, message what) {
  const std::uint64_t last = next_number_ - 1 + (effects_.number != 0 ? 1 : 0);
  if (last <= durable_ || breaks(rule::durable_before_answer))
    send(to, std::move(what));
  else
    kept_back_.push_back({last, to, std::move(what)});
}

/// Of the batch that is being collected.
std::uint64_t range_replica::write_number() {
  if (effects_.number == 0) effects_.number = next_number_;
  return effects_.number;
}

void range_replica::write_register() {
  write_number();
  effects_.registered = register_;
}

void range_replica::write(entry what) {
  write_number();
  effects_.entries.push_back({std::move(what), false});
}

void range_replica::forget(bytes key) {
  write_number();
  effects_.entries.push_back({entry{std::move(key), {}, true, {}}, true});
}

/// Another leads from now on, or nobody. What was proposed and not chosen is for others to decide.
void range_replica::step_down(mono_time now) {
  candidacy_.reset();
  if (leading_) {
    const bool all_chosen = leading_->chosen == leading_->position;
    if (leading_->has_served)
      effects_.events.push_back(all_chosen ? event::leads_no_more : event::loses_leadership);
    leading_.reset();
  }
  role_ = register_.votes ? role::follower : role::outsider;
  vacant_since_.reset();
  not_before_ = now;
}

refusal range_replica::refuse(refusal_reason why, std::uint64_t epoch, ballot by) const {
  refusal no;
  no.why = why;
  no.epoch = epoch;
  no.by = by;
  no.current = register_.current;
  no.votes = register_.votes;
  no.promised = register_.promised;
  no.is_led = leading_ || following_.epoch == register_.current.epoch;
  return no;
}

/// What a calm one waits for are leases that run out, and they run for longer than a second.
bool range_replica::is_calm() const {
  if (role_ == role::outsider) return true;
  if (role_ == role::follower) return !vacant_since_;
  if (!leading_ || leading_->heir || is_changing()) return false;
  for (const auto& [who, state] : leading_->followers) {
    const bool answered = state.heard && state.window.empty();
    if (!answered || !state.complete || state.at != follower_state::sync::done) return false;
  }
  return true;
}

effects range_replica::take(mono_time now) {
  if (leading_) cut_streams(now);
  if (effects_.number != 0) ++next_number_;
  return std::exchange(effects_, {});
}

}  // namespace comet::object::replica
