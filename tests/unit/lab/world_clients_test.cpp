#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/world_probe.hpp"

using namespace comet;
using namespace comet::lab;
using namespace comet::lab::test;
using object::reply;

TEST_CASE("a passive and an active value on one node") {
  const auto net = nodes(1);
  const auto who = at(*net, 1);
  CHECK(ask(*net, who, {"SET", "plain", "hello"}).text == "OK");
  CHECK(ask(*net, who, {"GET", "plain"}).text == "hello");
  CHECK(ask(*net, who, {"INCR", "number"}).integer == 1);
  CHECK(ask(*net, who, {"ASO.PUT", "clock", counter}).text == "OK");
  CHECK(ask(*net, who, {"ASO.GET", "clock"}).integer == 0);
  CHECK(ask(*net, who, {"DEL", "plain", "clock"}).integer == 2);
  CHECK(ask(*net, who, {"GET", "plain"}).what == reply::kind::null);
  CHECK(ask(*net, who, {"NOSUCH"}).failed());
}

TEST_CASE("a caller's address and user reach the handler, on whatever node it runs") {
  const auto net = nodes(3);
  client_options options;
  options.node = 2;
  options.user = "alice";
  options.ip = "10.0.0.9";
  options.port = 4'000;
  const auto alice = net->connect(options);
  REQUIRE(alice.ok());
  for (const bytes key : {"a", "b", "c", "d"}) {
    REQUIRE(ask(*net, *alice, {"ASO.PUT", key, R"lua(
      local aso = {}
      function aso:onGet(caller) return caller.user .. "@" .. caller.ip .. ":" .. caller.port end
      return aso)lua"})
                .text == "OK");
    CHECK(ask(*net, *alice, {"ASO.GET", key}).text == "alice@10.0.0.9:4000");
  }
}

TEST_CASE("an object is its owner's, and an administrator's") {
  const auto net = nodes(1);
  const auto alice = at(*net, 1, "alice");
  const auto bob = at(*net, 1, "bob");
  const auto admin = at(*net, 1, "admin");
  REQUIRE(ask(*net, alice, {"ASO.PUT", "hers", "return { value = 1 }"}).text == "OK");
  CHECK(ask(*net, bob, {"ASO.STATE", "hers"}).failed());
  CHECK_FALSE(ask(*net, alice, {"ASO.STATE", "hers"}).failed());
  CHECK_FALSE(ask(*net, admin, {"ASO.STATE", "hers"}).failed());
}

TEST_CASE("a subscription hears what is published at another node, by clients and by handlers") {
  const auto net = nodes(3);
  const auto listener = at(*net, 1);
  const auto speaker = at(*net, 3);
  const auto confirmed = ask(*net, listener, {"SUBSCRIBE", "news", "weather"});
  REQUIRE(confirmed.items.size() == 2);
  REQUIRE_FALSE(ask(*net, listener, {"PSUBSCRIBE", "n*"}).failed());
  REQUIRE(net->settle().ok());
  REQUIRE(net->advance(std::chrono::milliseconds{100}).ok());
  REQUIRE_FALSE(ask(*net, speaker, {"PUBLISH", "news", "rain"}).failed());
  REQUIRE(ask(*net, speaker, {"ASO.PUT", "paper", R"lua(
    local aso = {}
    function aso:onGet() comet.publish("weather", "sun") return 1 end
    return aso)lua"})
              .text == "OK");
  REQUIRE(ask(*net, speaker, {"ASO.GET", "paper"}).integer == 1);
  REQUIRE(net->advance(std::chrono::milliseconds{100}).ok());
  const auto heard = net->messages(listener);
  REQUIRE(heard.ok());
  REQUIRE(heard->size() == 3);
  CHECK(heard->at(0) == heard_message{"news", "rain", {}});
  CHECK(heard->at(1) == heard_message{"news", "rain", "n*"});
  CHECK(heard->at(2) == heard_message{"weather", "sun", {}});
  CHECK(net->messages(listener)->empty());
  REQUIRE_FALSE(ask(*net, listener, {"UNSUBSCRIBE"}).failed());
}

TEST_CASE("a lookup names the nodes nearest to a key") {
  world_options options;
  options.nodes = 3;
  options.limits.handlers_reach = object::reach::any;
  const auto net = made(options);
  const auto who = at(*net, 1);
  REQUIRE(ask(*net, who, {"ASO.PUT", "asker", R"lua(
    local aso = {}
    function aso:onGet() return #dht.lookup("anything") end
    return aso)lua"})
              .text == "OK");
  CHECK(ask(*net, who, {"ASO.GET", "asker"}).integer >= 2);
}

TEST_CASE("a client whose node died is told so, and connects again when it is back") {
  const auto net = nodes(3);
  const auto who = at(*net, 2);
  REQUIRE(net->pause(2).ok());
  const auto asked = net->send(who, {"PING"});
  REQUIRE(asked.ok());
  REQUIRE(net->kill(2).ok());
  const auto* answer = *net->answer(*asked);
  REQUIRE(answer != nullptr);
  CHECK(answer->text.find("the connection to node 2 ended") != bytes::npos);
  CHECK(ask(*net, who, {"PING"}).failed());
  REQUIRE(net->start(2).ok());
  CHECK(ask(*net, who, {"PING"}).text == "PONG");
}

TEST_CASE("names and addresses that cannot be are refused") {
  const auto net = nodes(1);
  client_options options;
  options.ip = "nowhere";
  CHECK(net->connect(options).failure().code == errc::out_of_range);
  options = {};
  options.user = "two words";
  CHECK(net->connect(options).failure().code == errc::out_of_range);
  options = {};
  options.node = 2;
  CHECK(net->connect(options).failure().code == errc::not_found);
  CHECK(net->messages(9).failure().code == errc::not_found);
  CHECK(net->answer(9).failure().code == errc::not_found);
}
