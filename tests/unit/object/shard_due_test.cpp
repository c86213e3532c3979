#include <catch2/catch_test_macros.hpp>

#include "object/layout.hpp"
#include "object/shard.hpp"
#include "tests/unit/object/shard_world.hpp"

using namespace comet;
using namespace comet::object;
using comet::object::test::shard_world;
using namespace std::chrono_literals;

namespace {

shard_world::executor creating(std::vector<timer> timers) {
  return [timers](const turn_order& order) {
    turn_outcome outcome;
    if (order.request->kind != turn_kind::create) return outcome;
    outcome.created = true;
    outcome.state = "\x80";
    outcome.answer = reply::ok();
    for (const auto& t : timers)
      outcome.timers.push_back({t.name, t});
    return outcome;
  };
}

timer every(const shard_world& world, std::chrono::milliseconds period,
            missed_policy missed = missed_policy::once) {
  timer t;
  t.name = "tick";
  t.kind = timer_kind::every;
  t.period = period;
  t.missed = missed;
  t.due = world.now.wall + period;
  return t;
}

struct counting {
  int fired = 0;
  shard_world::executor executor() {
    return [this](const turn_order& order) {
      if (order.request->kind == turn_kind::timer) ++fired;
      return turn_outcome{};
    };
  }
};

}  // namespace

TEST_CASE("a repeating timer fires each period") {
  shard_world world;
  world.advance(0ms);
  world.execute = creating({every(world, 10s)});
  world.put_object("a", "code");
  counting count;
  world.execute = count.executor();
  for (int i = 0; i < 10; ++i)
    world.advance(10s);
  CHECK(count.fired == 10);
}

TEST_CASE("fires missed while the node was down follow the timer's policy") {
  for (const auto& [policy_of_timer, expected] :
       {std::pair{missed_policy::once, 1}, std::pair{missed_policy::skip, 0},
        std::pair{missed_policy::each, 6}}) {
    shard_world world;
    world.advance(0ms);
    world.execute = creating({every(world, 10s, policy_of_timer)});
    world.put_object("a", "code");
    world.restart();
    counting count;
    world.execute = count.executor();
    world.advance(65s);
    for (int i = 0; i < 20; ++i)
      world.advance(1ms);
    CHECK(count.fired == expected);
  }
}

TEST_CASE("a timer whose handler fails is spent all the same") {
  shard_world world;
  world.advance(0ms);
  world.execute = creating({every(world, 10s)});
  world.put_object("a", "code");
  int fired = 0;
  world.execute = [&](const turn_order&) {
    ++fired;
    turn_outcome outcome;
    outcome.failure = error{errc::script, "boom"};
    return outcome;
  };
  for (int i = 0; i < 3; ++i)
    world.advance(10s);
  CHECK(fired == 3);
}

namespace {

/// A timer that is due once, in ten seconds, of an object whose handler fails so often.
int fires_of_failing_timer(missed_policy missed, int failures, std::vector<wall_time>& at) {
  shard_world world;
  world.advance(0ms);
  timer t;
  t.name = "once";
  t.missed = missed;
  t.due = world.now.wall + 10s;
  world.execute = creating({t});
  world.put_object("a", "code");
  int fired = 0;
  world.execute = [&](const turn_order&) {
    at.push_back(world.now.wall);
    turn_outcome outcome;
    if (fired++ < failures) outcome.failure = error{errc::script, "boom"};
    return outcome;
  };
  for (int i = 0; i < 1'000; ++i)
    world.advance(1s);
  CHECK(decode(world.stored.at(layout::object_key("a")))->active->timers.empty());
  return fired;
}

}  // namespace

TEST_CASE("a last fire that fails is tried again after pauses that grow") {
  std::vector<wall_time> at;
  CHECK(fires_of_failing_timer(missed_policy::once, 3, at) == 4);
  REQUIRE(at.size() == 4);
  CHECK(at[1] - at[0] >= 1s);
  CHECK(at[2] - at[1] >= 4s);
  CHECK(at[3] - at[2] >= 16s);
  CHECK(at[3] - at[0] < 30s);
}

TEST_CASE("a last fire that fails each time is given up after the last try") {
  std::vector<wall_time> at;
  CHECK(fires_of_failing_timer(missed_policy::each, 1'000, at) == 1 + timer_retries_max);
}

TEST_CASE("a last fire that fails is not tried again when missed fires are skipped") {
  std::vector<wall_time> at;
  CHECK(fires_of_failing_timer(missed_policy::skip, 1'000, at) == 1);
}

TEST_CASE("a restart does not begin the tries of a failing timer anew") {
  shard_world world;
  world.advance(0ms);
  timer t;
  t.name = "once";
  t.due = world.now.wall + 10s;
  world.execute = creating({t});
  world.put_object("a", "code");
  int fired = 0;
  const auto failing = [&](const turn_order&) {
    ++fired;
    turn_outcome outcome;
    outcome.failure = error{errc::script, "boom"};
    return outcome;
  };
  for (int i = 0; i < 20; ++i) {
    world.execute = failing;
    world.advance(300s);
    world.advance(10ms);
    world.restart();
  }
  CHECK(fired == 1 + timer_retries_max);
}

TEST_CASE("a timer that was lost with its batch fires from the record that stands") {
  shard_world world;
  world.advance(0ms);
  world.execute = creating({every(world, 10s)});
  world.put_object("a", "code");
  world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.state = "\x80";
    outcome.timers.push_back({"tick", std::nullopt});
    return outcome;
  };
  world.fail_commits = true;
  CHECK(world.get("a").failed());
  world.fail_commits = false;
  counting count;
  world.execute = count.executor();
  world.advance(10s);
  world.advance(10ms);
  CHECK(count.fired == 1);
}

TEST_CASE("timers far ahead are found by later looks into the store") {
  shard_world world;
  world.advance(0ms);
  timer t;
  t.name = "far";
  t.due = world.now.wall + 24h;
  world.execute = creating({t});
  world.put_object("a", "code");
  CHECK(world.subject->timers_armed() == 0);
  counting count;
  world.execute = count.executor();
  for (int i = 0; i < 24 * 60 * 3; ++i)
    world.advance(20s);
  CHECK(count.fired == 1);
}

TEST_CASE("the next wake is never later than the next due time") {
  shard_world world;
  world.advance(0ms);
  command set;
  set.what = op::set;
  set.key = "k";
  set.value = "v";
  set.when = world.now.wall + 3s;
  world.ask(set);
  CHECK(world.subject->next_wake() <= world.now.wall + 3s);
}
