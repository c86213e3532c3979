#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/networked_shard.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;

namespace {

/// An object here whose method has been called and waits for what it asked.
class suspended_call {
 public:
  explicit suspended_call(networked_shard& world) : world_(world), key(key_of(here)) {
    CHECK(world.put_object(key, "code") == reply::ok());
    world.hold_turns = true;
    world.begin(asking(op::aso_call, key), 77);
    REQUIRE(world.held_orders.size() == 1);
  }
  void ask(outcall::kind what, bytes_view of, bytes_view value = {}) {
    outcome_batch batch;
    outcall asked;
    asked.what = what;
    asked.key = bytes{of};
    asked.value = bytes{value};
    asked.method = "method";
    asked.token = 5;
    batch.outcalls.push_back({world_.held_orders.front().id, std::move(asked)});
    world_.subject->on_outcomes(std::move(batch), world_.now);
    world_.settle();
  }
  /// What it was told; it must have been told.
  [[nodiscard]] reply told() const {
    REQUIRE(world_.resumed.size() == 1);
    CHECK(world_.resumed.front().token == 5);
    return world_.resumed.front().answer;
  }

 private:
  networked_shard& world_;

 public:
  bytes key;
};

/// As handlers see a node; those that are played have one address.
reply named(const digest& id) {
  const bytes address = id == here ? to_hex(as_bytes(here)) + ":7400" : bytes{"192.0.2.1:7400"};
  return reply::map({reply::bulk("id"), hex(id), reply::bulk("address"), reply::bulk(address)});
}

reply gotten(reply value, std::vector<reply> nodes) {
  return reply::list({std::move(value), reply::list(std::move(nodes))});
}

}  // namespace

TEST_CASE("a handler's get of another's key brings the value and the nodes that have copies") {
  networked_shard world;
  world.draw({staying(anna)});
  suspended_call call{world};
  call.ask(outcall::kind::get, key_of(anna));
  const auto passed = world.sent(op::aso_get);
  CHECK(passed.to == anna);
  CHECK(passed.from.node == world.node_id);
  CHECK(passed.chain == std::vector{call.key});
  CHECK(passed.from.key == call.key);
  SECTION("the holder tells who else has them: it comes first") {
    world.outcome(passed, reply::bulk("v"), anna, {here, anna});
    CHECK(call.told() == gotten(reply::bulk("v"), {named(anna), named(here)}));
  }
  SECTION("a node of an earlier build does not") {
    world.outcome(passed, reply::bulk("v"), anna);
    CHECK(call.told() == gotten(reply::bulk("v"), {named(anna)}));
  }
  SECTION("of a node that is not known any more the id is left") {
    world.outcome(passed, reply::bulk("v"), anna, {anna, bert});
    const auto gone =
        reply::map({reply::bulk("id"), hex(bert), reply::bulk("address"), reply::bulk(bytes{})});
    CHECK(call.told() == gotten(reply::bulk("v"), {named(anna), gone}));
  }
}

TEST_CASE("who asks for an object is told who has copies of it, clients are not") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto key = key_of(here, 1);
  world.set(key, "v");
  CHECK(world.answer_to(world.arrive(asking(op::aso_get, key)))->copies.empty());
  world.who.key = "an object";
  const auto answer = world.answer_to(world.arrive(asking(op::aso_get, key)));
  REQUIRE(answer);
  CHECK(answer->content == reply::bulk("v"));
  CHECK(answer->copies == std::vector{here});
  CHECK(world.answer_to(world.arrive(asking(op::get, key)))->copies.empty());
}

TEST_CASE("a handler's get of what nobody has brings no holder") {
  networked_shard world;
  world.draw({staying(anna)});
  suspended_call call{world};
  call.ask(outcall::kind::get, key_of(anna));
  world.outcome(world.sent(op::aso_get), reply::null(), anna);
  CHECK(call.told() == reply::list({reply::null(), reply::list({})}));
}

TEST_CASE("a handler's get of a key of this node names this node") {
  networked_shard world;
  world.draw({staying(anna)});
  suspended_call call{world};
  const auto key = key_of(here, 1);
  world.set(key, "v");
  call.ask(outcall::kind::get, key);
  CHECK(call.told() == gotten(reply::bulk("v"), {named(here)}));
}

TEST_CASE("a handler's get of its own key brings what was committed and its copies, at once") {
  networked_shard world;
  world.draw({staying(anna)});
  world.execute = [](const turn_order&) {
    turn_outcome made;
    made.created = true;
    made.state = bytes{"\x81\xa5value\xa1v"};
    made.answer = reply::ok();
    return made;
  };
  suspended_call call{world};
  call.ask(outcall::kind::get, call.key);
  CHECK(call.told() == gotten(reply::bulk("v"), {named(here)}));
  CHECK(world.held_orders.size() == 1);  // no other turn
  CHECK(world.forwards.empty());
}

TEST_CASE("a handler's put of its own key is a change of its own turn: only copies are told") {
  networked_shard world;
  world.draw({staying(anna)});
  suspended_call call{world};
  call.ask(outcall::kind::put, call.key, "v");
  CHECK(call.told() == reply::number(1));
  CHECK(world.held_orders.size() == 1);
}

TEST_CASE("a handler's put on another's key brings the number of copies") {
  networked_shard world;
  world.draw({staying(anna)});
  suspended_call call{world};
  call.ask(outcall::kind::put, key_of(anna), "v");
  const auto passed = world.sent(op::set);
  CHECK(passed.what->get().value == "v");
  world.outcome(passed, reply::ok(), anna);
  CHECK(call.told() == reply::number(1));
}

TEST_CASE("a handler's call of another's object brings what the method gave, or its failure") {
  networked_shard world;
  world.draw({staying(anna)});
  suspended_call call{world};
  call.ask(outcall::kind::call, key_of(anna));
  const auto passed = world.sent(op::aso_call);
  CHECK(passed.what->get().method == "method");
  SECTION("it gave something") {
    world.outcome(passed, reply::bulk("result"), anna);
    CHECK(call.told() == reply::bulk("result"));
  }
  SECTION("it failed") {
    world.outcome(passed, reply::failure(errc::script, "boom"), anna);
    CHECK(call.told() == reply::failure(errc::script, "boom"));
  }
}

TEST_CASE("a handler's lookup is the router's to answer") {
  networked_shard world;
  world.draw({staying(anna)});
  suspended_call call{world};
  call.ask(outcall::kind::lookup, "any key");
  const auto asked = world.sent(op::lookup);
  CHECK(asked.to == here);
  CHECK(asked.what->get().key == "any key");
  const auto nodes = reply::list({reply::bulk("some node")});
  world.outcome(asked, nodes, here);
  CHECK(call.told() == nodes);
}

TEST_CASE("a call that comes back over another node to the object that waits for it is a cycle") {
  networked_shard world;
  world.draw({staying(anna)});
  suspended_call call{world};
  call.ask(outcall::kind::call, key_of(anna));
  const auto passed = world.sent(op::aso_call);
  const auto number = world.arrive(asking(op::aso_call, call.key), passed.chain);
  REQUIRE(world.answer_to(number).has_value());
  CHECK(world.answer_to(number)->content.code == errc::cycle);
}

TEST_CASE("a lone node that keeps replicas answers a handler's lookup with itself") {
  networked_shard world;
  world.draw({});
  suspended_call call{world};
  call.ask(outcall::kind::lookup, "any key");
  CHECK(call.told() ==
        reply::list({reply::map({reply::bulk("id"), hex(here), reply::bulk("address"),
                                 reply::bulk(world.node_id + ":7400")})}));
}
