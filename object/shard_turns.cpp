// The shard's active objects: turns leave to an executor and come back as outcomes to fold in.

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "object/compat_mark.hpp"
#include "object/request_trace.hpp"
#include "object/shard.hpp"
#include "object/turn_ring.hpp"

namespace comet::object {

namespace {

error gone_while_running() {
  return {errc::conflict, "the object was deleted or replaced while this turn ran"};
}

/// What SET ... EX, GETEX and their like do to the expiry of an active object. A SET without an
/// expiry keeps the object's: its lifetime is its owner's business, not that of who updates it.
void apply_expiry(record& next, const command& c, const reply& answer) {
  if (answer.failed() || (c.what != op::set && c.what != op::getex)) return;
  if (c.when) {
    next.expires = c.when;
  } else if (c.clear_expiry) {
    next.expires.reset();
  }
}

std::size_t timers_after(const record& r, const turn_outcome& outcome) {
  std::size_t n = r.active->timers.size();
  for (const auto& change : outcome.timers) {
    const bool had = std::any_of(r.active->timers.begin(), r.active->timers.end(),
                                 [&](const timer& t) { return t.name == change.name; });
    if (change.set && !had) ++n;
    if (!change.set && had) --n;
  }
  return n;
}

bool changes_expiry(const command& c, const reply& answer) {
  return !answer.failed() && (c.what == op::set || c.what == op::getex) &&
         (c.when || c.clear_expiry);
}

/// What of a turn its observer hears, while the outcome and the object's code are as they came.
turn_seen seen_of(const turn_under_way& turn, const finished_turn& done) {
  turn_seen seen;
  const auto& outcome = done.outcome;
  const auto& current = turn.entry->current;
  if (turn.request->successor) {
    seen.code = turn.request->successor->hash;
  } else if (current && current->is_active()) {
    seen.code = current->active->code_hash;
  }
  seen.activated = done.activated;
  seen.waited = done.waited;
  seen.ran = done.ran;
  seen.fuel = static_cast<std::uint64_t>(std::max<std::int64_t>(outcome.fuel, 0));
  seen.memory = outcome.memory;
  seen.memory_peak = outcome.memory_peak;
  seen.state_bytes = outcome.state ? outcome.state->size() : 0;
  return seen;
}

}  // namespace

std::int64_t shard::allowed_to(const cache_entry& entry, limit which) const {
  static const asked_limits nothing;
  const bool active = entry.current && entry.current->is_active();
  return allowed(options_.limits, active ? entry.current->active->limits : nothing, which);
}

// ---- out ----

error shard::cycle_at(bytes_view key) {
  return {errc::cycle,
          "cycle: the object at '" + printable(shortened(key, 64)) + "' waits for this very call"};
}

bool shard::put_object(const request& r, cache_entry& entry, reply& answer) {
  const auto& c = r.what;
  const auto& limits = options_.limits;
  const bytes marked = c.compat ? with_compat_mark(c.source) : bytes{};
  const bytes_view source = c.compat ? bytes_view{marked} : c.source;
  if (source.size() > limits.source_bytes_max) {
    ++stats_.refusals.source;
    answer = reply::failure(errc::too_large, "source of " + std::to_string(source.size()) +
                                                 " bytes is over the limit of " +
                                                 std::to_string(limits.source_bytes_max));
    return true;
  }
  if (auto refusal = refuse_stranger(r, entry)) {
    answer = reply::failure(std::move(*refusal));
    return finish(r.to, entry.written, answer);
  }
  const digest hash = sha256(source);
  if (!obtain_code(entry, hash)) return wait_in_line(r, entry, answer);
  auto& known = codes_[hash];
  if (!known.text) known.text = std::make_shared<code>(code{hash, bytes{source}});
  const bool living = entry.current && entry.current->is_active();
  const bool suspended = living && entry.current->active->quarantine.has_value();
  auto what = std::make_shared<turn_request>();
  what->kind = living && !suspended ? turn_kind::replace : turn_kind::create;
  what->key = entry.key;
  what->from = r.from;
  what->what = r.owned ? r.owned : std::make_shared<const owned_command>(c);
  what->successor = known.text;
  what->successor_owner = living ? entry.current->owner : r.from.user;
  what->chain = r.chain;
  if (auto refusal = start_turn(entry, std::move(what), r.to, std::nullopt, r.now)) {
    answer = reply::failure(std::move(*refusal));
    return true;
  }
  entry.putting = true;
  return false;
}

bool shard::turn_command(const request& r, cache_entry& entry, turn_kind kind, reply& answer) {
  if (entry.current->active->quarantine) return quarantined_read(r, entry, answer);
  const bool sets_lifetime =
      (r.what.what == op::set || r.what.what == op::getex) && (r.what.when || r.what.clear_expiry);
  if (sets_lifetime)
    if (auto refusal = refuse_stranger(r, entry)) {
      answer = reply::failure(std::move(*refusal));
      return finish(r.to, entry.written, answer);
    }
  auto what = std::make_shared<turn_request>();
  what->kind = kind;
  what->key = entry.key;
  what->from = r.from;
  what->what = r.owned ? r.owned : std::make_shared<const owned_command>(r.what);
  what->chain = r.chain;
  if (auto refusal = start_turn(entry, std::move(what), r.to, std::nullopt, r.now)) {
    answer = reply::failure(std::move(*refusal));
    return true;
  }
  return false;
}

std::optional<error> shard::start_turn(cache_entry& entry, std::shared_ptr<turn_request> what,
                                       const origin& to, std::optional<fired_timer> fired,
                                       const instant& now) {
  const std::size_t waiting = entry.line ? entry.line->size() : 0;
  if (entry.turns + waiting >= static_cast<std::size_t>(allowed_to(entry, limit::mailbox))) {
    ++stats_.refusals.mailbox;
    return error{errc::busy, "the object at '" + printable(shortened(entry.key, 64)) +
                                 "' has a full mailbox; try again later"};
  }
  if (std::find(what->chain.begin(), what->chain.end(), entry.key) != what->chain.end()) {
    return cycle_at(entry.key);
  }
  what->group = known_group_of(entry);
  const bool fresh = what->kind == turn_kind::create;
  const std::uint64_t id = next_turn_++;
  work item;
  item.what = work::kind::run;
  item.order.id = id;
  if (!fresh) {
    COMET_CHECK(entry.current && entry.current->is_active() && entry.code);
    item.order.incarnation = entry.current->incarnation;
    item.order.current = entry.current;
    item.order.code = entry.code;
  }
  item.order.request = what;
  item.order.sent = now.mono;
  if (tracer_) tracer_->ordered(id, *what, to, now);
  turn_under_way turn;
  turn.entry = &entry;
  turn.generation = entry.generation;
  turn.to = to;
  turn.request = std::move(what);
  turn.fired = std::move(fired);
  turns_.emplace(id, std::move(turn));
  if (replicas_) replicas_->begin_turn(range_of(entry));
  outbox_.work_items.push_back(std::move(item));
  ++entry.turns;
  ++stats_.turns;
  return std::nullopt;
}

void shard::forget_activation(cache_entry& entry) {
  ++entry.generation;
  entry.timer_running = false;
  work item;
  item.what = work::kind::forget;
  item.forgotten = entry.key;
  outbox_.work_items.push_back(std::move(item));
}

// ---- back ----

void shard::on_outcomes(outcome_batch batch, const instant& now) {
  for (const auto& code : batch.passivated)
    observer_.passivated(code);
  for (auto& done : batch.finished)
    finish_turn(done, now);
  for (auto& outlined : batch.outlined)
    outline_arrived(outlined, now);
  for (auto& started : batch.outcalls) {
    const auto found = turns_.find(started.turn);
    if (found == turns_.end()) continue;
    auto& turn = found->second;
    // A void turn is not answered: its activation has been told to forget it.
    if (turn.generation != turn.entry->generation) continue;
    auto chain = turn.request->chain;
    chain.push_back(turn.entry->key);
    run_outcall(*turn.entry, started.what, started.turn, chain, now);
  }
}

void shard::finish_turn(finished_turn& done, const instant& now) {
  const auto found = turns_.find(done.id);
  COMET_CHECK(found != turns_.end());
  turn_under_way turn = std::move(found->second);
  turns_.erase(found);
  auto& entry = *turn.entry;
  COMET_CHECK(entry.turns > 0);
  --entry.turns;
  if (replicas_) concerned_.assign(1, range_of(entry));
  const auto kind = turn.request->kind;
  if (kind == turn_kind::create || kind == turn_kind::replace) entry.putting = false;
  end_asked_turn(turn);
  if (tracer_) tracer_->ran(done, now.mono);
  if (done.unrun) {
    run_again(turn, now);
  } else if (turn.generation != entry.generation) {
    deliver(turn.to, reply::failure(gone_while_running()), now);
  } else {
    if (turn.fired) entry.timer_running = false;
    if (done.outcome.trace) turn.recorded = recorded_turn_of(turn, done.outcome);
    if (kind != turn_kind::create || done.outcome.created) {
      account_of(entry).fold(done.outcome, now.wall, options_.limits);
    }
    begin_outcome(turn, now);
    auto seen = seen_of(turn, done);
    stats_.refusals.replicas += done.outcome.replicas_refused;
    if (done.outcome.failure) {
      fail_turn(turn, done.outcome, now);
    } else {
      commit_turn(turn, done.outcome, now);
    }
    terms_ = {};
    tell_of_turn(entry, seen, done.outcome);
    arm(entry);
  }
  if (tracer_ && !done.unrun)
    tracer_->folded(done.id, entry.written, options_.gated ? durable_ : entry.written, now.mono);
  if (replicas_) {
    propose_changes();
    replicas_->end_turn(range_of(entry));
  }
  if (entry.turns == 0 && entry.has_line()) {
    drain_line(entry, now);
  } else {
    discard_if_void(entry);
  }
}

void shard::tell_of_turn(const cache_entry& entry, turn_seen& seen, const turn_outcome& outcome) {
  seen.key = entry.key;
  if (outcome.failure) seen.failure = &*outcome.failure;
  seen.breach = outcome.breach;
  seen.mailbox = entry.turns + (entry.line ? entry.line->size() : 0);
  untold_work of_nobody;  // it is gone, or was never made
  observer_.turn_ended(seen, entry.account ? entry.account->untold : of_nobody);
}

void shard::run_again(turn_under_way& turn, const instant& now) {
  const auto& asked = *turn.request;
  if (!asked.what) {  // a timer or a continuation ends with its object
    deliver(turn.to, reply::failure(gone_while_running()), now);
    return;
  }
  reply answer;
  if (carry_out({asked.what->get(), asked.from, turn.to, now, asked.chain, asked.what}, answer)) {
    deliver(turn.to, std::move(answer), now);
  }
}

void shard::commit_turn(turn_under_way& turn, turn_outcome& outcome, const instant& now) {
  auto& entry = *turn.entry;
  const auto& asked = *turn.request;
  if (outcome.created) {
    auto next = created_by(turn, outcome);
    if (turn.recorded) record_turn(*next, std::move(*turn.recorded), {});
    const bool replaced = entry.current && entry.current->is_active();
    count_code(asked.successor->hash, +1);
    if (replaced) {
      count_code(entry.current->active->code_hash, -1);
      *entry.account = accounts{};
    }
    entry.code = asked.successor;
    put_record(entry, std::move(next));
    drop_if_expired(entry, now);
  } else if (outcome.fate == disposition::erase) {
    remove_record(entry);
  } else if (entry.current && entry.current->is_active()) {
    // The handler counted its timers against the record it saw, which later turns may have outrun.
    const auto timers_max = allowed_to(entry, limit::timers);
    if (timers_after(*entry.current, outcome) > static_cast<std::size_t>(timers_max)) {
      ++stats_.refusals.timers;
      outcome.failure =
          error{errc::state, "timers: an object may have at most " + std::to_string(timers_max)};
      forget_activation(entry);
      fail_turn(turn, outcome, now);
      return;
    }
    auto& account = account_of(entry);
    account.breaches = 0;
    const bool expiry = asked.what && changes_expiry(asked.what->get(), outcome.answer);
    const bool asks = outcome.replicas && *outcome.replicas != entry.current->active->replicas;
    if (outcome.state || !outcome.timers.empty() || turn.fired || expiry || asks ||
        terms_.request != 0 || turn.recorded) {
      const record_ref before = entry.current;
      auto next = successor_of(entry);
      if (outcome.state) next->active->state = std::move(*outcome.state);
      if (asks) next->active->replicas = std::move(*outcome.replicas);
      settle_timers(*next, turn, outcome);
      if (turn.recorded) record_turn(*next, std::move(*turn.recorded), before->active->state);
      if (expiry) apply_expiry(*next, asked.what->get(), outcome.answer);
      next->active->turns += std::exchange(account.turns, 0);
      next->active->fuel += std::exchange(account.fuel, 0);
      next->active->breaches = 0;
      put_record(entry, std::move(next));
      drop_if_expired(entry, now);
    }
  }
  const std::uint64_t depends_on = entry.written;
  if (!outcome.publications.empty()) {
    if (!options_.gated || depends_on <= durable_) {
      for (auto& p : outcome.publications)
        outbox_.publications.push_back(std::move(p));
    } else {
      gate_.hold(depends_on, {{}, {}, std::move(outcome.publications), concerned_, {}});
    }
  }
  answer_later(turn.to, depends_on, std::move(outcome.answer), now);
  if (outcome.messages.empty()) return;
  // Among several nodes a message may arrive where its cause is never heard of: it waits for that.
  if (replicas_ && depends_on > durable_) {
    ++entry.continuations;
    held_answer later;
    later.ranges = concerned_;
    later.messages = {entry.key, std::move(outcome.messages)};
    gate_.hold(depends_on, std::move(later));
    return;
  }
  send_messages(entry, outcome.messages, now);
}

void shard::fail_turn(turn_under_way& turn, turn_outcome& outcome, const instant& now) {
  auto& entry = *turn.entry;
  ++stats_.turn_failures;
  if (outcome.breach) stats_.breaches.count(outcome.failure->code);
  // Only the executor says busy of a turn: its owner had no fuel left.
  if (outcome.failure->code == errc::busy) ++stats_.refusals.owner_fuel;
  reply answer = reply::failure(*outcome.failure);
  if (!outcome.traceback.empty() && !outcome.in_own_words) answer.text += "\n" + outcome.traceback;
  const bool active = entry.current && entry.current->is_active();
  if (active) {
    auto& account = account_of(entry);
    if (outcome.breach) ++account.breaches;
    const auto breaches = entry.current->active->breaches + account.breaches;
    const bool suspend =
        outcome.breach &&
        breaches >= static_cast<std::uint32_t>(options_.limits.breaches_until_quarantine);
    if (suspend || turn.fired || turn.recorded) {
      auto next = successor_of(entry);
      if (turn.recorded) {
        turn.recorded->failure = outcome.failure;
        record_turn(*next, std::move(*turn.recorded), next->active->state);
      }
      if (turn.fired) settle_failed(*next, *turn.fired, now.wall);
      next->active->turns += std::exchange(account.turns, 0);
      next->active->fuel += std::exchange(account.fuel, 0);
      next->active->breaches += std::exchange(account.breaches, 0);
      if (suspend) {
        ++stats_.quarantined;
        observer_.quarantined(entry.current->active->code_hash);
        next->active->quarantine = std::to_string(breaches) + " breaches of a budget in a row, " +
                                   "the last: " + shortened(outcome.failure->message, 200);
      }
      put_record(entry, std::move(next));
    }
  }
  answer_later(turn.to, entry.written, std::move(answer), now);
}

std::shared_ptr<record> shard::created_by(turn_under_way& turn, turn_outcome& outcome) {
  const auto& c = turn.request->what->get();
  const auto& old = turn.entry->current;
  auto next = std::make_shared<record>();
  next->version = old ? old->version + 1 : 1;
  next->incarnation = ++counts_.incarnation;
  counts_dirty_ = true;
  if (old) next->answered = old->answered;
  next->expires = c.when;
  next->owner = turn.request->successor_owner;
  next->active = std::make_unique<activity>();
  next->active->code_hash = turn.request->successor->hash;
  COMET_CHECK(outcome.state.has_value());
  next->active->state = std::move(*outcome.state);
  for (const auto arg : c.args)
    next->active->args.emplace_back(arg);
  next->active->limits = c.limits;
  if (c.number > 0) next->recorded = turn_ring::of(static_cast<std::size_t>(c.number));
  if (outcome.replicas) next->active->replicas = std::move(*outcome.replicas);
  settle_timers(*next, turn, outcome);
  return next;
}

void shard::settle_fired(record& next, const fired_timer& fired) {
  auto& timers = next.active->timers;
  const auto same = std::find_if(timers.begin(), timers.end(), [&](const timer& t) {
    return t.name == fired.name && t.due == fired.due;
  });
  if (same == timers.end()) return;
  if (fired.next) {
    same->due = *fired.next;
  } else {
    timers.erase(same);
  }
}

/// What has another time waits for it; a last fire is tried again, as often as `tried_again` says.
void shard::settle_failed(record& next, const fired_timer& fired, wall_time now) {
  auto& timers = next.active->timers;
  const auto same = std::find_if(timers.begin(), timers.end(), [&](const timer& t) {
    return t.name == fired.name && t.due == fired.due;
  });
  if (same == timers.end()) return;
  auto again = fired.next ? std::nullopt : tried_again(*same, now);
  if (!again) return settle_fired(next, fired);
  *same = std::move(*again);
}

void shard::settle_timers(record& next, const turn_under_way& turn, const turn_outcome& outcome) {
  if (turn.fired) settle_fired(next, *turn.fired);
  auto& timers = next.active->timers;
  for (const auto& change : outcome.timers) {
    std::erase_if(timers, [&](const timer& t) { return t.name == change.name; });
    if (change.set) timers.push_back(*change.set);
  }
}

}  // namespace comet::object
