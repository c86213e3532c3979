#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/linked_shards.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;

namespace {

/// A failure: there is no such field.
reply told(const reply& map, bytes_view name) {
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2)
    if (map.items[i].text == name) return map.items[i + 1];
  return reply::failure(errc::not_found, bytes{name});
}

reply inspect(shard_world& world, bytes_view key) {
  return world.ask(asking(op::inspect, key));
}

}  // namespace

TEST_CASE("of an active object all is told: accounts, functions, state and place") {
  shard_world world;
  world.put_object("a", "return {}");
  world.get("a");
  const auto seen = inspect(world, "a");
  CHECK(told(seen, "type") == reply::bulk("active"));
  CHECK(told(seen, "key") == reply::bulk("a"));
  CHECK(told(seen, "size-bytes") == reply::number(9));
  CHECK(told(seen, "turns") == reply::number(2));
  CHECK(told(seen, "handlers") == reply::list({reply::bulk("onGet"), reply::bulk("onPut")}));
  CHECK(told(seen, "methods") == reply::list({reply::bulk("count")}));
  CHECK(told(seen, "state") == reply::bulk("{value = \"v\"}"));
  CHECK(told(seen, "turns-recorded") == reply::list({}));
  CHECK(told(seen, "leader") == reply::bulk("node"));
  const auto replicas = told(seen, "replicas");
  REQUIRE(replicas.items.size() == 1);
  CHECK(told(replicas.items[0], "address") == reply::bulk("node:7400"));
  CHECK(told(replicas.items[0], "leads") == reply::number(1));
  CHECK(told(replicas.items[0], "behind") == reply::number(0));
}

TEST_CASE("a code is outlined once, however many ask and however many objects have it") {
  shard_world world;
  world.put_object("a", "return {}");
  world.put_object("b", "return {}");
  CHECK_FALSE(world.submit(asking(op::inspect, "a"), 1));
  CHECK_FALSE(world.submit(asking(op::inspect, "b"), 2));
  CHECK_FALSE(world.subject->idle());
  world.settle();
  CHECK(world.answers.size() == 2);
  CHECK(world.subject->idle());
  CHECK(world.submit(asking(op::inspect, "a"), 3));
  CHECK(world.outlines == 1);
}

TEST_CASE("an object that went while its code was outlined is not there") {
  shard_world world;
  world.put_object("a", "return {}");
  world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.fate = disposition::erase;
    outcome.answer = reply::number(1);
    return outcome;
  };
  command del = asking(op::del, "a");
  del.keys = {"a"};
  REQUIRE_FALSE(world.submit(asking(op::inspect, "a"), 1));
  auto ordered = std::exchange(world.subject->effects().work_items, {});
  REQUIRE(ordered.size() == 1);
  REQUIRE(world.ask(del) == reply::number(1));
  outcome_batch batch;
  batch.outlined.push_back({ordered[0].outlined->hash, {}});
  world.subject->on_outcomes(std::move(batch), world.now);
  world.settle();
  REQUIRE(world.answers.size() == 1);
  CHECK(told(world.answers[0].content, "type") == reply::bulk("none"));
}

TEST_CASE("an object is told of while a turn of it is under way") {
  shard_world world;
  world.put_object("a", "return {}");
  world.hold_turns = true;
  CHECK_FALSE(world.submit(asking(op::get, "a"), 1));
  const auto seen = inspect(world, "a");
  CHECK(told(seen, "mailbox") == reply::number(1));
}

TEST_CASE("after a restart the record and the code are read for it") {
  shard_world world;
  world.put_object("a", "return {}");
  world.restart();
  const auto seen = inspect(world, "a");
  CHECK(told(seen, "type") == reply::bulk("active"));
  CHECK(told(seen, "methods") == reply::list({reply::bulk("count")}));
}

TEST_CASE("a stranger sees accounts and place, not what the object holds or says") {
  shard_world world;
  world.put_object("a", "return {}");
  world.who.user = "somebody";
  const auto seen = inspect(world, "a");
  CHECK(told(seen, "turns") == reply::number(1));
  CHECK(told(seen, "handlers").items.size() == 2);
  CHECK(told(seen, "replicas").items.size() == 1);
  for (const char* secret : {"state", "log", "last-error", "last-traceback", "turns-recorded"})
    CHECK(told(seen, secret).failed());
}

TEST_CASE("of a passive value its size and place are told, of no value the place") {
  shard_world world;
  world.set("p", "12345");
  const auto passive = inspect(world, "p");
  CHECK(told(passive, "type") == reply::bulk("passive"));
  CHECK(told(passive, "size-bytes") == reply::number(5));
  CHECK(told(passive, "expires-unix-ms") == reply::null());
  CHECK(told(passive, "replicas").items.size() == 1);
  const auto none = inspect(world, "q");
  CHECK(told(none, "type") == reply::bulk("none"));
  CHECK(told(none, "leader") == reply::bulk("node"));
}

TEST_CASE("at most the last sixteen recorded turns are told") {
  shard_world world;
  world.execute = [](const turn_order& order) {
    turn_outcome outcome;
    outcome.created = order.request->kind == turn_kind::create;
    if (outcome.created) outcome.state = bytes("\x80", 1);
    outcome.trace = std::make_shared<const turn_trace>();
    outcome.answer = reply::ok();
    return outcome;
  };
  command put = asking(op::aso_put, "a");
  put.source = "return {}";
  put.number = 20;
  REQUIRE(world.ask(put) == reply::ok());
  for (int i = 0; i < 19; ++i)
    world.get("a");
  const auto turns = told(inspect(world, "a"), "turns-recorded");
  REQUIRE(turns.items.size() == 16);
  CHECK(told(turns.items.back(), "number") == reply::number(20));
}

TEST_CASE("the leader names the nodes that keep the key, from whichever node it is asked") {
  linked_shards group;
  const auto key = key_of(anna);
  group.set(0, key, "v");
  const auto seen = group.ask(0, asking(op::inspect, key));
  CHECK(told(seen, "leader") == reply::bulk(to_hex(as_bytes(anna))));
  const auto replicas = told(seen, "replicas");
  REQUIRE(replicas.items.size() == 3);
  int leaders = 0;
  for (const auto& one : replicas.items) {
    const bool is_anna = told(one, "id") == reply::bulk(to_hex(as_bytes(anna)));
    CHECK(told(one, "leads") == reply::number(is_anna ? 1 : 0));
    CHECK(told(one, "behind") == reply::number(0));
    CHECK_FALSE(told(one, "address").text.empty());
    if (is_anna) ++leaders;
  }
  CHECK(leaders == 1);
}
