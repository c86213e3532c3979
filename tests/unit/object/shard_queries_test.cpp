#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/shard_world.hpp"

using namespace comet;
using namespace comet::object;
using comet::object::test::shard_world;

namespace {

command about(op what, bytes_view key) {
  command c;
  c.what = what;
  c.key = key;
  return c;
}

reply field(const reply& map, bytes_view name) {
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2) {
    if (map.items[i].text == name) return map.items[i + 1];
  }
  return reply::failure(errc::internal, "no field " + bytes{name});
}

}  // namespace

TEST_CASE("code, hash and state of an object are shown as they are stored") {
  shard_world world;
  world.put_object("a", "return {}");
  CHECK(world.ask(about(op::aso_code, "a")) == reply::bulk("return {}"));
  CHECK(world.ask(about(op::aso_hash, "a")) == reply::bulk(to_hex(as_bytes(sha256("return {}")))));
  CHECK(world.ask(about(op::aso_state, "a")) ==
        reply::map({reply::bulk("value"), reply::bulk("v")}));
}

TEST_CASE("the state is its owner's to read") {
  shard_world world;
  world.put_object("a", "return {}");
  world.who.user = "somebody";
  CHECK(world.ask(about(op::aso_state, "a")).code == errc::no_permission);
}

TEST_CASE("an administrator may do what the owner may") {
  shard_world world;
  world.put_object("a", "return {}");
  world.who.user = "somebody";
  world.who.administrator = true;
  CHECK(world.ask(about(op::aso_state, "a")).what == reply::kind::map);
  CHECK(world.ask(about(op::aso_resume, "a")) == reply::number(0));
  CHECK(field(world.ask(about(op::aso_info, "a")), "last-error") == reply::null());
}

TEST_CASE("a stranger learns what an object took, not what it says") {
  shard_world world;
  world.put_object("a", "return {}");
  world.who.user = "somebody";
  const auto info = world.ask(about(op::aso_info, "a"));
  CHECK(field(info, "turns") == reply::number(1));
  for (const char* secret : {"last-error", "last-traceback", "log"})
    CHECK(field(info, secret).failed());
  CHECK(world.ask(about(op::aso_resume, "a")).code == errc::no_permission);
}

TEST_CASE("an object shows the limits that it asked for") {
  shard_world world;
  command c = about(op::aso_put, "a");
  c.source = "return {}";
  c.limits = {{limit::fuel_per_turn, 5'000}};
  REQUIRE(world.ask(c) == reply::ok());
  CHECK(field(world.ask(about(op::aso_info, "a")), "limits") ==
        reply::map({reply::bulk("fuel-per-turn"), reply::number(5'000)}));
}

TEST_CASE("information counts turns and fuel and keeps the last error") {
  shard_world world;
  world.put_object("a", "return {}");
  world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.fuel = 50;
    outcome.failure = error{errc::script, "boom"};
    outcome.traceback = "where";
    outcome.log = {"a line"};
    return outcome;
  };
  world.get("a");
  world.get("a");
  const auto info = world.ask(about(op::aso_info, "a"));
  CHECK(field(info, "turns") == reply::number(3));
  CHECK(field(info, "fuel") == reply::number(100));
  CHECK(field(info, "failures") == reply::number(2));
  CHECK(field(info, "last-error") == reply::bulk("boom"));
  CHECK(field(info, "last-traceback") == reply::bulk("where"));
  CHECK(field(info, "log").items.size() == 2);
  CHECK(field(info, "mailbox") == reply::number(0));
}

TEST_CASE("questions about code get an error for a passive value and null for no value") {
  shard_world world;
  world.set("p", "v");
  for (const auto what : {op::aso_code, op::aso_hash, op::aso_state, op::aso_info}) {
    CHECK(world.ask(about(what, "p")).code == errc::wrong_type);
    CHECK(world.ask(about(what, "missing")) == reply::null());
  }
  CHECK(world.ask(about(op::aso_call, "missing")).code == errc::not_found);
}
