#include <catch2/catch_test_macros.hpp>

#include "object/request_trace.hpp"
#include "object/shard.hpp"
#include "tests/unit/object/linked_shards.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

namespace {

reply told(const reply& map, bytes_view name) {
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2)
    if (map.items[i].text == name) return map.items[i + 1];
  return reply::failure(errc::not_found, bytes{name});
}

command tracing(bytes_view key, std::int64_t requests = 10) {
  command c = asking(op::trace, key);
  c.number = requests;
  return c;
}

std::vector<reply> seen_of(shard_world& world, bytes_view key) {
  return told(world.ask(asking(op::traces, key)), "requests").items;
}

}  // namespace

TEST_CASE("requests to a traced object are seen with their turns and commits") {
  shard_world world;
  world.put_object("a", "return {}");
  REQUIRE(world.ask(tracing("a")) == reply::number(1));
  world.hold_turns = true;
  world.hold_commits = true;
  world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.state = bytes("\x80", 1);
    outcome.answer = reply::bulk("ran");
    outcome.fuel = 12;
    return outcome;
  };
  REQUIRE_FALSE(world.submit(asking(op::get, "a"), 1));
  world.settle();
  world.now.mono += 4ms;
  world.release_turns();
  CHECK(seen_of(world, "a").empty());
  world.now.mono += 3ms;
  world.commit_all();
  world.settle();
  const auto seen = seen_of(world, "a");
  REQUIRE(seen.size() == 1);
  CHECK(told(seen[0], "handler") == reply::bulk("onGet"));
  CHECK(told(seen[0], "fuel") == reply::number(12));
  CHECK(told(seen[0], "passing-us") == reply::number(4'000));
  CHECK(told(seen[0], "disk-us") == reply::number(3'000));
  CHECK(told(seen[0], "commit-us") == reply::number(3'000));
  CHECK(told(seen[0], "total-us") == reply::number(7'000));
}

TEST_CASE("passive values are traced, reads that answer at once included") {
  shard_world world;
  world.set("p", "v");
  REQUIRE_FALSE(world.ask(tracing("p", 4)).failed());
  world.get("p");
  world.set("p", "w");
  command both = asking(op::mget, std::vector<bytes_view>{"p", "q"});
  world.ask(both);
  world.del("p");
  const auto seen = seen_of(world, "p");
  REQUIRE(seen.size() == 4);
  const char* operations[] = {"GET", "SET", "GET", "DEL"};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(told(seen[i], "operation") == reply::bulk(operations[i]));
    CHECK(told(seen[i], "kind") == reply::bulk("passive"));
    CHECK(told(seen[i], "outcome") == reply::bulk("ok"));
  }
}

TEST_CASE("a request that waits for the store is seen waiting for it") {
  shard_world world;
  world.set("p", "v");
  world.set("q", "v");
  world.restart();
  REQUIRE_FALSE(world.ask(tracing("p")).failed());
  world.restart();
  CHECK(world.ask(asking(op::traces, "p")) == reply::null());  // a restart forgets
  world.get("q");
  REQUIRE_FALSE(world.ask(tracing("p")).failed());
  world.get("p");
  CHECK(seen_of(world, "p").size() == 1);
}

TEST_CASE("only its owner and administrators trace a key, and it has to exist") {
  shard_world world;
  world.put_object("a", "return {}");
  world.set("p", "v");
  CHECK(world.ask(tracing("missing")).code == errc::not_found);
  REQUIRE_FALSE(world.ask(tracing("p")).failed());
  world.who.user = "somebody";
  for (const char* key : {"a", "p"}) {
    CHECK(world.ask(tracing(key)).code == errc::no_permission);
    CHECK(world.ask(asking(op::traces, key)).code == errc::no_permission);
  }
  world.who.administrator = true;
  CHECK_FALSE(world.ask(tracing("a")).failed());
  world.who = {};
  world.del("p");
  CHECK(seen_of(world, "p").size() == 1);  // who armed it sees its end
  world.who.user = "somebody";
  CHECK(world.ask(asking(op::traces, "p")).code == errc::no_permission);
}

TEST_CASE("a trace ends after its time, and nothing is left of it") {
  shard_world world;
  world.set("p", "v");
  REQUIRE_FALSE(world.ask(tracing("p")).failed());
  world.advance(std::chrono::duration_cast<std::chrono::milliseconds>(request_tracer::lasts) - 1ms);
  CHECK(world.ask(asking(op::traces, "p")).what == reply::kind::map);
  world.advance(1ms);
  CHECK(world.ask(asking(op::traces, "p")) == reply::null());
}

TEST_CASE("the leader sees requests that come over other nodes, with their hops") {
  linked_shards group;
  const auto key = key_of(anna);
  group.set(0, key, "v");
  REQUIRE_FALSE(group.ask(0, tracing(key)).failed());
  group.set(0, key, "w");
  group.set(1, key, "x");
  const auto seen = told(group.ask(2, asking(op::traces, key)), "requests").items;
  REQUIRE(seen.size() == 2);
  CHECK(told(seen[0], "hops") == reply::number(1));
  CHECK(told(seen[1], "hops") == reply::number(0));
}
