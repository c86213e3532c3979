#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/world_probe.hpp"

using namespace comet;
using namespace comet::lab;
using namespace comet::lab::test;
using object::reply;

TEST_CASE("an inspection shows state, timers, accounts and who keeps an object") {
  const auto net = nodes(3);
  const auto who = at(*net, 1);
  REQUIRE(ask(*net, who, {"ASO.PUT", "clock", counter}).text == "OK");
  REQUIRE_FALSE(ask(*net, who, {"ASO.GET", "clock"}).failed());
  const auto seen = net->inspect("clock");
  REQUIRE(seen.ok());
  REQUIRE(seen->has_value());
  const auto& object = **seen;
  CHECK(object.active);
  CHECK(object.value.integer == 0);
  CHECK(object.owner == "default");
  CHECK(object.code.size() == 64);
  REQUIRE(object.timers.size() == 1);
  CHECK(object.timers[0].name == "count");
  CHECK(object.sums.turns == 2);
  CHECK(object.sums.errors == 0);
  CHECK(object.sums.fuel > 0);
  CHECK(object.sums.fuel_max >= object.sums.fuel);
  CHECK(object.leader >= 1);
  CHECK(object.replicas == std::vector<node_number>{1, 2, 3});
  CHECK_FALSE(net->inspect("nothing")->has_value());
}

TEST_CASE("an inspection shows a passive value on a lone node") {
  const auto net = nodes(1);
  REQUIRE(ask(*net, at(*net, 1), {"SET", "plain", "hello"}).text == "OK");
  const auto seen = net->inspect("plain");
  REQUIRE(seen.ok());
  REQUIRE(seen->has_value());
  CHECK_FALSE((*seen)->active);
  CHECK((*seen)->value.text == "hello");
  CHECK((*seen)->leader == 1);
}

TEST_CASE("turns and log lines of an object stand in the journal") {
  const auto net = nodes(1);
  const auto who = at(*net, 1);
  REQUIRE(ask(*net, who, {"ASO.PUT", "clock", counter}).text == "OK");
  REQUIRE_FALSE(ask(*net, who, {"ASO.GET", "clock"}).failed());
  REQUIRE(net->advance(std::chrono::seconds{61}).ok());
  const auto turns = net->turns("clock");
  REQUIRE(turns.size() == 3);
  CHECK(turns[0].handler == "onPut");
  CHECK(turns[1].handler == "onGet");
  CHECK(turns[1].from.ip == "127.0.0.1");
  CHECK(turns[2].handler == "onTimer:count");
  CHECK(turns[2].outcome == "ok");
  CHECK(turns[2].at >= epoch + std::chrono::seconds{60});
  CHECK(net->log("clock") == std::vector<bytes>{"read by 127.0.0.1"});
}

TEST_CASE("an object that breaks its limits again and again is seen in quarantine") {
  world_options options;
  options.limits.breaches_until_quarantine = 2;
  const auto net = made(options);
  const auto who = at(*net, 1);
  REQUIRE(ask(*net, who, {"ASO.PUT", "loop", R"lua(
    local aso = {}
    function aso:onGet() while true do end end
    return aso)lua"})
              .text == "OK");
  for (int i = 0; i < 2; ++i)
    CHECK(ask(*net, who, {"ASO.GET", "loop"}).failed());
  const auto seen = net->inspect("loop");
  REQUIRE(seen.ok());
  REQUIRE(seen->has_value());
  CHECK((*seen)->quarantined.has_value());
  CHECK((*seen)->sums.errors == 2);
}
