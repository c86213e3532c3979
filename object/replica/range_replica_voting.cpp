#include <algorithm>
#include <iterator>
#include <utility>

#include "object/replica/range_replica.hpp"

namespace comet::object::replica {

void range_replica::on(const member& from, const prepare& what, mono_time now) {
  const auto& current = register_.current;
  const bool same_epoch = what.epoch == current.epoch || breaks(rule::same_epoch_only);
  if (!register_.votes || !same_epoch) {
    if (what.epoch < current.epoch) ++refused_.old_epochs;
    return send(from, refuse(refusal_reason::epoch, what.epoch, what.by));
  }
  const auto place = current.place_of(from);
  if (!place) {
    ++refused_.strangers;
    return send(from, refuse(refusal_reason::epoch, what.epoch, what.by));
  }
  if (*place != place_in(what.by)) {
    ++refused_.forged;
    return;
  }
  attempts_seen_ = std::max(attempts_seen_, attempt_of(what.by));
  if (what.by < register_.promised && !breaks(rule::no_lower_promise)) {
    ++refused_.old_ballots;
    return send(from, refuse(refusal_reason::ballot, what.epoch, what.by));
  }
  if (what.by != register_.promised) {
    const auto other = leader_of(register_.promised);
    const bool gave_up = what.handed_over != 0 && what.handed_over == register_.promised;
    const bool bound = other && *other != from && !gave_up &&
                       (leading_ ? has_majority_of_leases(now) : is_following(now));
    const bool tired = !leases_.is_rested(now) && !gave_up;
    if ((bound || tired) && !breaks(rule::bound_by_lease))
      return send(from, refuse(refusal_reason::leased, what.epoch, what.by));
    register_.promised = what.by;
    write_register();
    step_down(now);
    not_before_ = now + 5 * terms_.retry_after;
  }
  send_when_durable(from,
                    promise{what.epoch, register_.promised, register_.next, register_.next_by});
}

void range_replica::on(const member& from, const list_keys& what, mono_time now) {
  const bool votes_for_it = register_.votes && what.epoch == register_.current.epoch &&
                            what.by == register_.promised && leader_of(what.by) == from;
  const bool follows_it = what.epoch == following_.epoch && what.by == following_.by;
  if (!votes_for_it && !follows_it) {
    // It was told to forget since the stream began, or was restarted: a new one has to begin.
    if (!register_.votes && what.epoch == register_.current.epoch)
      send(from, refuse(refusal_reason::gap, what.epoch, what.by));
    return;
  }
  not_before_ = std::max(not_before_, now + 5 * terms_.retry_after);
  look_up_keys(from, keys_listed{what.epoch, what.by, what.after, {}}, what.after);
}

void range_replica::on(const member& from, const fetch_values& what, mono_time now) {
  const bool asked_by_leader = what.epoch == register_.current.epoch &&
                               what.by == register_.promised && leader_of(what.by) == from;
  if (!asked_by_leader || what.keys.size() > terms_.page) return;
  not_before_ = std::max(not_before_, now + 5 * terms_.retry_after);
  look_up_values(from, values_fetched{what.epoch, what.by, {}}, what.keys);
}

/// May this node write down what `from` says? True: it follows that leader from now on.
bool range_replica::follow(const member& from, const stream& what, mono_time now) {
  if (register_.votes && what.epoch == register_.current.epoch) {
    if (leader_of(what.by) != from) {
      ++refused_.forged;
      return false;
    }
    if (what.by < register_.promised && !breaks(rule::no_lower_vote)) {
      ++refused_.old_ballots;
      send(from, refuse(refusal_reason::ballot, what.epoch, what.by));
      return false;
    }
    if (what.by > register_.promised) {  // a majority promised it that leader without this node
      register_.promised = what.by;
      write_register();
      step_down(now);
    }
    return true;
  }
  const bool older = what.epoch < register_.current.epoch ||
                     (what.epoch == following_.epoch && what.by < following_.by);
  if (older) {
    ++refused_.old_epochs;
    send(from, refuse(refusal_reason::epoch, what.epoch, what.by));
    return false;
  }
  if (what.epoch == register_.current.epoch) return leader_of(what.by) == from;
  // It learns what a group has that it is not of, or that it missed the beginning of.
  if (!what.group_of_epoch) {
    send(from, refuse(refusal_reason::gap, what.epoch, what.by));
    return false;
  }
  if (what.group_of_epoch->epoch != what.epoch || !is_plausible(*what.group_of_epoch) ||
      what.group_of_epoch->place_of(from) != place_in(what.by)) {
    ++refused_.forged;
    return false;
  }
  enter(*what.group_of_epoch, false, now);
  return true;
}

/// The group in force is another one.
void range_replica::enter(const group& next, bool votes, mono_time now) {
  register_ = {};
  register_.current = next;
  register_.votes = votes;
  write_register();
  following_ = {};
  if (!votes) copy_.reset();
  attempts_seen_ = 0;
  majority_at_ = now;
  step_down(now);
}

/// It is of that group no more, and keeps nothing of the range.
void range_replica::leave(const group& next, mono_time now) {
  enter(next, false, now);
  effects_.wipe = true;
  effects_.entries.clear();
}

void range_replica::on(const member& from, stream& what, mono_time now) {
  if (!follow(from, what, now)) return;
  const bool same_teacher = what.by == register_.taught_by;
  const bool new_run = same_teacher ? what.run > register_.taught_run
                                    : what.by > register_.taught_by || breaks(rule::no_lower_vote);
  if (new_run && what.first == 1) {
    following_ = {what.epoch, what.by, what.run, 0};
    register_.taught_by = what.by;
    register_.taught_run = what.run;
    write_register();
  }
  const bool same_run =
      what.epoch == following_.epoch && what.by == following_.by && what.run == following_.run;
  if (!same_run || what.first > following_.through + 1) {
    if (!(same_run && breaks(rule::no_gaps))) {
      auto no = refuse(refusal_reason::gap, what.epoch, what.by);
      no.run = following_.run;
      no.through = following_.through;
      return send(from, std::move(no));
    }
    following_.through = what.first - 1;
  }
  const std::uint64_t known = following_.through + 1 - what.first;
  for (std::size_t i = known; i < what.parts.size(); ++i) {
    if (auto* value = std::get_if<entry>(&what.parts[i])) {
      write(std::move(*value));
    } else if (auto* key = std::get_if<forget_key>(&what.parts[i])) {
      forget(std::move(key->key));
    } else if (const auto* end = std::get_if<seal>(&what.parts[i])) {
      accept_seal(*end, what.by);
    } else if (register_.current.epoch == what.epoch && register_.current.contains(self_)) {
      register_.votes = true;
      register_.promised = std::max(register_.promised, what.by);
      write_register();
      if (role_ == role::outsider) role_ = role::follower;
    }
    ++following_.through;
  }
  send_when_durable(from, streamed{what.epoch, what.by, what.run, following_.through,
                                   register_.votes && what.epoch == register_.current.epoch});
}

void range_replica::on(const member& from, const install& what, mono_time now) {
  if (!is_plausible(what.current)) {
    ++refused_.forged;
    return;
  }
  const auto& now_in_force = register_.current;
  const auto& next = what.current;
  if (next.epoch < now_in_force.epoch) {
    ++refused_.old_epochs;
    return send(from, refuse(refusal_reason::epoch, next.epoch, 0));
  }
  const bool belongs = next.contains(self_);
  if (next.epoch == now_in_force.epoch && register_.votes)
    return send_when_durable(from, installed{next.epoch, true});
  if (!belongs) {
    // Only who teaches a learner drops it; and that is old news once it was told of its group.
    const bool is_taught = following_.epoch == next.epoch && leader_of(following_.by) == from;
    if (next.epoch == now_in_force.epoch && (register_.next || !is_taught))
      return send(from, installed{next.epoch, false});
    leave(next, now);
    return send_when_durable(from, installed{next.epoch, false});
  }
  const bool was_member = register_.votes && next.epoch == now_in_force.epoch + 1;
  const bool is_ready = register_.ready && register_.next == next;
  if (!was_member && !is_ready && !breaks(rule::complete_before_vote))
    return send(from, installed{next.epoch, false});
  enter(next, true, now);
  send_when_durable(from, installed{next.epoch, true});
}

/// The epoch ends. Its members accept that as a value like any other; who is to be a member learns
/// whether it has everything.
void range_replica::accept_seal(const seal& end, ballot by) {
  if (!is_plausible(end.next) || end.next.epoch != register_.current.epoch + 1) {
    ++refused_.forged;
    return;
  }
  register_.next = end.next;
  register_.next_by = by;
  register_.ready = end.complete;
  write_register();
}

void range_replica::on(const member& from, const inquire& what, mono_time) {
  if (register_.current.epoch > what.epoch)
    send(from, refuse(refusal_reason::epoch, what.epoch, 0));
}

/// Who leads had a majority's leases when it sent this, so nobody else had anything chosen by then.
void range_replica::on(const member& from, const whole_copy& what, mono_time now) {
  const bool has_it = what.epoch == following_.epoch && what.by == following_.by &&
                      what.run == following_.run && following_.through >= what.through;
  if (!has_it || leader_of(what.by) != from || !leases_.is_own_time(what.heard, now)) return;
  const stamp chosen{what.epoch, what.by, what.chosen};
  if (!copy_) copy_.emplace();
  copy_->as_of = std::max(copy_->as_of, what.heard);
  copy_->chosen = std::max(copy_->chosen, chosen);
}

void range_replica::on(const member& from, const take_over& what, mono_time now) {
  if (!register_.votes || what.epoch != register_.current.epoch || what.by != register_.promised ||
      leader_of(what.by) != from)
    return;
  if (role_ == role::follower) stand(now, what.by);
}

}  // namespace comet::object::replica
