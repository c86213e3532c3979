#include "object/shard.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.hpp"
#include "object/layout.hpp"
#include "object/request_trace.hpp"
#include "object/string_operation.hpp"

namespace comet::object {

namespace {

bool is_turn_operation(const command& c, const record& r) {
  switch (c.what) {
    case op::set: return c.condition != set_condition::if_absent;
    case op::setnx: return false;
    case op::del:
    case op::aso_get:
    case op::aso_call:
    case op::aso_put: return true;
    default: return r.is_active() && is_string_operation(c.what);
  }
}

/// What a record holds besides its value or state: timers, limits, what it remembers of requests.
constexpr std::size_t record_room = std::size_t{128} << 10U;

/// Where replicas are kept a value has to fit into what one node tells another.
policy fit_for_replicas(policy limits) {
  const std::size_t most = replica::proposal_bytes_max - record_room - limits.key_bytes_max;
  limits.value_bytes_max = std::min(limits.value_bytes_max, most);
  limits.state_bytes_max = std::min(limits.state_bytes_max, most);
  return limits;
}

/// It is answered whatever is under way at the object.
bool only_looks(op what) {
  switch (what) {
    case op::aso_info:
    case op::where:
    case op::count_copies:
    case op::inspect:
    case op::trace:
    case op::traces: return true;
    default: return false;
  }
}

bool needs_code(op what, bool active) {
  return what == op::inspect && active;
}

reply busy(bytes_view key) {
  return reply::failure(errc::busy, "the object at '" + printable(shortened(key, 64)) +
                                        "' has a full mailbox; try again later");
}

}  // namespace

shard::shard(shard_options options, stored_facts facts)
    : options_(std::move(options)),
      observer_(options_.watched_by != nullptr ? *options_.watched_by : nobody_),
      cache_(options_.limits.cache_bytes_max),
      random_(options_.seed),
      counts_(facts),
      counts_before_(facts),
      backlog_(options_.replicas ? options_.replicas->terms.backlog : replica::backlog_terms{}) {
  cache_.set_complete(facts.objects == 0 && !options_.replicas);
  if (!options_.replicas) return;
  options_.limits = fit_for_replicas(options_.limits);
  for (const auto& [range, known] : options_.replicas->registers)
    durable_registers_.emplace(range, known);
  options_.gated = true;
  objects_in_ = std::move(options_.objects_in);
  objects_in_.resize(replica::ranges);
  options_.replicas->copies_max = options_.limits.replicas_max;
  options_.replicas->interval_min = options_.limits.replicas_interval_min;
  replicas_ = std::make_unique<replica::replicas>(*std::exchange(options_.replicas, std::nullopt),
                                                  options_.started);
}

shard::~shard() = default;

bool shard::submit(const command& c, const caller& from, const origin& to, const instant& now,
                   reply& answer) {
  if (c.what == op::get && !c.asked && !tracer_) {
    auto* entry = cache_.find(c.key);
    if (entry != nullptr && entry->current && !entry->current->active && !entry->current->expires &&
        entry->written <= durable_ && entry->loading == 0 && !entry->has_line() &&
        !entry->between && (!replicas_ || leads_now(*entry, now))) {
      ++stats_.hits;
      entry->touched = now.mono;
      answer.what = reply::kind::bulk;
      answer.text.assign(entry->current->value);
      return true;
    }
  }
  deferred_ = false;
  static const std::vector<bytes> no_chain;
  const bool done = carry_out({c, from, to, now, no_chain, nullptr}, answer);
  if (done && tracer_) tracer_->answered(to, answer, now.mono);
  return done;
}

bool shard::carry_out(const request& r, reply& answer) {
  concerned_.clear();
  if (joining_ && !is_about_nodes(r.what.what)) {
    answer = reply::failure(errc::joining, *joining_);
    return true;
  }
  switch (r.what.what) {
    case op::del:
    case op::exists:
    case op::touch:
    case op::mget:
    case op::mset:
    case op::msetnx: return several_keys(r, answer);
    case op::copy:
    case op::rename: return copy_or_rename(r, answer);
    case op::keys:
    case op::scan:
    case op::randomkey:
    case op::dbsize:
    case op::flush: return space_command(r, answer);
    case op::lookup:
    case op::nodes:
    case op::node_info:
    case op::code_text: return network_command(r, answer);
    default: {
      auto& entry = entry_of(r.what.key);
      const bool done = carry_out_on(r, entry, answer);
      if (done) discard_if_void(entry);
      return done;
    }
  }
}

bool shard::carry_out_on(const request& r, cache_entry& entry, reply& answer) {
  if (replicas_) concerned_.assign(1, range_of(entry));
  if (tracer_) tracer_->arrived(entry.key, r.what, r.from, r.to, r.hops, r.now);
  if (r.what.asked && r.what.asked->stale_max)
    if (const auto done = read_copy(r, entry, answer)) return *done;
  const bool is_turn =
      (entry.current && entry.current->is_active() && is_turn_operation(r.what, *entry.current)) ||
      r.what.what == op::aso_put;
  if (must_wait(r, entry, is_turn)) {
    const bool for_itself =
        entry.turns > 0 && std::find(r.chain.begin(), r.chain.end(), entry.key) != r.chain.end();
    if (!for_itself) return wait_in_line(r, entry, answer);
    answer = reply::failure(cycle_at(entry.key));
    return true;
  }
  if (const auto done = decided_elsewhere(r, entry, answer)) return *done;
  const bool may_change = is_turn || !changes_nothing(r.what.what);
  if (replicas_ && may_change && has_backlog(entry)) return wait_for_room(r, entry, answer);
  drop_if_expired(entry, r.now);
  if (r.what.what != op::object_idletime) entry.touched = r.now.mono;
  ++(entry.current ? stats_.hits : stats_.misses);
  return r.what.asked ? carry_out_asked(r, entry, answer) : carry_out_here(r, entry, answer);
}

bool shard::carry_out_here(const request& r, cache_entry& entry, reply& answer) {
  const bool active = entry.current && entry.current->is_active();
  if (r.again && active && is_string_operation(r.what.what) && changes_nothing(r.what.what)) {
    answer = reply::failure(errc::uncertain,
                            "the node that was asked first fell silent, and the object's handler "
                            "may have run there: ask again");
    return true;
  }
  switch (r.what.what) {
    case op::aso_put: return put_object(r, entry, answer);
    case op::aso_get:
      if (active) return turn_command(r, entry, turn_kind::fetch, answer);
      answer = entry.current ? reply::bulk(entry.current->value) : reply::null();
      return finish(r.to, entry.written, answer);
    case op::aso_call:
      if (active) return turn_command(r, entry, turn_kind::call, answer);
      [[fallthrough]];
    case op::aso_code:
    case op::aso_hash:
    case op::aso_state:
    case op::aso_info:
    case op::aso_resume:
    case op::aso_record:
    case op::aso_turns:
    case op::aso_turn: return object_query(r, entry, answer);
    case op::count_copies: return count_copies(r, entry, answer);
    case op::inspect: return inspect(r, entry, answer);
    case op::trace:
    case op::traces: return trace_query(r, entry, answer);
    case op::where: answer = place_of(entry); return finish(r.to, entry.written, answer);
    case op::del:
      if (active) return turn_command(r, entry, turn_kind::operate, answer);
      return key_command(r, entry, answer);
    default: break;
  }
  if (!is_string_operation(r.what.what)) return key_command(r, entry, answer);
  if (active && is_turn_operation(r.what, *entry.current)) {
    return turn_command(r, entry, turn_kind::operate, answer);
  }
  if (active) {  // SETNX and SET NX over an existing object change nothing and ask nobody
    answer = r.what.what == op::setnx ? reply::number(0) : reply::null();
    return finish(r.to, entry.written, answer);
  }
  return operate_on_passive(r, entry, answer);
}

bool shard::operate_on_passive(const request& r, cache_entry& entry, reply& answer) {
  const auto& c = r.what;
  std::optional<bytes_view> current;
  if (entry.current) current = entry.current->value;
  auto effect = operate(c, current, options_.limits.value_bytes_max);
  answer = std::move(effect.answer);
  if (answer.failed()) {
    if (answer.code == errc::too_large) ++stats_.refusals.value;
    return finish(r.to, entry.written, answer);
  }
  if (effect.erase) {
    remove_record(entry);
  } else if (effect.value) {
    auto next = successor_of(entry);
    if (!entry.current) next->owner = r.from.user;
    next->value = std::move(*effect.value);
    if (effect.clears_expiry) next->expires.reset();
    if (c.when) next->expires = c.when;
    put_record(entry, std::move(next));
    drop_if_expired(entry, r.now);
  } else if (c.what == op::getex && entry.current && (c.when || c.clear_expiry)) {
    auto next = successor_of(entry);
    next->expires = c.when;
    put_record(entry, std::move(next));
    drop_if_expired(entry, r.now);
  }
  return finish(r.to, entry.written, answer);
}

cache_entry& shard::entry_of(bytes_view key) {
  auto& entry = cache_.obtain(key);
  if (!entry.current && !entry.known_absent && entry.loading == 0 && !cache_.complete() &&
      may_be_stored(entry)) {
    start_load(entry);
  }
  return entry;
}

void shard::discard_if_void(cache_entry& entry) {
  if (entry.between && !entry.between->under_way() && !entry.has_line()) entry.between.reset();
  const bool says_nothing = cache_.complete() || !entry.known_absent;
  if (!entry.current && says_nothing && !entry.pinned(durable_)) cache_.erase(entry);
}

bool shard::must_wait(const request& r, cache_entry& entry, bool is_turn) {
  const bool active = entry.current && entry.current->is_active();
  if (entry.current && only_looks(r.what.what) && (entry.code || !needs_code(r.what.what, active)))
    return false;
  if (entry.has_line() && !entry.draining) return true;
  if (entry.between && entry.between->puzzled) return true;
  if (entry.loading != 0) return true;
  if (active && !entry.code && !obtain_code(entry, entry.current->active->code_hash)) return true;
  if (entry.putting) return true;
  return entry.turns > 0 && (!is_turn || r.what.what == op::aso_put);
}

bool shard::wait_in_line(const request& r, cache_entry& entry, reply& answer) {
  if (!entry.line) entry.line = std::make_unique<std::deque<pending_command>>();
  if (!entry.draining && is_full(entry, answer)) return true;
  const auto held = admit_to_line(r, entry, answer);
  if (!held) return true;
  deferred_ = r.what.keys.size() > 1;
  if (tracer_) {
    const bool has_code = !entry.current || !entry.current->is_active() || entry.code;
    tracer_->waits(r.to, entry.loading != 0 || !has_code);
  }
  auto waiting = as_pending(r);
  waiting.held_bytes = *held;
  if (entry.draining) {
    back_in_line_ = true;
    entry.line->push_front(std::move(waiting));
  } else {
    entry.line->push_back(std::move(waiting));
  }
  return false;
}

bool shard::is_full(const cache_entry& entry, reply& answer) {
  const auto mailbox_max = static_cast<std::size_t>(allowed_to(entry, limit::mailbox));
  const std::size_t waiting = entry.line ? entry.line->size() : 0;
  const std::size_t behind = entry.between ? entry.between->behind.size() : 0;
  if (waiting + behind + entry.turns < mailbox_max) return false;
  ++stats_.refusals.mailbox;
  answer = busy(entry.key);
  return true;
}

pending_command shard::as_pending(const request& r) {
  auto owned = r.owned ? r.owned : std::make_shared<const owned_command>(r.what);
  return {std::move(owned), r.from, r.to, r.chain, r.name, r.hops, r.returned, 0, r.again};
}

bool shard::carry_out(const pending_command& waiting, const instant& now, reply& answer) {
  return carry_out({waiting.what->get(), waiting.from, waiting.to, now, waiting.chain, waiting.what,
                    waiting.name, waiting.hops, waiting.returned, waiting.again},
                   answer);
}

/// Carries it out, and delivers the answer if there is one now.
void shard::decide(const pending_command& waiting, const instant& now) {
  reply answer;
  if (carry_out(waiting, now, answer)) deliver(waiting.to, std::move(answer), now);
}

void shard::drain_line(cache_entry& entry, const instant& now) {
  COMET_CHECK(!entry.draining);
  entry.draining = true;
  while (entry.has_line()) {
    const auto next = take_from_line(entry);
    back_in_line_ = false;
    decide(next, now);
    if (back_in_line_) break;
  }
  back_in_line_ = false;
  if (entry.line && entry.line->empty()) entry.line.reset();
  entry.draining = false;
  discard_if_void(entry);
}

void shard::fail_line(cache_entry& entry, const error& why, const instant& now) {
  std::vector<origin> failed;
  while (entry.has_line())
    failed.push_back(take_from_line(entry).to);
  entry.line.reset();
  for (const auto& to : failed)
    deliver(to, reply::failure(why), now);
}

bool shard::finish(const origin& to, std::uint64_t depends_on, reply& answer) {
  depends_on = std::max(depends_on, flushed_in_);
  if (terms_.what != nullptr) return finish_asked(to, depends_on, answer);
  if (!options_.gated || depends_on <= durable_) return true;
  if (tracer_) tracer_->held(to, depends_on, stored_);
  gate_.hold(depends_on, {to, std::move(answer), {}, concerned_, {}});
  return false;
}

void shard::answer_later(const origin& to, std::uint64_t depends_on, reply content,
                         const instant& now) {
  if (to.what == origin::kind::nobody) return;
  if (finish(to, depends_on, content)) deliver(to, std::move(content), now);
}

void shard::deliver(const origin& to, reply content, const instant& now,
                    const forward_outcome* elsewhere) {
  if (tracer_ && elsewhere != nullptr) tracer_->passed_on(to);
  if (tracer_) tracer_->answered(to, content, now.mono);
  switch (to.what) {
    case origin::kind::nobody: return;
    case origin::kind::client:
      outbox_.answers.push_back({to.first, to.second, std::move(content)});
      return;
    case origin::kind::outcall:
      outcall_answered(to.first, std::move(content), now, elsewhere);
      return;
    case origin::kind::part: add_part(to, std::move(content), now); return;
    case origin::kind::node:
      if (elsewhere != nullptr) {
        outbox_.node_answers.push_back(
            {to.first, std::move(content), elsewhere->holder, elsewhere->copies});
      } else {
        outbox_.node_answers.push_back({to.first, std::move(content), options_.self});
        if (to.second != 0)
          outbox_.node_answers.back().copies =
              members_known(static_cast<replica::range_id>(range_told(to)));
      }
      return;
  }
}

reply shard::total_of(gathering& whole) {
  reply total;
  switch (whole.what) {
    case gathering::kind::values: total = reply::list(std::move(whole.parts)); break;
    case gathering::kind::nodes: total = list_of_nodes(whole); break;
    case gathering::kind::page: total = page_of_all(whole); break;
    case gathering::kind::names:
      total = reply::list({});
      for (auto& part : whole.parts) {
        if (part.failed()) {
          total = std::move(part);
          break;
        }
        std::move(part.items.begin(), part.items.end(), std::back_inserter(total.items));
      }
      break;
    case gathering::kind::any_name:
      total = reply::null();
      for (auto& part : whole.parts)
        if (part.what != reply::kind::null) total = std::move(part);
      break;
    case gathering::kind::sum:
      total = reply::number(0);
      for (auto& part : whole.parts) {
        if (part.failed()) {
          total = std::move(part);
          break;
        }
        total.integer += part.integer;
      }
      break;
    case gathering::kind::all_ok:
      total = reply::ok();
      for (auto& part : whole.parts) {
        if (!part.failed()) continue;
        total = std::move(part);
        break;
      }
      break;
  }
  return total;
}

void shard::add_part(const origin& to, reply content, const instant& now) {
  const auto found = gatherings_.find(to.first);
  COMET_CHECK(found != gatherings_.end());
  auto& g = found->second;
  g.parts[to.second] = std::move(content);
  if (--g.missing > 0) return;
  gathering whole = std::move(g);
  gatherings_.erase(found);
  deliver(whole.to, total_of(whole), now);
}

void shard::on_loaded(const std::vector<loaded>& results, const instant& now) {
  for (const auto& what : results) {
    if (const auto found = loads_.find(what.ticket); found != loads_.end()) {
      auto* entry = found->second;
      loads_.erase(found);
      if (entry->loading == what.ticket) record_arrived(*entry, what, now);
    } else if (const auto code = code_loads_.find(what.ticket); code != code_loads_.end()) {
      const auto load = std::move(code->second);
      code_loads_.erase(code);
      code_arrived(load, what, now);
    } else if (const auto read = range_loads_.find(what.ticket); read != range_loads_.end()) {
      const auto [index, place] = read->second;
      range_loads_.erase(read);
      range_read_arrived(index, place, what, now);
    }
  }
  advance_ranges(now);
}

bool shard::idle() const {
  return turns_.empty() && loads_.empty() && code_loads_.empty() && unacknowledged_.empty() &&
         dirty_.empty() && dirty_codes_.empty() && !counts_dirty_ && !flushing_ &&
         gate_.pending() == 0 && strict_.empty() && unsynced_.empty() && forwarded_.empty() &&
         puzzles_.empty() && !backlog_.has_waiting() && registers_.empty() &&
         outbox_.forwards.empty() && outbox_.node_answers.empty() && outbox_.answers.empty() &&
         outbox_.work_items.empty() && outlines_asked_.empty();
}

void shard::set_limits(const policy& limits) {
  options_.limits = replicas_ ? fit_for_replicas(limits) : limits;
  cache_.set_bytes_max(limits.cache_bytes_max);
  if (replicas_) replicas_->set_bounds(limits.replicas_max, limits.replicas_interval_min);
}

}  // namespace comet::object
