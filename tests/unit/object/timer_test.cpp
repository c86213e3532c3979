#include "object/timer.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/random.hpp"

namespace comet::object {
namespace {

using namespace std::chrono_literals;

constexpr wall_time start = from_unix_ms(1'700'000'040'000);  // a whole minute

timer of_kind(timer_kind kind, missed_policy missed) {
  timer t;
  t.name = "tick";
  t.kind = kind;
  t.missed = missed;
  t.period = 10s;
  t.cron = "* * * * *";
  t.due = start;
  return t;
}

/// Pauses before the tries of a timer whose handler fails each time.
std::vector<std::chrono::seconds> pauses_of(timer t) {
  std::vector<std::chrono::seconds> pauses;
  wall_time now = t.due;
  while (auto again = tried_again(t, now)) {
    pauses.push_back(std::chrono::duration_cast<std::chrono::seconds>(again->due - now));
    now = again->due;
    t = std::move(*again);
  }
  return pauses;
}

constexpr auto all_policies = {missed_policy::once, missed_policy::skip, missed_policy::each};

struct catching_up {
  int runs = 0;
  wall_time last_run{};
  std::optional<wall_time> due;
};

/// Fires until the timer is due after `now`.
catching_up catch_up(timer t, wall_time now) {
  catching_up total;
  for (int fires = 0; fires < 10'000; ++fires) {
    const timer_fire f = fire(t, now);
    if (f.run) {
      ++total.runs;
      total.last_run = t.due;
    }
    total.due = f.due;
    if (!f.due || *f.due > now) return total;
    REQUIRE(*f.due > t.due);
    t.due = *f.due;
  }
  FAIL("the timer never catches up");
  return total;
}

}  // namespace

TEST_CASE("a fire that failed is tried again five times, each pause four times the one before") {
  for (const auto missed : {missed_policy::once, missed_policy::each})
    CHECK(pauses_of(of_kind(timer_kind::after, missed)) ==
          std::vector<std::chrono::seconds>{1s, 4s, 16s, 64s, 256s});
  CHECK(pauses_of(of_kind(timer_kind::after, missed_policy::skip)).empty());
}

TEST_CASE("a fire that is tried again runs, however late") {
  const auto again = tried_again(of_kind(timer_kind::after, missed_policy::once), start);
  REQUIRE(again);
  CHECK(fire(*again, again->due + 24h).run);
  CHECK_FALSE(fire(*again, again->due + 24h).due);
}

TEST_CASE("a timer that is not due waits") {
  for (const auto kind : {timer_kind::after, timer_kind::every, timer_kind::cron}) {
    const auto f = fire(of_kind(kind, missed_policy::once), start - 1ms);
    CHECK_FALSE(f.run);
    CHECK(f.due == start);
  }
}

TEST_CASE("a timer for one time runs once and is spent, under each policy, when on time") {
  for (const auto missed : all_policies) {
    const auto f = fire(of_kind(timer_kind::after, missed), start + 999ms);
    CHECK(f.run);
    CHECK_FALSE(f.due);
  }
}

TEST_CASE("a missed timer for one time still runs, unless missed ones are skipped") {
  for (const auto missed : all_policies) {
    const auto f = fire(of_kind(timer_kind::after, missed), start + 1h);
    CHECK(f.run == (missed != missed_policy::skip));
    CHECK_FALSE(f.due);
  }
}

TEST_CASE("a periodic timer on time keeps its beat, however late within the period") {
  for (const auto missed : all_policies) {
    for (const auto late : {0ms, 1ms, 9'999ms}) {
      const auto f = fire(of_kind(timer_kind::every, missed), start + late);
      CHECK(f.run);
      CHECK(f.due == start + 10s);
    }
  }
}

TEST_CASE("missed periods are made up for once, skipped, or run each") {
  const wall_time now = start + 35s;
  const auto once = catch_up(of_kind(timer_kind::every, missed_policy::once), now);
  CHECK(once.runs == 1);
  CHECK(once.due == start + 40s);
  const auto skip = catch_up(of_kind(timer_kind::every, missed_policy::skip), now);
  CHECK(skip.runs == 0);
  CHECK(skip.due == start + 40s);
  const auto each = catch_up(of_kind(timer_kind::every, missed_policy::each), now);
  CHECK(each.runs == 4);
  CHECK(each.last_run == start + 30s);
  CHECK(each.due == start + 40s);
}

TEST_CASE("a fire that falls on the present moment counts as due") {
  const auto once = catch_up(of_kind(timer_kind::every, missed_policy::once), start + 30s);
  CHECK(once.due == start + 40s);
  const auto each = catch_up(of_kind(timer_kind::every, missed_policy::each), start + 30s);
  CHECK(each.runs == 4);
}

TEST_CASE("of more missed periods than allowed the latest run") {
  const auto each = catch_up(of_kind(timer_kind::every, missed_policy::each), start + 100h + 1ms);
  CHECK(each.runs == missed_runs_max);
  CHECK(each.last_run == start + 100h);
  CHECK(each.due == start + 100h + 10s);
}

TEST_CASE("a periodic timer without a period does not hold up the node") {
  timer t = of_kind(timer_kind::every, missed_policy::once);
  t.period = 0ms;
  CHECK(fire(t, start + 5ms).due == start + 6ms);
}

TEST_CASE("a cron timer on time runs and is due at its next time") {
  for (const auto missed : all_policies) {
    const auto f = fire(of_kind(timer_kind::cron, missed), start + 999ms);
    CHECK(f.run);
    CHECK(f.due == start + 1min);
  }
}

TEST_CASE("missed cron times are made up for once, skipped, or run each") {
  const wall_time now = start + 3min + 5s;
  const auto once = catch_up(of_kind(timer_kind::cron, missed_policy::once), now);
  CHECK(once.runs == 1);
  CHECK(once.due == start + 4min);
  const auto skip = catch_up(of_kind(timer_kind::cron, missed_policy::skip), now);
  CHECK(skip.runs == 0);
  CHECK(skip.due == start + 4min);
  const auto each = catch_up(of_kind(timer_kind::cron, missed_policy::each), now);
  CHECK(each.runs == 4);
  CHECK(each.last_run == start + 3min);
  CHECK(each.due == start + 4min);
}

TEST_CASE("of more missed cron times than allowed the latest run") {
  const wall_time now = start + std::chrono::days{400} + 5s;
  const auto each = catch_up(of_kind(timer_kind::cron, missed_policy::each), now);
  CHECK(each.runs == missed_runs_max);
  CHECK(each.last_run == start + std::chrono::days{400});
  CHECK(each.due == start + std::chrono::days{400} + 1min);
}

TEST_CASE("a cron timer of another build's language runs for its time and is spent") {
  timer t = of_kind(timer_kind::cron, missed_policy::once);
  t.cron = "@daily";
  const auto f = fire(t, start);
  CHECK(f.run);
  CHECK_FALSE(f.due);
}

TEST_CASE("whatever was missed, a timer is afterwards due after the present on its own beat") {
  prng random{22};
  for (int i = 0; i < 500; ++i) {
    timer t = of_kind(timer_kind::every, static_cast<missed_policy>(random.below(3)));
    t.period = std::chrono::milliseconds{1 + random.below(100'000)};
    const wall_time now = start + std::chrono::milliseconds{random.below(10'000'000)};
    const auto periods_over = (now - start) / t.period + 1;
    const auto total = catch_up(t, now);
    REQUIRE(total.due);
    CHECK(*total.due > now);
    CHECK(*total.due - now <= t.period);
    CHECK((*total.due - start) % t.period == 0ms);
    const bool missed = now - start >= t.period;
    if (t.missed == missed_policy::each) {
      CHECK(total.runs == std::min<std::int64_t>(periods_over, missed_runs_max));
    } else {
      CHECK(total.runs == (missed && t.missed == missed_policy::skip ? 0 : 1));
    }
  }
}

}  // namespace comet::object
