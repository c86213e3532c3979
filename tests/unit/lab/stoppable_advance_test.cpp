#include "lab/stoppable_advance.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::lab::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("time passes exactly as far as it is asked for, however many steps that takes") {
  const auto network = *world::make({});
  const std::atomic<bool> stop = false;
  REQUIRE(advance(*network, 10 * 24h + 1ms, stop));
  CHECK(network->now() == epoch + 10 * 24h + 1ms);
  REQUIRE(advance(*network, 0ms, stop));
  CHECK(network->now() == epoch + 10 * 24h + 1ms);
}

TEST_CASE("it ends where it is stopped, and says how far it came") {
  const auto network = *world::make({});
  const std::atomic<bool> stop = true;
  const auto done = advance(*network, 1h, stop);
  REQUIRE_FALSE(done.ok());
  CHECK(done.failure().message == "stopped after 0s of 1h");
  CHECK(network->now() == epoch);
}

TEST_CASE("many timers ring once each, as without steps") {
  const auto client_of = [](world& network) {
    const auto who = network.connect({});
    REQUIRE(who);
    REQUIRE_FALSE(network
                      .ask(*who, {"ASO.PUT", "k",
                                  "local aso = { n = 0 }\n"
                                  "function aso:onPut() dht.setTimer('t', {every = 60}) "
                                  "return self end\n"
                                  "function aso:onTimer() self.n = self.n + 1 end\n"
                                  "return aso"})
                      .failed());
  };
  const auto in_steps = *world::make({});
  const auto at_once = *world::make({});
  const std::atomic<bool> stop = false;
  client_of(*in_steps);
  client_of(*at_once);
  REQUIRE(advance(*in_steps, 5h, stop));
  REQUIRE(at_once->advance(5h));
  CHECK(in_steps->turns("k").size() == 301);  // the put, and one a minute
  CHECK(in_steps->turns("k").size() == at_once->turns("k").size());
}

TEST_CASE("what a world refuses is refused") {
  world_options brief;
  brief.limit = 1h;
  const auto network = *world::make(brief);
  const std::atomic<bool> stop = false;
  CHECK_FALSE(advance(*network, -1ms, stop).ok());
  CHECK_FALSE(advance(*network, 2h, stop).ok());
}

}  // namespace
}  // namespace comet::lab::test
