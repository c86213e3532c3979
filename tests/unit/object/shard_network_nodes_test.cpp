#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/networked_shard.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

TEST_CASE("WHERE of an own key tells of this node, and whether the object is there") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto key = key_of(here);
  auto route = world.ask(asking(op::where, key));
  REQUIRE(route.items.size() == 1);
  CHECK(field(route.items[0], "id") == hex(here));
  CHECK(field(route.items[0], "address") == reply::bulk(world.node_id + ":7400"));
  CHECK(field(route.items[0], "role") == reply::bulk("holder"));
  CHECK(field(route.items[0], "present") == reply::truth(false));
  world.set(key, "v");
  route = world.ask(asking(op::where, key));
  CHECK(field(route.items[0], "present") == reply::truth(true));
}

TEST_CASE("WHERE of another's key tells the way there, each node before the rest") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto key = key_of(anna);
  const auto rest = reply::list({reply::map({reply::bulk("role"), reply::bulk("holder")})});
  world.begin(asking(op::where, key));
  world.now.mono += 3ms;
  world.outcome(world.sent(op::where), rest, anna);
  REQUIRE(world.answered(1).has_value());
  auto route = *world.answered(1);
  REQUIRE(route.items.size() == 2);
  CHECK(field(route.items[0], "id") == hex(here));
  CHECK(field(route.items[0], "role") == reply::bulk("asked"));
  CHECK(field(route.items[0], "us") == reply::number(3'000));
  CHECK(route.items[1] == rest.items[0]);

  const auto number = world.arrive(asking(op::where, key));
  world.outcome(world.sent(op::where), rest, anna);
  REQUIRE(world.answer_to(number).has_value());
  CHECK(field(world.answer_to(number)->content.items[0], "role") == reply::bulk("passed"));
}

TEST_CASE("NODES of a lone node lists itself") {
  networked_shard world;
  const auto list = world.ask(asking(op::nodes, bytes_view{}));
  REQUIRE(list.items.size() == 1);
  CHECK(field(list.items[0], "id") == hex(here));
  CHECK(field(list.items[0], "state") == reply::bulk("here"));
}

TEST_CASE("NODES asks every other node, and lists those, too, that do not answer") {
  networked_shard world;
  const digest silent = node(0xee);  // the farthest of the three
  auto far = staying(anna);
  far.round_trip = std::chrono::microseconds{1'500};
  world.draw({far, leaving(bert), staying(silent)});
  world.set(key_of(here), "v");
  world.begin(asking(op::nodes, bytes_view{}));
  const auto part = [](const digest& id) {
    return reply::map({reply::bulk("id"), hex(id), reply::bulk("state"), reply::bulk("alive")});
  };
  const auto of_anna = world.sent(op::node_info);
  CHECK(of_anna.to == anna);
  world.outcome(of_anna, part(anna), anna);
  world.outcome(world.sent(op::node_info), part(bert), bert);
  world.outcome(world.sent(op::node_info), reply::failure(errc::unavailable, "no link"), {});
  REQUIRE(world.answered(1).has_value());
  const auto list = *world.answered(1);
  REQUIRE(list.items.size() == 4);
  CHECK(field(list.items[0], "state") == reply::bulk("here"));
  CHECK(field(list.items[0], "keys") == reply::number(1));
  CHECK(field(list.items[1], "state") == reply::bulk("alive"));
  CHECK(field(list.items[1], "round-trip-us") == reply::number(1'500));
  CHECK(field(list.items[2], "state") == reply::bulk("leaving"));
  CHECK(field(list.items[3], "id") == hex(silent));
  CHECK(field(list.items[3], "state") == reply::bulk("no answer"));
  CHECK(field(list.items[3], "why") == reply::bulk("no link"));
}

TEST_CASE("a node tells another of itself") {
  networked_shard world;
  world.draw({staying(anna)});
  world.set(key_of(here), "v");
  const auto told = world.asked_by_node(asking(op::node_info, bytes_view{}));
  CHECK(field(told, "id") == hex(here));
  CHECK(field(told, "state") == reply::bulk("alive"));
  CHECK(field(told, "keys") == reply::number(1));
}

TEST_CASE("a node that has not found its network says so to clients and nodes") {
  networked_shard world;
  world.map = std::make_shared<key_map>(here, false, std::vector<peer>{staying(anna)});
  world.subject->on_network(world.map, "looking for 192.0.2.1", world.now);
  const auto key = key_of(here);
  CHECK(world.get(key) == reply::failure(errc::joining, "looking for 192.0.2.1"));
  CHECK(world.asked_by_node(asking(op::get, key)).code == errc::joining);
  CHECK(field(world.asked_by_node(asking(op::node_info, bytes_view{})), "id") == hex(here));
  world.begin(asking(op::nodes, bytes_view{}));
  CHECK(world.find_forward(op::node_info).has_value());
  world.draw({staying(anna)});
  CHECK(world.get(key) == reply::null());
}
