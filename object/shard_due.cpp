// The shard's clockwork: expiry and timers, from the store's index of due times through the wheel.
//
// The store knows every due time; the wheel knows those of the next minute. An entry is armed for
// its earliest due time only; what the wheel wakes is checked against the record, so arming twice
// does no harm and nothing is ever disarmed.

#include <chrono>
#include <utility>

#include "object/layout.hpp"
#include "object/request_trace.hpp"
#include "object/shard.hpp"

namespace comet::object {

namespace {

constexpr std::chrono::milliseconds horizon{60'000};
constexpr std::chrono::milliseconds horizon_refresh{30'000};
/// The timer of a busy object, or of a leader without leases, is looked at again after this time.
constexpr std::chrono::milliseconds retry_after{10};
/// Due keys woken a tick: bounds the time on the I/O thread.
constexpr std::size_t wakes_max = 1'000;
constexpr std::size_t due_page = 10'000;

}  // namespace

wall_time shard::next_wake() const {
  const bool looks_again = !looks_again_.empty() || !reads_again_.empty();
  if (!puzzles_.empty() || !followers_.empty() || looks_again || has_others() ||
      backlog_.has_waiting())
    return wall_time{};
  const wall_time refresh =
      looked_ahead_to_ == wall_time{} ? wall_time{} : looked_ahead_to_ - horizon_refresh;
  if (const auto due = wheel_.next_due()) return std::min(*due, refresh);
  return refresh;
}

void shard::on_tick(const instant& now) {
  if (tracer_ && !tracer_->forget_old(now.mono)) tracer_.reset();
  look_ahead(now);
  end_puzzles(now.mono, now);
  end_following(now);
  if (replicas_) {
    propose_changes();
    replicas_->on_tick(now.mono);
    absorb(now);
    if (!wanted_codes_.empty())
      for (const auto& [range, items] : range_work_)
        ready_ranges_.insert(range);
    look_again();
    advance_ranges(now);
    ask_for_leases(now);
    announce(now);
    withdraw_from_silent(now);
    give_up_undecided(now);
    settle(now);
    hear_news(now);
  }
  if (joining_) return;  // whatever is due may have happened elsewhere
  std::vector<bytes> keys;
  wheel_.advance(now.wall, wakes_max, keys);
  for (const auto& key : keys) {
    auto& entry = entry_of(key);
    entry.armed = wall_time{};
    if (entry.loading == 0) {
      wake(entry, now);
      discard_if_void(entry);
    }
  }
}

void shard::look_ahead(const instant& now) {
  if (looking_ahead_ || looked_ahead_to_ - now.wall > horizon_refresh) return;
  scan_under_way scan;
  scan.what = scan_under_way::kind::due;
  scan.until = now.wall + horizon;
  scan.order.what = scan_order::kind::due;
  scan.order.from = layout::due_range_start(looked_ahead_to_);
  scan.order.to = layout::due_range_start(scan.until);
  scan.order.limit = due_page;
  // From here on changes arm themselves up to `until`; what was stored before is found by the scan.
  looked_ahead_to_ = scan.until;
  looking_ahead_ = true;
  start_scan(std::move(scan));
}

void shard::due_page_arrived(std::uint64_t ticket, scan_under_way& scan, scanned& page,
                             const instant& now) {
  if (page.failure) {  // look again from the start with the next tick
    looked_ahead_to_ = wall_time{};
    looking_ahead_ = false;
    finish_scan(ticket, scan, reply::null(), now);
    return;
  }
  for (const auto& [due, key] : page.due)
    wheel_.arm(key, due);
  if (page.looked_at < scan.order.limit) {
    looking_ahead_ = false;
    finish_scan(ticket, scan, reply::null(), now);
    return;
  }
  scan.order.from = page.last + '\0';
  continue_scan(ticket, scan);
}

void shard::arm(cache_entry& entry) {
  if (!entry.current || entry.timer_running) return;
  if (entry.current->is_active() && entry.current->active->quarantine && !entry.current->expires) {
    return;
  }
  const auto due = entry.current->next_due();
  if (!due || *due >= looked_ahead_to_) return;
  if (entry.armed != wall_time{} && entry.armed <= *due) return;
  entry.armed = *due;
  wheel_.arm(entry.key, *due);
}

/// What is due cannot be done yet.
void shard::arm_again(cache_entry& entry, const instant& now) {
  entry.armed = now.wall + retry_after;
  wheel_.arm(entry.key, entry.armed);
}

void shard::wake(cache_entry& entry, const instant& now) {
  if (!entry.current) return;
  if (replicas_ && !leads_now(entry, now)) {
    // Who comes to lead looks for what is due itself. Who leads and has no leases for a moment
    // hears of no such thing when it has them again.
    if (replicas_->serves(range_of(entry))) arm_again(entry, now);
    return;
  }
  const bool active = entry.current->is_active();
  if (active && !entry.code && !obtain_code(entry, entry.current->active->code_hash)) return;
  if (entry.current->expired_at(now.wall)) {
    drop_if_expired(entry, now);
    return;
  }
  if (!active || entry.current->active->quarantine || entry.timer_running) {
    arm(entry);
    return;
  }
  if (entry.putting || entry.turns >= options_.limits.mailbox_max) {
    arm_again(entry, now);
    return;
  }
  const timer* first = nullptr;
  for (const auto& t : entry.current->active->timers) {
    if (t.due <= now.wall && (first == nullptr || t.due < first->due)) first = &t;
  }
  if (first == nullptr) {
    arm(entry);
    return;
  }
  const auto decided = fire(*first, now.wall);
  const fired_timer fired{first->name, first->due, decided.due};
  if (!decided.run) {  // missed and skipped: only its next time changes
    auto next = successor_of(entry);
    settle_fired(*next, fired);
    put_record(entry, std::move(next));
    return;
  }
  auto what = std::make_shared<turn_request>();
  what->kind = turn_kind::timer;
  what->key = entry.key;
  what->from.user = entry.current->owner;
  what->from.node = options_.node_id;
  what->timer_name = first->name;
  if (!start_turn(entry, std::move(what), {}, fired, now)) {
    entry.timer_running = true;
    ++stats_.timers_fired;
    observer_.timer_fired(entry.current->active->code_hash, now.wall - fired.due);
  }
}

}  // namespace comet::object
