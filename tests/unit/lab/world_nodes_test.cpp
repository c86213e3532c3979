#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "tests/unit/lab/world_probe.hpp"

using namespace comet;
using namespace comet::lab;
using namespace comet::lab::test;
using object::reply;
using std::chrono::seconds;

namespace {

node_number leader_of(const world& net, const bytes& key) {
  const auto seen = net.inspect(key);
  REQUIRE(seen.ok());
  REQUIRE(seen->has_value());
  return (*seen)->leader;
}

}  // namespace

TEST_CASE("three nodes agree, one is killed, reads and writes go on, and it comes back") {
  const auto net = nodes(3);
  const auto a = at(*net, 1);
  REQUIRE(ask(*net, a, {"SET", "key", "one"}).text == "OK");
  const auto dead = leader_of(*net, "key");
  REQUIRE(net->kill(dead).ok());
  const auto b = at(*net, dead == 1 ? 2 : 1);
  CHECK(ask(*net, b, {"GET", "key"}).text == "one");
  CHECK(ask(*net, b, {"SET", "key", "two"}).text == "OK");
  CHECK(leader_of(*net, "key") != dead);
  CHECK_FALSE(net->look(dead)->up);
  REQUIRE(net->start(dead).ok());
  REQUIRE(net->settle().ok());
  CHECK(ask(*net, at(*net, dead), {"GET", "key"}).text == "two");
}

TEST_CASE("the minority of a partition refuses, and has everything when it heals") {
  const auto net = nodes(3);
  const auto major = at(*net, 1);
  const auto minor = at(*net, 3);
  REQUIRE(ask(*net, major, {"SET", "key", "one"}).text == "OK");
  REQUIRE(net->partition({{1, 2}, {3}}).ok());
  REQUIRE(net->advance(seconds{5}).ok());
  CHECK(ask(*net, minor, {"SET", "key", "lost"}).failed());
  CHECK(ask(*net, minor, {"GET", "key"}).failed());
  CHECK(ask(*net, major, {"SET", "key", "two"}).text == "OK");
  REQUIRE(net->heal().ok());
  REQUIRE(net->settle().ok());
  CHECK(ask(*net, minor, {"GET", "key"}).text == "two");
}

TEST_CASE("a restart keeps state and timers") {
  const auto net = nodes(1);
  REQUIRE(ask(*net, at(*net, 1), {"ASO.PUT", "clock", counter}).text == "OK");
  REQUIRE(net->advance(seconds{90}).ok());
  REQUIRE(net->restart(1).ok());
  CHECK(ask(*net, at(*net, 1), {"ASO.GET", "clock"}).integer == 1);
  REQUIRE(net->advance(seconds{60}).ok());
  CHECK(ask(*net, at(*net, 1), {"ASO.GET", "clock"}).integer == 2);
}

TEST_CASE("timers that were due while all nodes were down fire when they are back, unasked") {
  for (const std::size_t count : {1, 3}) {
    const auto net = nodes(count);
    REQUIRE(ask(*net, at(*net, 1), {"ASO.PUT", "clock", counter}).text == "OK");
    for (node_number number = 1; number <= count; ++number)
      REQUIRE(net->kill(number).ok());
    REQUIRE(net->advance(std::chrono::hours{2}).ok());
    for (node_number number = 1; number <= count; ++number)
      REQUIRE(net->start(number).ok());
    REQUIRE(net->advance(std::chrono::minutes{3}).ok());
    const auto fired = net->turns("clock");
    CHECK(std::ranges::count(fired, "onTimer:count", &turn_note::handler) >= 3);
  }
}

TEST_CASE("a kill loses nothing that was acknowledged") {
  const auto net = nodes(1);
  REQUIRE(ask(*net, at(*net, 1), {"SET", "key", "value"}).text == "OK");
  REQUIRE(net->kill(1).ok());
  REQUIRE(net->start(1).ok());
  CHECK(ask(*net, at(*net, 1), {"GET", "key"}).text == "value");
}

TEST_CASE("a node that is added takes over keys, and one that stops hands them back") {
  const auto net = nodes(2);
  REQUIRE(ask(*net, at(*net, 1), {"SET", "key", "value"}).text == "OK");
  const auto fresh = net->add(1);
  REQUIRE(fresh.ok());
  REQUIRE(*fresh == std::vector<node_number>{3});
  CHECK((*net->inspect("key"))->replicas == std::vector<node_number>{1, 2, 3});
  REQUIRE(net->stop(1).ok());
  REQUIRE(net->settle().ok());
  CHECK((*net->inspect("key"))->replicas == std::vector<node_number>{2, 3});
  CHECK(ask(*net, at(*net, 3), {"GET", "key"}).text == "value");
}

TEST_CASE("a wiped disk begins as another node") {
  const auto net = nodes(3);
  REQUIRE(ask(*net, at(*net, 1), {"SET", "key", "value"}).text == "OK");
  const auto before = net->look(3)->id;
  CHECK(net->wipe(3).failure().code == errc::conflict);
  REQUIRE(net->stop(3).ok());
  REQUIRE(net->wipe(3).ok());
  REQUIRE(net->start(3).ok());
  REQUIRE(net->settle().ok());
  CHECK(net->look(3)->id != before);
  CHECK((*net->inspect("key"))->replicas == std::vector<node_number>{1, 2, 3});
  CHECK(ask(*net, at(*net, 3), {"GET", "key"}).text == "value");
}

TEST_CASE("a paused node answers when it goes on") {
  const auto net = nodes(3);
  const auto who = at(*net, 2);
  REQUIRE(net->pause(2).ok());
  CHECK(net->look(2)->paused);
  const auto asked = net->send(who, {"PING"});
  REQUIRE(asked.ok());
  REQUIRE(net->advance(seconds{2}).ok());
  CHECK(*net->answer(*asked) == nullptr);
  REQUIRE(net->resume(2).ok());
  CHECK(net->wait(*asked).text == "PONG");
}

TEST_CASE("numbers that no node has are refused") {
  const auto net = nodes(2);
  CHECK(net->kill(3).failure().code == errc::not_found);
  CHECK(net->start(1).failure().code == errc::conflict);
  CHECK(net->partition({{1}, {1}}).failure().code == errc::syntax);
  CHECK(net->link(1, 1, {}).failure().code == errc::syntax);
  CHECK(net->link(1, 2, {{}, 2.0}).failure().code == errc::out_of_range);
}
