#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/shard_world.hpp"

namespace comet::object::test {
namespace {

command of(op what, bytes_view key, bytes_view value = {}) {
  command c;
  c.what = what;
  c.key = key;
  c.value = value;
  if (what == op::del || what == op::exists) c.keys = {key};
  if (what == op::incrby) c.number = 1;
  return c;
}

command with_id(command c, bytes_view id) {
  c.asked.emplace().request_id = id;
  return c;
}

/// Turns that count how often they ran, and answer with that.
struct counting {
  explicit counting(shard_world& world) {
    world.execute = [this](const turn_order&) {
      turn_outcome outcome;
      outcome.answer = reply::number(++runs);
      return outcome;
    };
  }
  int runs = 0;
};

}  // namespace

// ---- request ids ----

TEST_CASE("a write with an id that comes again is not done twice and answers the same") {
  shard_world world;
  CHECK(world.ask(with_id(of(op::incrby, "n"), "a")) == reply::number(1));
  CHECK(world.ask(with_id(of(op::incrby, "n"), "a")) == reply::number(1));
  CHECK(world.ask(with_id(of(op::incrby, "n"), "b")) == reply::number(2));
  CHECK(world.ask(with_id(of(op::incrby, "n"), "a")) == reply::number(1));
  CHECK(world.get("n") == reply::bulk("2"));
}

TEST_CASE("an id is its user's own") {
  shard_world world;
  world.ask(with_id(of(op::incrby, "n"), "a"));
  world.who.user = "eve";
  CHECK(world.ask(with_id(of(op::incrby, "n"), "a")) == reply::number(2));
}

TEST_CASE("ids outlive a restart, because they are in the change itself") {
  shard_world world;
  world.ask(with_id(of(op::append, "k", "x"), "a"));
  world.set("k2", "v");
  world.restart();
  CHECK(world.ask(with_id(of(op::append, "k", "x"), "a")) == reply::number(1));
  CHECK(world.get("k") == reply::bulk("x"));
}

TEST_CASE("after sixteen later ids an id is forgotten, and its request runs again") {
  shard_world world;
  world.ask(with_id(of(op::incrby, "n"), "first"));
  for (int i = 0; i < 16; ++i)
    world.ask(with_id(of(op::incrby, "n"), "later" + std::to_string(i)));
  CHECK(world.ask(with_id(of(op::incrby, "n"), "first")) == reply::number(18));
}

TEST_CASE("writes without ids keep what is remembered") {
  shard_world world;
  world.ask(with_id(of(op::incrby, "n"), "a"));
  world.set("n", "10");
  CHECK(world.ask(with_id(of(op::incrby, "n"), "a")) == reply::number(1));
  CHECK(world.get("n") == reply::bulk("10"));
}

TEST_CASE("what changed nothing is not remembered: it is asked anew") {
  shard_world world;
  CHECK(world.ask(with_id(of(op::get, "k"), "a")) == reply::null());
  world.set("k", "v");
  CHECK(world.ask(with_id(of(op::get, "k"), "a")) == reply::bulk("v"));
  CHECK(world.ask(with_id(of(op::incrby, "k"), "b")).failed());
  world.set("k", "1");
  CHECK(world.ask(with_id(of(op::incrby, "k"), "b")) == reply::number(2));
}

TEST_CASE("a change that was lost is not remembered") {
  shard_world world;
  world.set("n", "1");
  world.fail_commits = true;
  CHECK(world.ask(with_id(of(op::incrby, "n"), "a")).failed());
  world.fail_commits = false;
  CHECK(world.ask(with_id(of(op::incrby, "n"), "a")) == reply::number(2));
}

TEST_CASE("an erased key remembers nothing: a DEL that comes again finds no key") {
  shard_world world;
  world.set("k", "v");
  CHECK(world.ask(with_id(of(op::del, "k"), "a")) == reply::number(1));
  CHECK(world.ask(with_id(of(op::del, "k"), "a")) == reply::number(0));
}

TEST_CASE("a copy does not remember the requests of its source") {
  shard_world world;
  world.ask(with_id(of(op::incrby, "n"), "a"));
  command copy;
  copy.what = op::copy;
  copy.keys = {"n", "m"};
  CHECK(world.ask(copy) == reply::number(1));
  CHECK(world.ask(with_id(of(op::incrby, "m"), "a")) == reply::number(2));
}

TEST_CASE("a turn with an id runs once, whether it changed the state or not") {
  shard_world world;
  world.put_object("o", "code");
  counting turns{world};
  const auto call = with_id(of(op::aso_call, "o"), "a");
  CHECK(world.ask(call) == reply::number(1));
  CHECK(world.ask(call) == reply::number(1));
  CHECK(turns.runs == 1);
  CHECK(world.ask(with_id(of(op::get, "o"), "b")) == reply::number(2));
  CHECK(world.ask(with_id(of(op::get, "o"), "b")) == reply::number(2));
  CHECK(turns.runs == 2);
}

TEST_CASE("a turn that failed changed nothing, so the same request runs it again") {
  shard_world world;
  world.put_object("o", "code");
  int runs = 0;
  world.execute = [&runs](const turn_order&) {
    turn_outcome outcome;
    if (++runs == 1) outcome.failure = error{errc::script, "not now"};
    outcome.answer = reply::number(runs);
    return outcome;
  };
  CHECK(world.ask(with_id(of(op::aso_call, "o"), "a")).failed());
  CHECK(world.ask(with_id(of(op::aso_call, "o"), "a")) == reply::number(2));
}

TEST_CASE("a request that comes again while its turn runs waits for it and answers the same") {
  shard_world world;
  world.put_object("o", "code");
  counting turns{world};
  world.hold_turns = true;
  const auto call = with_id(of(op::aso_call, "o"), "a");
  CHECK_FALSE(world.submit(call, 1));
  CHECK_FALSE(world.submit(call, 2));
  CHECK_FALSE(world.submit(of(op::aso_call, "o"), 3));
  world.settle();
  CHECK(world.held_orders.size() == 1);
  world.release_turns();
  world.release_turns();
  REQUIRE(world.answers.size() == 3);
  CHECK(world.answers[0].content == reply::number(1));
  CHECK(world.answers[1].slot == 2);
  CHECK(world.answers[1].content == reply::number(1));
  CHECK(world.answers[2].content == reply::number(2));
  CHECK(turns.runs == 2);
}

TEST_CASE("a request that comes again while the first waits in line does not run either") {
  shard_world world;
  world.put_object("o", "code");
  counting turns{world};
  world.hold_turns = true;
  CHECK_FALSE(world.submit(of(op::aso_call, "o"), 1));
  command put = of(op::aso_put, "o");
  put.source = "other";
  CHECK_FALSE(world.submit(put, 2));  // waits for the turn, and all else behind it
  const auto call = with_id(of(op::aso_call, "o"), "a");
  CHECK_FALSE(world.submit(call, 3));
  CHECK_FALSE(world.submit(call, 4));
  for (int i = 0; i < 4; ++i) {
    world.settle();
    world.release_turns();
  }
  REQUIRE(world.answers.size() == 4);
  CHECK(world.answers[2].content == world.answers[3].content);
  CHECK(turns.runs == 3);
}

TEST_CASE("an object that is replaced remembers the requests of the one before") {
  shard_world world;
  auto put = with_id(of(op::aso_put, "o"), "put");
  put.source = "code";
  CHECK(world.ask(put) == reply::ok());
  const auto first = decode(world.stored.at(layout::object_key("o")))->incarnation;
  CHECK(world.ask(put) == reply::ok());
  CHECK(decode(world.stored.at(layout::object_key("o")))->incarnation == first);
  CHECK(world.put_object("o", "other") == reply::ok());
  CHECK(world.ask(put) == reply::ok());
  CHECK(decode(world.stored.at(layout::object_key("o")))->active->code_hash == sha256("other"));
}

// ---- durability ----

TEST_CASE("an answer that has to be durable waits for a sync of the store that begins after it") {
  shard_world world;
  auto set = of(op::set, "k", "v");
  set.asked.emplace().durable = true;
  CHECK_FALSE(world.submit(set, 1));
  CHECK_FALSE(world.subject->effects().sync);  // it is not in the store yet
  REQUIRE(world.subject->take_batch(world.now));
  world.subject->on_durable(1, world.now);
  CHECK(world.subject->effects().sync);
  CHECK(world.subject->effects().answers.empty());
  world.subject->effects().sync = false;

  CHECK_FALSE(world.submit(set, 2));
  REQUIRE(world.subject->take_batch(world.now));
  world.subject->on_durable(2, world.now);
  CHECK_FALSE(world.subject->effects().sync);  // one is under way
  CHECK_FALSE(world.subject->idle());
  world.subject->on_synced(std::nullopt, world.now);
  REQUIRE(world.subject->effects().answers.size() == 1);
  CHECK(world.subject->effects().answers[0].slot == 1);
  CHECK(world.subject->effects().sync);
  world.subject->on_synced(std::nullopt, world.now);
  REQUIRE(world.subject->effects().answers.size() == 2);
  CHECK(world.subject->effects().answers[1].content == reply::ok());
}

TEST_CASE("a store that cannot be synced makes the answer uncertain, and the reason is told") {
  shard_world world{{}, false};  // durability none: other answers do not wait at all
  auto set = of(op::set, "k", "v");
  set.asked.emplace().durable = true;
  CHECK(world.submit(of(op::set, "other", "v")) == reply::ok());
  CHECK_FALSE(world.submit(set, 1));
  world.round();
  world.subject->on_synced(error{errc::storage, "the disk is gone"}, world.now);
  REQUIRE(world.subject->effects().answers.size() == 1);
  const auto& told = world.subject->effects().answers[0].content;
  CHECK(told.code == errc::uncertain);
  CHECK(told.text.ends_with("the disk is gone"));
}

TEST_CASE("a commit that is lost is told at once to who waits for its sync") {
  shard_world world{{}, false};
  auto set = of(op::set, "k", "v");
  set.asked.emplace().durable = true;
  world.fail_commits = true;
  CHECK(world.ask(set).code == errc::disk_full);
}

}  // namespace comet::object::test
