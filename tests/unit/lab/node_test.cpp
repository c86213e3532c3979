#include "lab/node.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/world_probe.hpp"

using namespace comet;
using namespace comet::lab;
using namespace comet::lab::test;

TEST_CASE("a turn that waits ends at its time, in virtual time") {
  world_options options;
  options.nodes = 3;
  options.limits.handlers_reach = object::reach::any;
  options.limits.turn_time_max = std::chrono::milliseconds{2'000};
  const auto net = made(options);
  const auto who = at(*net, 1);
  const bytes source = R"lua(
    local aso = {}
    function aso:get(key)
      local value, why = dht.get(key)
      return value or why
    end
    return aso)lua";
  REQUIRE(ask(*net, who, {"ASO.PUT", "asker", source}).text == "OK");
  const auto asker = (*net->inspect("asker"))->leader;
  bytes other;
  for (int i = 0; other.empty() || (*net->inspect(other))->leader == asker; ++i) {
    other = "other" + std::to_string(i);
    REQUIRE(ask(*net, who, {"SET", other, "1"}).text == "OK");
  }
  CHECK(ask(*net, who, {"ASO.CALL", "asker", "get", other}).text == "1");
  const auto silent = (*net->inspect(other))->leader;
  const auto client = at(*net, asker);
  REQUIRE(net->pause(silent).ok());
  const auto began = net->now();
  const auto answer = ask(*net, client, {"ASO.CALL", "asker", "get", other});
  CHECK(net->now() - began >= std::chrono::milliseconds{500});
  CHECK(net->now() - began <= std::chrono::milliseconds{2'500});
  CHECK_FALSE(answer.text.empty());  // the value, or why there is none
}

TEST_CASE("a key that expires is gone when its time has come, without a tick for each moment") {
  const auto net = nodes(1);
  const auto who = at(*net, 1);
  REQUIRE(ask(*net, who, {"SET", "key", "value", "EX", "3600"}).text == "OK");
  const auto before = net->events();
  REQUIRE(net->advance(std::chrono::minutes{59}).ok());
  CHECK(ask(*net, who, {"EXISTS", "key"}).integer == 1);
  REQUIRE(net->advance(std::chrono::minutes{2}).ok());
  CHECK(ask(*net, who, {"EXISTS", "key"}).integer == 0);
  CHECK(net->events() - before < 200);
}
