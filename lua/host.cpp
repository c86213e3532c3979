#include "lua/host.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/check.hpp"
#include "base/digest.hpp"
#include "lua/code_names.hpp"
#include "lua/handler_table.hpp"

namespace comet::lua {

namespace {

constexpr std::size_t program_bytes_max = std::size_t{32} << 20U;

error gone() {
  return {errc::conflict, "the object was deleted or replaced while this turn ran"};
}

std::uint64_t owner_of(const object::turn_order& order) {
  return table_hash(order.current ? order.current->owner : order.request->successor_owner);
}

/// The functions that the node or a client calls by their names.
object::code_outline outline_of(const code_names& names) {
  std::set<bytes> handlers;
  std::set<bytes> methods;
  for (const code_field& field : names.fields) {
    if (field.what != code_field::kind::function) continue;
    if (is_handler(field.name)) handlers.insert(field.name);
    if (is_method(field.name)) methods.insert(field.name);
  }
  return {{handlers.begin(), handlers.end()}, {methods.begin(), methods.end()}};
}

}  // namespace

host::host(const object::policy& limits, environment world, std::size_t hosts)
    : limits_(limits),
      hosts_(hosts),
      world_(std::move(world)),
      random_(world_.seed),
      programs_(program_bytes_max) {
  COMET_CHECK(hosts > 0);
  set_weights();
  set_limits(limits);
}

host::~host() = default;

void host::set_limits(const object::policy& limits) {
  const bool reweighed = limits.users != limits_.users;
  limits_ = limits;
  if (reweighed) set_weights();
  const auto rate =
      static_cast<std::uint64_t>(std::max<std::int64_t>(limits.owner_fuel_per_second, 0));
  scheduler_.set_rate((rate + hosts_ - 1) / hosts_);
}

void host::set_weights() {
  std::vector<std::pair<object::scheduler::owner_id, std::uint32_t>> weights;
  if (limits_.users) {
    for (const auto& [owner, weight] : limits_.users->weights())
      weights.emplace_back(table_hash(owner), weight);
  }
  scheduler_.set_weights(weights);
}

// ---- in ----

void host::accept(object::work_batch batch, const instant& now) {
  folded_ = std::max(folded_, batch.folded);
  while (!kept_order_.empty() && kept_order_.front().first <= folded_) {
    const auto found = kept_.find(kept_order_.front().second);
    if (found != kept_.end() && found->second.serial <= folded_) kept_.erase(found);
    kept_order_.pop_front();
  }
  for (auto& item : batch.items) {
    switch (item.what) {
      case object::work::kind::run: enqueue(std::move(item.order), now); break;
      case object::work::kind::resume: resume(std::move(item.resumed)); break;
      case object::work::kind::forget: forget(item.forgotten); break;
      case object::work::kind::outline: outline(item.outlined); break;
      case object::work::kind::forget_all:
        while (!residents_.empty())
          forget(bytes{residents_.front().key});
        kept_.clear();
        kept_order_.clear();
        break;
    }
  }
}

host::residents::iterator host::resident_of(const bytes& key) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    residents_.splice(residents_.end(), residents_, found->second);
    return found->second;
  }
  auto r = residents_.emplace(residents_.end());
  r->key = key;
  r->id = next_id_++;
  by_key_.emplace(key, r);
  by_id_.emplace(r->id, r);
  return r;
}

void host::enqueue(object::turn_order order, const instant& now) {
  auto r = resident_of(order.request->key);
  r->mailbox.push_back(std::move(order));
  ++waiting_;
  if (!r->running) {
    start_next(*r, now);
    settle(r);
  }
}

void host::resume(object::resumption resumed) {
  const auto found = by_turn_.find(resumed.turn);
  if (found == by_turn_.end()) return;  // the turn ended before its answer came
  auto& r = *found->second;
  if (!r.waiting || r.waits_for != resumed.token) return;
  r.waiting = false;
  r.active->answer(std::move(resumed.answer));
  scheduler_.make_runnable(r.id, owner_of(*r.running));
}

void host::forget(const bytes& key) {
  kept_.erase(key);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  const auto r = found->second;
  if (r->running) {
    r->active->abort(gone());
    finish(*r);
  }
  drop_mailbox(*r);
  r->latest_state.reset();
  passivate(r);
}

/// Code that cannot be read names nothing; its next turn says why.
void host::outline(const object::code_ref& code) {
  object::outlined_code done{code->hash, {}};
  if (const auto known = programs_.get(code, limits_))
    if (const auto names = names_of(**known)) done.names = outline_of(*names);
  outcomes_.outlined.push_back(std::move(done));
}

// ---- turns ----

object::record_ref host::base_of(const resident& r, const object::turn_order& order) const {
  const bytes* newer = nullptr;
  if (r.latest_state && r.incarnation == order.incarnation) {
    newer = &*r.latest_state;
  } else if (const auto kept = kept_.find(r.key);
             kept != kept_.end() && kept->second.incarnation == order.incarnation) {
    newer = &kept->second.state;
  }
  if (newer == nullptr) return order.current;
  auto base = std::make_shared<object::record>(*order.current);
  base->active->state = *newer;
  return base;
}

std::optional<error> host::activate(resident& r, const object::turn_order& order) {
  const bool fresh = order.request->kind == object::turn_kind::create;
  auto program = programs_.get(fresh ? order.request->successor : order.code, limits_);
  if (!program) return program.failure();
  r.active =
      std::make_unique<activation>(r.key, std::move(*program), limits_, world_, pages_, random_());
  r.code = fresh ? order.request->successor : order.code;
  r.activated = true;
  ++activations_;
  return std::nullopt;
}

/// Starts the next turn of an object that runs none; false: its mailbox is empty.
bool host::start_next(resident& r, const instant& now) {
  COMET_CHECK(!r.running);
  while (!r.mailbox.empty()) {
    auto order = std::move(r.mailbox.front());
    r.mailbox.pop_front();
    --waiting_;
    const bool fresh = order.request->kind == object::turn_kind::create;
    if (r.active && (fresh || !r.active->usable() || r.incarnation != order.incarnation)) {
      r.active.reset();
    }
    // A living activation has its state; only a new one needs the newest there is.
    object::record_ref base;
    const bool loaded = r.active && r.active->loaded();
    if (!fresh) base = loaded ? order.current : base_of(r, order);
    if (r.incarnation != order.incarnation) r.latest_state.reset();
    r.incarnation = order.incarnation;
    r.activated = false;
    if (!r.active) {
      if (auto failure = activate(r, order)) {
        refuse(order, std::move(*failure));
        continue;
      }
    }
    r.active->begin(order.request, std::move(base), now);
    r.fuel_charged = 0;
    r.waiting = false;
    r.began = now.mono;
    r.deadline = now.mono + r.active->limits().turn_time_max;
    deadlines_.emplace(r.deadline, order.id);
    by_turn_.emplace(order.id, by_key_.at(r.key));
    scheduler_.make_runnable(r.id, owner_of(order));
    r.running = std::move(order);
    return true;
  }
  return false;
}

bool host::run(int slices_max, const instant& now) {
  for (int slice = 0; slice < slices_max; ++slice) {
    const auto id = scheduler_.next(now.mono);
    if (!id) return false;
    const auto r = by_id_.at(*id);
    const auto stopped = r->active->run(limits_.fuel_per_slice, now);
    switch (stopped) {
      case step::preempted:
        ++preemptions_;
        r->fuel_charged += limits_.fuel_per_slice;
        scheduler_.charge(*id, static_cast<std::uint64_t>(limits_.fuel_per_slice), true);
        break;
      case step::waiting:
        r->waiting = true;
        r->waits_for = r->active->awaited().token;
        r->fuel_charged += limits_.fuel_per_slice;
        scheduler_.charge(*id, static_cast<std::uint64_t>(limits_.fuel_per_slice), false);
        outcomes_.outcalls.push_back({r->running->id, r->active->awaited()});
        break;
      case step::finished: {
        const auto fuel = finish(*r) - r->fuel_charged;
        scheduler_.charge(*id, static_cast<std::uint64_t>(std::max<std::int64_t>(fuel, 0)), false);
        start_next(*r, now);
        settle(r);
        break;
      }
    }
  }
  return !scheduler_.empty();
}

/// Hands out the outcome of the running turn; returns the fuel it took.
std::int64_t host::finish(resident& r) {
  object::finished_turn done;
  done.id = r.running->id;
  done.outcome = r.active->take_outcome();
  done.activated = r.activated;
  done.waited = r.began - r.running->sent;
  untimed_.emplace_back(outcomes_.finished.size(), r.began);
  by_turn_.erase(r.running->id);
  deadlines_.erase({r.deadline, r.running->id});
  r.running.reset();
  r.waiting = false;
  const bool erased = !done.outcome.failure && done.outcome.fate == object::disposition::erase;
  if (done.outcome.created || erased) {
    r.active.reset();
    r.latest_state.reset();
    r.incarnation = 0;
  } else if (done.outcome.state && !done.outcome.failure) {
    r.latest_state = done.outcome.state;
    r.latest_serial = next_serial_;
  }
  if (r.active && !r.active->usable()) r.active.reset();
  const std::int64_t fuel = done.outcome.fuel;
  outcomes_.finished.push_back(std::move(done));
  if (erased) drop_mailbox(r);
  return fuel;
}

void host::drop_mailbox(resident& r) {
  for (const auto& order : r.mailbox)
    finish_unrun(order);
  waiting_ -= r.mailbox.size();
  r.mailbox.clear();
}

void host::finish_unrun(const object::turn_order& order) {
  object::finished_turn done;
  done.id = order.id;
  done.unrun = true;
  outcomes_.finished.push_back(std::move(done));
}

void host::refuse(const object::turn_order& order, error why) {
  object::finished_turn done;
  done.id = order.id;
  done.outcome.failure = std::move(why);
  outcomes_.finished.push_back(std::move(done));
}

// ---- time ----

std::optional<mono_time> host::next_wake() const {
  const auto deadline = next_deadline();
  const auto release = scheduler_.next_release();
  if (!deadline || !release) return deadline ? deadline : release;
  return std::min(*deadline, *release);
}

void host::end_look(mono_time now) {
  for (const auto& [place, began] : untimed_)
    outcomes_.finished[place].ran = now - began;
  untimed_.clear();
}

std::optional<mono_time> host::next_deadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

/// Why a turn is ended that is past its wall time. It is no breach to be held back.
error host::overdue(const resident& r) const {
  if (!r.waiting && scheduler_.was_held(r.id, r.began)) {
    return {errc::busy,
            "the owner's share of fuel (owner-fuel-per-second) is used up; try again later"};
  }
  const auto allowed = std::chrono::duration_cast<std::chrono::milliseconds>(r.deadline - r.began);
  return {errc::wall_time, "wall_time: the turn took longer than " +
                               std::to_string(allowed.count()) + " ms, waits included"};
}

void host::expire(const instant& now) {
  for (auto due = next_deadline(); due && *due <= now.mono; due = next_deadline()) {
    const auto r = by_turn_.at(deadlines_.begin()->second);
    error why = overdue(*r);
    scheduler_.remove(r->id);
    r->active->abort(std::move(why));
    finish(*r);
    start_next(*r, now);
    settle(r);
  }
}

// ---- the hot set ----

object::outcome_batch host::take_outcomes() {
  untimed_.clear();
  auto out = std::exchange(outcomes_, {});
  out.serial = next_serial_++;
  out.hot_objects = residents_.size();
  out.hot_bytes = hot_bytes_;
  out.owners_held = scheduler_.times_held();
  out.preemptions = preemptions_;
  out.activations = activations_;
  out.passivations = passivations_;
  out.waiting = waiting_;
  return out;
}

void host::recount(resident& r) {
  hot_bytes_ -= r.bytes_counted;
  r.bytes_counted = r.active ? r.active->memory() : 0;
  hot_bytes_ += r.bytes_counted;
}

/// After a turn: an object without a machine and without work leaves; the others are counted.
void host::settle(residents::iterator r) {
  recount(*r);
  if (!r->running && !r->active) {
    passivate(r);
  } else {
    shrink();
  }
}

void host::passivate(residents::iterator r) {
  COMET_CHECK(!r->running && r->mailbox.empty());
  if (r->latest_state && r->latest_serial > folded_) {
    kept_[r->key] = {r->incarnation, std::move(*r->latest_state), r->latest_serial};
    kept_order_.emplace_back(r->latest_serial, r->key);
  }
  hot_bytes_ -= r->bytes_counted;
  scheduler_.remove(r->id);
  by_id_.erase(r->id);
  by_key_.erase(r->key);
  residents_.erase(r);
}

void host::shrink() {
  auto r = residents_.begin();
  while (r != residents_.end() &&
         (residents_.size() > limits_.hot_objects_max || hot_bytes_ > limits_.hot_bytes_max)) {
    const auto candidate = r++;
    if (candidate->running || !candidate->mailbox.empty()) continue;
    if (candidate->active && candidate->active->pinned()) continue;
    if (candidate->code) outcomes_.passivated.push_back(candidate->code->hash);
    passivate(candidate);
    ++passivations_;
  }
}

}  // namespace comet::lua
