#include <utility>

#include "object/replica/range_replica.hpp"

namespace comet::object::replica {

void range_replica::regroup_step(mono_time now) {
  if (!leading_) return;
  auto& lead = *leading_;
  using stage = leadership::stage;
  if (lead.at == stage::serving) {
    const bool changes = !wanted_.empty() && !same_members(wanted_, register_.current.members);
    if (lead.next && (!changes || !same_members(wanted_, lead.next->members))) drop_change();
    if (!lead.next && changes) begin_change(now);
    if (!lead.next) lead.heir = find_heir(now);
    if (lead.heir || (lead.next && may_seal(now))) {
      lead.at = stage::quieting;
      lead.asked = now;
    }
  }
  if (lead.next) add_learners();
  if (lead.at == stage::quieting && turns_ == 0 && lead.chosen == lead.position) {
    if (lead.heir) return hand_over(now);
    if (may_seal(now))
      propose_seal();
    else if (!lead.must_finish && now >= lead.asked + 2 * terms_.retry_after)
      lead.at = stage::serving;
  }
  if (lead.at == stage::sealing) {
    for (auto& [who, state] : lead.followers)
      if (state.sealed_at == 0 || (state.complete && !state.sealed_complete)) seal_for(state);
    if (is_seal_chosen()) {
      lead.at = stage::installing;
      send_installs(now);
    }
  }
  if (lead.next) {  // perhaps an earlier leader told them
    const bool tells = lead.at == stage::installing;
    std::size_t count = tells && lead.next->contains(self_) ? 1 : 0;
    for (const auto& who : lead.installed)
      if (lead.next->contains(who)) ++count;
    if (count >= lead.next->majority()) return finish_change(now);
    if (tells && now >= lead.asked + terms_.retry_after) send_installs(now);
  }
}

bool range_replica::is_changing() const {
  if (!leading_) return false;
  return leading_->next || leading_->at != leadership::stage::serving ||
         (!wanted_.empty() && !same_members(wanted_, register_.current.members));
}

void range_replica::begin_change(mono_time now) {
  leading_->next = group{register_.current.epoch + 1, wanted_, leading_->by};
  leading_->next_since = now;
  leading_->heir.reset();
}

void range_replica::add_learners() {
  for (const auto& who : leading_->next->members) {
    if (who == self_ || leading_->followers.contains(who)) continue;
    begin_run(leading_->followers[who]);
  }
}

/// Something else is wanted before this was agreed on.
void range_replica::drop_change() {
  for (auto at = leading_->followers.begin(); at != leading_->followers.end();) {
    if (register_.current.contains(at->first)) {
      ++at;
      continue;
    }
    if (at->second.is_repairing()) --leading_->repairs_under_way;
    send(at->first, install{register_.current});
    at = leading_->followers.erase(at);
  }
  leading_->next.reset();
}

std::size_t range_replica::complete_of(const group& next, bool all_acknowledged) const {
  std::size_t count = next.contains(self_) ? 1 : 0;
  for (const auto& [who, state] : leading_->followers) {
    const bool caught_up = !all_acknowledged || state.acknowledged == state.last();
    if (next.contains(who) && state.complete && caught_up) ++count;
  }
  return count;
}

/// The next group can be led at once: by this node, or by another that met the members as early.
bool range_replica::holds_leases_of(const group& next, mono_time now) const {
  std::size_t count = next.contains(self_) ? 1 : 0;
  for (const auto& who : next.members)
    if (who != self_ && leases_.holds(who, now)) ++count;
  return count >= next.majority();
}

bool range_replica::may_seal(mono_time now) const {
  const auto& lead = *leading_;
  if (breaks(rule::complete_before_install)) return true;
  const std::size_t complete = complete_of(*lead.next, lead.at == leadership::stage::quieting);
  const bool patient = now < lead.next_since + terms_.regroup_patience;
  if (patient && !holds_leases_of(*lead.next, now)) return false;
  return complete >= (patient ? lead.next->members.size() : lead.next->majority());
}

void range_replica::propose_seal() {
  register_.next = leading_->next;
  register_.next_by = leading_->by;
  register_.ready = true;
  write_register();
  leading_->seal_number = write_number();
  leading_->at = leadership::stage::sealing;
}

void range_replica::seal_for(follower_state& state) {
  state.sealed_complete = state.complete;
  append(state, seal{*leading_->next, state.complete}, 0);
  state.sealed_at = state.last();
}

/// By a majority of the epoch that ends; and a majority of the next is told, on disk, that it has
/// everything.
bool range_replica::is_seal_chosen() const {
  const auto& lead = *leading_;
  const auto& next = *lead.next;
  const bool own = durable_ >= lead.seal_number;
  std::size_t agreed = own ? 1 : 0;
  std::size_t complete = own && next.contains(self_) ? 1 : 0;
  for (const auto& [who, state] : lead.followers) {
    if (state.has_seal() && state.votes && register_.current.contains(who)) ++agreed;
    const bool knows = state.has_seal() && state.sealed_complete;
    if (next.contains(who) && (knows || lead.installed.contains(who))) ++complete;
  }
  if (breaks(rule::complete_before_install)) complete = next.majority();
  return agreed >= register_.current.majority() && complete >= next.majority();
}

void range_replica::send_installs(mono_time now) {
  leading_->asked = now;
  for (const auto& who : leading_->next->members)
    if (who != self_ && !leading_->installed.contains(who)) send(who, install{*leading_->next});
}

void range_replica::on(const member& from, const installed& what, mono_time) {
  if (!leading_ || !leading_->next || what.epoch != leading_->next->epoch || !what.votes) return;
  leading_->installed.insert(from);
}

/// The next group can go on alone: who is not of it is told to forget.
void range_replica::finish_change(mono_time now) {
  const auto next = *leading_->next;
  for (const auto& [who, state] : leading_->followers)
    if (!next.contains(who)) send(who, install{next});
  if (next.contains(self_))
    enter(next, true, now);
  else
    leave(next, now);
}

/// A member nearer to the range than this one, able to lead at once.
std::optional<member> range_replica::find_heir(mono_time now) const {
  if (!same_members(wanted_, register_.current.members)) return std::nullopt;
  for (const auto& nearer : wanted_) {
    if (nearer == self_) return std::nullopt;
    const auto found = leading_->followers.find(nearer);
    if (found == leading_->followers.end()) continue;
    if (found->second.complete && found->second.votes && leases_.holds(nearer, now)) return nearer;
  }
  return std::nullopt;
}

void range_replica::hand_over(mono_time now) {
  const auto heir = *leading_->heir;
  send(heir, take_over{register_.current.epoch, leading_->by});
  step_down(now);
  not_before_ = now + 5 * terms_.retry_after;
}

}  // namespace comet::object::replica
