#include "object/timer.hpp"

#include <algorithm>

#include "object/cron.hpp"

namespace comet::object {

namespace {

using std::chrono::milliseconds;

timer_fire fire_once(const timer& t, milliseconds late, milliseconds grace) {
  const bool missed = late >= grace;
  return {!(missed && t.missed == missed_policy::skip), std::nullopt};
}

timer_fire fire_periodic(const timer& t, milliseconds late) {
  const milliseconds period = std::max(t.period, milliseconds{1});
  const auto periods_late = late / period;
  if (periods_late == 0) return {true, t.due + period};
  const wall_time first_after_now = t.due + (periods_late + 1) * period;
  switch (t.missed) {
    case missed_policy::once: return {true, first_after_now};
    case missed_policy::skip: return {false, first_after_now};
    case missed_policy::each: break;
  }
  // This run and those still to come are at most `missed_runs_max`: the oldest are dropped.
  const auto outstanding = periods_late + 1;
  const auto dropped = std::max<decltype(outstanding)>(outstanding - missed_runs_max, 0);
  return {true, t.due + (dropped + 1) * period};
}

/// Are there at most `limit` times of `schedule` in (after, now]?
bool at_most(const cron_schedule& schedule, int limit, wall_time after, wall_time now) {
  for (int i = 0; i <= limit; ++i) {
    const auto next = schedule.next(after);
    if (!next || *next > now) return true;
    after = *next;
  }
  return false;
}

/// The time from which at most `missed_runs_max - 1` fires are left up to `now`, `t.due` or later.
wall_time after_dropping_oldest(const cron_schedule& schedule, wall_time due, wall_time now) {
  constexpr int left_max = missed_runs_max - 1;
  if (at_most(schedule, left_max, due, now)) return due;
  wall_time too_many = due;
  wall_time few_enough = now;
  while (few_enough - too_many > std::chrono::minutes{1}) {
    const wall_time middle = too_many + (few_enough - too_many) / 2;
    (at_most(schedule, left_max, middle, now) ? few_enough : too_many) = middle;
  }
  return few_enough;
}

timer_fire fire_cron(const timer& t, wall_time now, milliseconds grace) {
  const auto schedule = cron_schedule::parse(t.cron);
  // Checked when the timer was set: only a record of another build gets here. Its time has come,
  // and no other can be found.
  if (!schedule) return {true, std::nullopt};
  if (now - t.due < grace) return {true, schedule->next(t.due)};
  switch (t.missed) {
    case missed_policy::once: return {true, schedule->next(now)};
    case missed_policy::skip: return {false, schedule->next(now)};
    case missed_policy::each: break;
  }
  return {true, schedule->next(after_dropping_oldest(*schedule, t.due, now))};
}

}  // namespace

timer_fire fire(const timer& t, wall_time now, std::chrono::milliseconds grace) {
  if (now < t.due) return {false, t.due};
  switch (t.kind) {
    case timer_kind::after: return fire_once(t, now - t.due, grace);
    case timer_kind::every: return fire_periodic(t, now - t.due);
    case timer_kind::cron: return fire_cron(t, now, grace);
  }
  return {};
}

std::optional<timer> tried_again(timer t, wall_time now) {
  if (t.missed == missed_policy::skip || t.failures >= timer_retries_max) return std::nullopt;
  t.due = now + std::chrono::seconds{1 << (2 * t.failures)};
  ++t.failures;
  return t;
}

}  // namespace comet::object
