#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "object/turn_ring.hpp"
#include "object/turn_trace.hpp"
#include "tests/unit/object/shard_world.hpp"

using namespace comet;
using namespace comet::object;
using comet::object::test::shard_world;

namespace {

command about(op what, bytes_view key, std::int64_t number = 0) {
  command c;
  c.what = what;
  c.key = key;
  c.number = number;
  return c;
}

reply field(const reply& map, bytes_view name) {
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2)
    if (map.items[i].text == name) return map.items[i + 1];
  return reply::failure(errc::internal, "no field " + bytes{name});
}

/// An executor that leaves a trace where the object asks for one, as lua/ does.
class recording_world : public shard_world {
 public:
  recording_world() {
    execute = [this](const turn_order& order) {
      turn_outcome outcome = next;
      const bool makes =
          order.request->kind == turn_kind::create || order.request->kind == turn_kind::replace;
      if (makes) {
        outcome.created = true;
        outcome.state = bytes("\x81\xa5value\x00", 8);
        outcome.answer = reply::ok();
      }
      const bool recorded =
          makes ? order.request->kind == turn_kind::create && order.request->what->get().number > 0
                : order.current->recorded != nullptr;
      if (recorded) outcome.trace = std::make_shared<turn_trace>();
      return outcome;
    };
    next.answer = reply::bulk("ran");
  }

  reply put(bytes_view key, std::int64_t turns) {
    command c = about(op::aso_put, key, turns);
    c.source = "return {}";
    return ask(c);
  }
  std::vector<reply> turns(bytes_view key) { return ask(about(op::aso_turns, key)).items; }

  turn_outcome next;
};

}  // namespace

TEST_CASE("an object that does not ask for it has no turns, and its record is as ever") {
  recording_world world;
  world.put("a", 0);
  world.get("a");
  CHECK(world.turns("a").empty());
  CHECK(world.ask(about(op::aso_turn, "a", 1)).code == errc::not_found);
  for (const auto& [key, value] : world.stored)
    if (key.starts_with('o')) CHECK(value.front() == 1);
}

TEST_CASE("turns are recorded from the one that makes the object on, reads and failures included") {
  recording_world world;
  REQUIRE(world.put("a", 8) == reply::ok());
  world.get("a");
  world.next.state = bytes("\x81\xa5value\x01", 8);
  world.get("a");
  world.next = {};
  world.next.failure = error{errc::fuel, "used up"};
  world.next.breach = true;
  CHECK(world.get("a").failed());
  const auto rows = world.turns("a");
  REQUIRE(rows.size() == 4);
  CHECK(field(rows[0], "handler") == reply::bulk("onPut"));
  CHECK(field(rows[1], "handler") == reply::bulk("onGet"));
  CHECK(field(rows[3], "outcome") == reply::bulk("error fuel"));
  const auto changed = world.ask(about(op::aso_turn, "a", 3));
  CHECK(field(changed, "state-before") == reply::map({reply::bulk("value"), reply::number(0)}));
  CHECK(field(changed, "state-after") == reply::map({reply::bulk("value"), reply::number(1)}));
  CHECK(field(changed, "answer") == reply::bulk("ran"));
  const auto failed = world.ask(about(op::aso_turn, "a", 4));
  CHECK(field(failed, "state-after") == field(failed, "state-before"));
  CHECK(field(world.ask(about(op::aso_info, "a")), "records-turns") == reply::number(8));
}

TEST_CASE("a turn and its record are one commit: a crash has both or neither") {
  recording_world world;
  world.put("a", 8);
  world.get("a");
  world.hold_commits = true;
  world.get("a");
  world.restart();
  world.hold_commits = false;
  CHECK(world.turns("a").size() == 2);
  world.restart();
  CHECK(world.turns("a").size() == 2);
}

TEST_CASE("a living object is recorded from now on, in another number, and not any more") {
  recording_world world;
  world.put("a", 0);
  CHECK(world.ask(about(op::aso_record, "a", 2)) == reply::ok());
  for (int i = 0; i < 3; ++i)
    world.get("a");
  CHECK(field(world.turns("a").front(), "number") == reply::number(2));
  CHECK(world.ask(about(op::aso_record, "a", 1)) == reply::ok());
  CHECK(world.turns("a").size() == 1);
  CHECK(world.ask(about(op::aso_turn, "a", 2)).code == errc::not_found);
  CHECK(world.ask(about(op::aso_record, "a", 0)) == reply::ok());
  CHECK(world.turns("a").empty());
  world.get("a");
  CHECK(world.turns("a").empty());
}

TEST_CASE("recorded turns are the owner's and the administrator's") {
  recording_world world;
  world.put("a", 8);
  world.who.user = "somebody";
  for (const op what : {op::aso_record, op::aso_turns, op::aso_turn})
    CHECK(world.ask(about(what, "a", 1)).code == errc::no_permission);
  world.who.administrator = true;
  CHECK(world.turns("a").size() == 1);
}

TEST_CASE("only an active object can be recorded") {
  recording_world world;
  CHECK(world.ask(about(op::aso_record, "nobody", 2)).code == errc::not_found);
  CHECK(world.ask(about(op::aso_turns, "nobody")) == reply::null());
  world.set("passive", "v");
  CHECK(world.ask(about(op::aso_record, "passive", 2)).code == errc::wrong_type);
}

TEST_CASE("code that replaces another begins a record of its own") {
  recording_world world;
  world.put("a", 8);
  world.put("a", 0);
  CHECK(world.turns("a").empty());
  world.put("a", 4);
  CHECK(world.turns("a").empty());
  world.get("a");
  CHECK(world.turns("a").size() == 1);
}

TEST_CASE("a copy is recorded as its original is, and has the turns of nobody else") {
  recording_world world;
  world.put("a", 8);
  command copy;
  copy.what = op::copy;
  copy.keys = {"a", "b"};
  REQUIRE(world.ask(copy) == reply::number(1));
  CHECK(world.turns("b").empty());
  world.get("b");
  CHECK(world.turns("b").size() == 1);
  CHECK(world.turns("a").size() == 1);
}

TEST_CASE("a question about turns waits for the turn under way") {
  recording_world world;
  world.put("a", 8);
  world.hold_turns = true;
  REQUIRE_FALSE(world.submit(about(op::get, "a"), 90));
  world.settle();
  REQUIRE_FALSE(world.submit(about(op::aso_turns, "a"), 91));
  world.settle();
  CHECK(world.answers.empty());
  world.hold_turns = false;
  world.release_turns();
  REQUIRE(world.answers.size() == 2);
  CHECK(world.answers.back().content.items.size() == 2);
}
