#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/world_probe.hpp"

using namespace comet;
using namespace comet::lab;
using namespace comet::lab::test;

TEST_CASE("a key is found through any node, and the way to it is told") {
  const auto net = nodes(5);
  REQUIRE(ask(*net, at(*net, 1), {"SET", "key", "value"}).text == "OK");
  for (node_number number = 1; number <= 5; ++number) {
    const auto who = at(*net, number);
    CHECK(ask(*net, who, {"GET", "key"}).text == "value");
    const auto way = ask(*net, who, {"COMET", "WHERE", "key"});
    REQUIRE_FALSE(way.failed());
    CHECK((way.items.size() == 1) == ((*net->inspect("key"))->leader == number));
  }
}

TEST_CASE("a command whose node fell silent before it answered may be done or not, or goes on") {
  const auto net = nodes(3);
  const auto any = at(*net, 1);
  REQUIRE(ask(*net, any, {"SET", "count", "0"}).text == "OK");
  const auto leader = (*net->inspect("count"))->leader;
  const auto who = at(*net, leader == 1 ? 2 : 1);
  REQUIRE(net->pause(leader).ok());
  const auto answer = ask(*net, who, {"INCR", "count"});
  const auto count = ask(*net, who, {"GET", "count"});
  REQUIRE_FALSE(count.failed());
  if (!answer.failed()) CHECK(answer.integer == 1);
  CHECK((count.text == "0" || count.text == "1"));
  if (!answer.failed()) CHECK(count.text == "1");
}

TEST_CASE("distance costs time, and time is what handlers and clients see") {
  world_options options;
  options.nodes = 2;
  options.places = {{0, 0}, {30, 40}};
  const auto net = made(options);
  const auto who = at(*net, 1);
  const auto began = net->now();
  REQUIRE(ask(*net, who, {"SET", "key", "value"}).text == "OK");
  // The other of two members has to have it: there and back are 100 ms.
  CHECK(net->now() - began >= std::chrono::milliseconds{100});
}
