#include "apps/comet/top_model.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/apps/network_sample.hpp"

namespace comet::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using enum object::work_measure;

std::vector<bytes> keys_of(const std::vector<top_object>& objects) {
  std::vector<bytes> keys;
  for (const auto& one : objects)
    keys.push_back(one.key);
  return keys;
}

/// One node in which `old` did much before and `runaway` begins now.
top_model with_a_runaway() {
  top_model model;
  auto first = healthy_node('a', {}, 10);
  list(first, fuel, "old", 1'000'000);
  list(first, turns, "old", 500);
  model.take({first});
  auto second = healthy_node('a', {}, 12);
  list(second, fuel, "old", 1'000'100);
  list(second, fuel, "runaway", 60'000);
  list(second, turns, "old", 502);
  list(second, turns, "runaway", 3);
  model.take({second});
  return model;
}

TEST_CASE("before a second look the totals decide the order") {
  top_model model;
  auto first = healthy_node('a');
  list(first, fuel, "small", 5);
  list(first, fuel, "large", 50);
  model.take({first});
  CHECK_FALSE(model.has_rates());
  const auto objects = model.objects(fuel, {});
  CHECK(keys_of(objects) == std::vector<bytes>{"large", "small"});
  CHECK_FALSE(objects[0].by[0].rate);
  CHECK(objects[0].by[0].total == 50);
}

TEST_CASE("a runaway is on top at the second look, though another has a larger total") {
  const auto objects = with_a_runaway().objects(fuel, {});
  REQUIRE(keys_of(objects) == std::vector<bytes>{"runaway", "old"});
  CHECK(objects[0].current(fuel) == 30'000);
  CHECK(objects[1].current(fuel) == 50);
}

TEST_CASE("what an object took over from another in a full list is no rate of its own") {
  top_model model;
  auto first = healthy_node('a', {}, 0);
  list(first, fuel, "steady", 900);
  model.take({first});
  auto second = healthy_node('a', {}, 1);
  list(second, fuel, "steady", 1'000);
  list(second, fuel, "newcomer", 910, 900);
  model.take({second});
  CHECK(keys_of(model.objects(fuel, {})) == std::vector<bytes>{"steady", "newcomer"});
  CHECK(model.objects(fuel, {})[1].current(fuel) == 10);
}

TEST_CASE("a sum that is smaller than before began anew") {
  top_model model;
  auto before = healthy_node('a', "fuel:900\r\n", 0);
  list(before, fuel, "k", 900);
  model.take({before});
  auto after = healthy_node('a', "fuel:30\r\n", 1);
  list(after, fuel, "k", 30);
  model.take({after});
  CHECK(model.objects(fuel, {})[0].current(fuel) == 30);
  CHECK(model.nodes()[0].fuel == 30);
}

TEST_CASE("levels are shown as they are, not as rates") {
  top_model model;
  for (const double at : {0.0, 1.0}) {
    auto look = healthy_node('a', {}, at);
    list(look, memory, "k", 4'096);
    list(look, fuel, "k", 10);
    model.take({look});
  }
  const auto objects = model.objects(memory, {});
  CHECK(objects[0].current(memory) == 4'096);
  CHECK_FALSE(objects[0].by[static_cast<std::size_t>(memory)].rate);
}

TEST_CASE("what is not in a list with room did nothing of it, and of a full list nobody knows") {
  top_model model;
  auto look = healthy_node('a', {}, 0);
  list(look, fuel, "k", 10);
  for (int i = 0; i < 100; ++i)
    list(look, turns, "other" + std::to_string(i), 5);
  model.take({look});
  const auto objects = model.objects(fuel, "k");
  REQUIRE(objects.size() == 1);
  CHECK(objects[0].by[static_cast<std::size_t>(messages)].total == 0);
  CHECK_FALSE(objects[0].by[static_cast<std::size_t>(turns)].total);
}

TEST_CASE("a filter is a glob, or a part of the key when it has no wildcard") {
  const auto model = with_a_runaway();
  CHECK(keys_of(model.objects(fuel, "run*")) == std::vector<bytes>{"runaway"});
  CHECK(keys_of(model.objects(fuel, "away")) == std::vector<bytes>{"runaway"});
  CHECK(model.objects(fuel, "away*").empty());
  CHECK(model.objects(fuel, "[o]ld").size() == 1);
}

TEST_CASE("objects of all nodes are in one order, each with its node's own times") {
  top_model model;
  auto a = healthy_node('a', {}, 0);
  auto b = healthy_node('b', {}, 0);
  list(a, fuel, "x", 100);
  list(b, fuel, "y", 100);
  model.take({a, b});
  a.at_s = 1;
  b.at_s = 10;  // it answered late
  a.top[0][0].value = 200;
  b.top[0][0].value = 300;
  model.take({a, b});
  const auto objects = model.objects(fuel, {});
  CHECK(keys_of(objects) == std::vector<bytes>{"x", "y"});
  CHECK(objects[0].current(fuel) == 100);
  CHECK(objects[1].current(fuel) == 20);
  CHECK(objects[1].node_id == bytes(64, 'b'));
}

TEST_CASE("a node that cannot be asked is still listed, and has its rates once it can again") {
  top_model model;
  model.take({healthy_node('a', "total_commands_processed:100\r\n", 0)});
  auto silent = healthy_node('a');
  silent.info.reset();
  silent.failure = "no answer within 2s";
  model.take({silent});
  REQUIRE(model.nodes().size() == 1);
  CHECK(model.nodes()[0].failure == "no answer within 2s");
  CHECK_FALSE(model.nodes()[0].ops);
  model.take({healthy_node('a', "total_commands_processed:140\r\n", 4)});
  CHECK(model.nodes()[0].ops == 10);
  CHECK(model.ops() == std::deque<double>{0, 0, 10});
}

TEST_CASE("actors of a kind are one row over all nodes, with what they did between two looks") {
  top_model model;
  const auto info = [](int work, int busy, int waiting) {
    return "# Actors\r\nexecutors:actors=2,work=" + std::to_string(work) +
           ",busy_us=" + std::to_string(busy) + ",waiting=" + std::to_string(waiting) + "\r\n";
  };
  model.take({healthy_node('a', info(0, 1, 0), 0), healthy_node('b', info(10, 1, 0), 0)});
  model.take(
      {healthy_node('a', info(20, 2'000'001, 3), 1), healthy_node('b', info(20, 1'000'001, 4), 1)});
  REQUIRE(model.actors().size() == 1);
  const auto& one = model.actors()[0];
  CHECK(one.count == 4);
  CHECK(one.waiting == 7);
  CHECK(one.work == 30);
  REQUIRE(one.busy);
  CHECK(*one.busy > 0.74);
  CHECK(*one.busy < 0.76);  // three seconds of four
}

TEST_CASE("histories end with the newest look and are bounded") {
  top_model model;
  for (int i = 0; i < 300; ++i)
    model.take({healthy_node('a', "fuel:" + std::to_string(i * i) + "\r\n", i)});
  CHECK(model.fuel().size() == top_model::history_max);
  CHECK(model.fuel().back() == 299 * 299 - 298 * 298);
}

}  // namespace
}  // namespace comet::client
