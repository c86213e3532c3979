#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/linked_shards.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

namespace {

/// Until another node leads, and a moment. In these worlds no link ever breaks.
constexpr auto taking_over = 4'000ms;

command with_id(command c, bytes_view id) {
  c.asked.emplace().request_id = id;
  return c;
}

command counting(bytes_view key) {
  command c = asking(op::incrby, key);
  c.number = 1;
  return c;
}

/// Node 1 led the key and fell silent, with what was asked of node 0 on its way.
struct silent_leader {
  silent_leader() { REQUIRE(group.set(0, key, "1") == reply::ok()); }

  std::optional<reply> ask(const command& c) {
    const auto slot = group.begin(0, c);
    REQUIRE_FALSE(group.answered(slot).has_value());
    group.run_until([&] { return group.answered(slot).has_value(); }, taking_over);
    return group.answered(slot);
  }
  /// What was on its way arrives now.
  void wake_up() {
    group.mend();
    group.run_for(5s);
  }

  linked_shards group;
  const bytes key = key_of(anna);
};

}  // namespace

TEST_CASE("a read that was passed on to a leader that fell silent is asked of the next one") {
  silent_leader world;
  world.group.silence(1);
  CHECK(world.ask(asking(op::get, world.key)) == reply::bulk("1"));
  world.wake_up();
  CHECK(world.group.get(0, world.key) == reply::bulk("1"));
  CHECK(world.group.subject(0).idle());
}

TEST_CASE("a write that was passed on to a leader that fell silent is uncertain, and said so") {
  silent_leader world;
  world.group.silence(1);
  const auto told = world.ask(counting(world.key));
  REQUIRE(told.has_value());
  CHECK(told->code == errc::uncertain);
  CHECK(world.group.get(0, world.key) == reply::bulk("1"));
  world.wake_up();  // it is passed on by now, and its answer is dropped
  CHECK(world.group.get(0, world.key) == reply::bulk("2"));
  CHECK(world.group.subject(0).idle());
}

TEST_CASE("a write with an id is asked of the next leader, and is done once") {
  silent_leader world;
  world.group.silence(1);
  CHECK(world.ask(with_id(counting(world.key), "a")) == reply::number(2));
  world.wake_up();
  CHECK(world.group.get(0, world.key) == reply::bulk("2"));
}

TEST_CASE("a write with an id whose answer no record keeps is uncertain") {
  silent_leader world;
  world.group.silence(1);
  CHECK(world.ask(with_id(asking(op::getdel, world.key), "a"))->code == errc::uncertain);
  CHECK(world.group.get(0, world.key) == reply::bulk("1"));
}

TEST_CASE("a write that did not leave for a leader that fell silent is done by the next one") {
  silent_leader world;
  world.group.silence_and_fill(1);
  CHECK(world.ask(counting(world.key)) == reply::number(2));
  world.wake_up();
  CHECK(world.group.get(0, world.key) == reply::bulk("2"));
}

TEST_CASE("no handler runs for a read whose first node may have run it already") {
  silent_leader world;
  const auto object = key_of(anna, 1);
  REQUIRE_FALSE(world.group.put_object(0, object, "code").failed());
  int runs = 0;
  for (const std::size_t i : {0, 2})
    world.group[i].execute = [&runs](const turn_order&) {
      turn_outcome outcome;
      outcome.answer = reply::number(++runs);
      return outcome;
    };
  world.group.silence(1);
  CHECK(world.ask(asking(op::get, object))->code == errc::uncertain);
  CHECK(runs == 0);
  CHECK(world.group.get(0, object) == reply::number(1));
}

TEST_CASE("a change of several keys on its way to a leader that fell silent is uncertain") {
  silent_leader world;
  world.group.silence(1);
  const auto told = world.ask(asking(op::msetnx, {key_of(anna, 1), key_of(anna, 2)}, {"a", "b"}));
  REQUIRE(told.has_value());
  CHECK(told->code == errc::uncertain);
}

TEST_CASE("what comes after commands for a silent leader goes on with them") {
  silent_leader world;
  world.group.silence(1);
  const auto write = world.group.begin(0, counting(world.key));
  world.group.run_for(1s);
  const auto read = world.group.begin(0, asking(op::get, world.key));
  const auto after = world.group.begin(0, with_id(counting(world.key), "b"));
  world.group.run_for(taking_over);
  REQUIRE(world.group.answered(write).has_value());
  CHECK(world.group.answered(write)->code == errc::uncertain);
  CHECK(world.group.answered(read) == reply::bulk("1"));
  CHECK(world.group.answered(after) == reply::number(2));
}
