#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/world_probe.hpp"

using namespace comet;
using namespace comet::lab;
using namespace comet::lab::test;
using object::reply;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("a world begins at its epoch, with all nodes up") {
  const auto net = nodes(3);
  CHECK(net->now() == epoch);
  CHECK(net->nodes() == 3);
  for (node_number number = 1; number <= 3; ++number)
    CHECK(net->look(number)->up);
}

TEST_CASE("a world without nodes, or with a limit that is none, is refused") {
  world_options none;
  none.nodes = 0;
  CHECK(world::make(none).failure().code == errc::out_of_range);
  world_options over;
  over.limit = std::chrono::milliseconds{0};
  CHECK(world::make(over).failure().code == errc::out_of_range);
}

TEST_CASE("a day passes in virtual time, and a timer fires each minute of it") {
  const auto net = nodes(1);
  const auto who = at(*net, 1);
  REQUIRE(ask(*net, who, {"ASO.PUT", "clock", counter}).text == "OK");
  REQUIRE(net->advance(hours{24}).ok());
  CHECK(net->now() - epoch >= hours{24});
  CHECK(net->now() - epoch < hours{24} + seconds{1});
  CHECK(ask(*net, who, {"ASO.GET", "clock"}).integer == 24 * 60);
}

TEST_CASE("an idle hour of five nodes costs few events") {
  const auto net = nodes(5);
  const auto who = at(*net, 1);
  REQUIRE(ask(*net, who, {"SET", "key", "value"}).text == "OK");
  const auto before = net->events();
  REQUIRE(net->advance(hours{1}).ok());
  CHECK(net->events() - before < 1'000);
  CHECK(net->now() - epoch >= hours{1});
  CHECK(ask(*net, who, {"GET", "key"}).text == "value");
}

TEST_CASE("an hour with a timer a minute costs some events for each") {
  const auto net = nodes(3);
  const auto who = at(*net, 2);
  REQUIRE(ask(*net, who, {"ASO.PUT", "clock", counter}).text == "OK");
  REQUIRE(net->advance(minutes{1}).ok());
  const auto before = net->events();
  REQUIRE(net->advance(hours{1}).ok());
  CHECK(net->events() - before < 60 * 50);
  CHECK(ask(*net, who, {"ASO.GET", "clock"}).integer == 61);
  const auto later = net->events();
  REQUIRE(net->advance(hours{1}).ok());
  CHECK(net->events() - later < 60 * 50);  // and no more than before
}

TEST_CASE("what never answers ends at the limit of virtual time, and so does all after it") {
  world_options options;
  options.limit = hours{24 * 3};
  const auto net = made(options);
  const auto who = at(*net, 1);
  REQUIRE(net->pause(1).ok());
  const auto answer = ask(*net, who, {"GET", "key"});
  REQUIRE(answer.failed());
  CHECK(answer.text.find("the limit of virtual time, 3 days, was reached") != bytes::npos);
  CHECK(net->now() == epoch + options.limit);
  CHECK(net->advance(seconds{1}).failure().code == errc::unavailable);
  CHECK(ask(*net, who, {"PING"}).failed());
}

TEST_CASE("time passes by exactly what was asked for, and never back") {
  const auto net = nodes(2);
  REQUIRE(net->advance(std::chrono::milliseconds{1'234}).ok());
  CHECK(net->now() == epoch + std::chrono::milliseconds{1'234});
  CHECK(net->advance(seconds{-1}).failure().code == errc::out_of_range);
}

TEST_CASE("a message limit of a minute is over after a minute") {
  world_options options;
  options.limits.messages_per_minute = 2;
  options.limits.handlers_reach = object::reach::any;
  const auto net = made(options);
  const auto who = at(*net, 1);
  REQUIRE(ask(*net, who, {"SET", "other", "1"}).text == "OK");
  REQUIRE(ask(*net, who, {"ASO.PUT", "sender", R"lua(
    local aso = {}
    function aso:onGet()
      local value, why = dht.get("other")
      return value and "sent" or "refused"
    end
    return aso)lua"})
              .text == "OK");
  const auto send = [&] { return ask(*net, who, {"ASO.GET", "sender"}).text; };
  CHECK(send() == "sent");
  CHECK(send() == "sent");
  CHECK(send() != "sent");
  REQUIRE(net->advance(minutes{2}).ok());
  CHECK(send() == "sent");
}

TEST_CASE("one seed repeats a run exactly") {
  const auto run = [](std::uint64_t seed) {
    const auto net = nodes(3, seed);
    const auto a = at(*net, 1);
    const auto b = at(*net, 3);
    REQUIRE(ask(*net, a, {"ASO.PUT", "clock", counter}).text == "OK");
    REQUIRE(net->link(1, 2, {std::chrono::milliseconds{20}, 0.2}).ok());
    for (int i = 0; i < 10; ++i)
      REQUIRE(!ask(*net, b, {"ASO.GET", "clock"}).failed());
    REQUIRE(net->kill(2).ok());
    REQUIRE(!ask(*net, a, {"ASO.GET", "clock"}).failed());
    REQUIRE(net->advance(minutes{1}).ok());
    return std::pair{net->notes().trace(), net->events()};
  };
  const auto first = run(7);
  CHECK(run(7) == first);
  CHECK(run(8) != first);
}
