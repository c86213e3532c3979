#include "runtime/live_configuration.hpp"

#include <catch2/catch_test_macros.hpp>

#include "runtime/log.hpp"

namespace comet::runtime {
namespace {

using changes = std::vector<std::pair<bytes_view, bytes_view>>;

TEST_CASE("a change gives the actors what is in force") {
  log::set_level(log_level::off);
  live_configuration live{configuration{}};
  const auto tuned = live.set(changes{{"log-level", "off"},
                                      {"fuel-per-turn", "7000"},
                                      {"maxclients", "5"},
                                      {"client-idle-max", "90s"}});
  REQUIRE(tuned.ok());
  CHECK(tuned->limits.fuel_per_turn == 7'000);
  CHECK(tuned->clients_max == 5);
  CHECK(tuned->client_idle_max == std::chrono::seconds{90});
  CHECK(live.get("maxclients").front().second == "5");
  CHECK(live.values().maxclients == 5);
  log::set_level(log_level::info);
}

TEST_CASE("a refused change leaves everything as it was") {
  live_configuration live{configuration{}};
  const auto tuned = live.set(changes{{"maxclients", "5"}, {"resp", "127.0.0.1:1"}});
  REQUIRE_FALSE(tuned.ok());
  CHECK(tuned.failure().code == errc::config);
  CHECK(live.values().maxclients == 10'000);
}

TEST_CASE("an argument may be as long as the longest value or source") {
  settings s = configuration{}.values();
  s.limits.value_bytes_max = 1'000;
  s.limits.source_bytes_max = 2'000;
  CHECK(tunables_of(s).sessions.parser.bulk_bytes_max == 2'000);
  s.limits.value_bytes_max = 3'000;
  CHECK(tunables_of(s).sessions.parser.bulk_bytes_max == 3'000);
}

TEST_CASE("an idle limit under a second does not become none") {
  settings s = configuration{}.values();
  CHECK(tunables_of(s).client_idle_max == std::chrono::seconds{0});
  s.client_idle_max = std::chrono::milliseconds{10};
  CHECK(tunables_of(s).client_idle_max == std::chrono::seconds{1});
}

TEST_CASE("output is held back before it is cut off") {
  settings s = configuration{}.values();
  CHECK(tunables_of(s).sessions.output_bytes_soft < tunables_of(s).sessions.output_bytes_hard);
  s.client_output_bytes_max = 1'000;
  CHECK(tunables_of(s).sessions.output_bytes_soft == 1'000);
  CHECK(tunables_of(s).sessions.output_bytes_hard == 1'000);
}

TEST_CASE("the port that was free is what CONFIG GET shows") {
  live_configuration live{configuration{}};
  live.listens_on({"127.0.0.1", 4'321});
  CHECK(live.get("port").front().second == "4321");
  CHECK(live.get("resp").front().second == "127.0.0.1:4321");
}

}  // namespace
}  // namespace comet::runtime
