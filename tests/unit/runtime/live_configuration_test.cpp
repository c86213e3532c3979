#include "runtime/live_configuration.hpp"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "runtime/log.hpp"
#include "scratch_node.hpp"

namespace comet::runtime {
namespace {

using changes = std::vector<std::pair<bytes_view, bytes_view>>;

TEST_CASE("a change gives the actors what is in force") {
  log::set_levels(log_level::off);
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
  log::set_levels(log_level::info);
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
  CHECK(tunables_of(s, nullptr).sessions.parser.bulk_bytes_max == 2'000);
  s.limits.value_bytes_max = 3'000;
  CHECK(tunables_of(s, nullptr).sessions.parser.bulk_bytes_max == 3'000);
}

TEST_CASE("an idle limit under a second does not become none") {
  settings s = configuration{}.values();
  CHECK(tunables_of(s, nullptr).client_idle_max == std::chrono::seconds{0});
  s.client_idle_max = std::chrono::milliseconds{10};
  CHECK(tunables_of(s, nullptr).client_idle_max == std::chrono::seconds{1});
}

TEST_CASE("output is held back before it is cut off") {
  settings s = configuration{}.values();
  CHECK(tunables_of(s, nullptr).sessions.output_bytes_soft <
        tunables_of(s, nullptr).sessions.output_bytes_hard);
  s.client_output_bytes_max = 1'000;
  CHECK(tunables_of(s, nullptr).sessions.output_bytes_soft == 1'000);
  CHECK(tunables_of(s, nullptr).sessions.output_bytes_hard == 1'000);
}

TEST_CASE("the port that was free is what CONFIG GET shows") {
  live_configuration live{configuration{}};
  live.listens_on({"127.0.0.1", 4'321});
  CHECK(live.get("port").front().second == "4321");
  CHECK(live.get("resp").front().second == "127.0.0.1:4321");
}

}  // namespace
TEST_CASE("users are read at start and again when asked, and become rights of the policy") {
  test::scratch_directory directory;
  const bytes path = directory.data();
  const auto write = [&](const bytes& text) {
    std::ofstream{path} << text;
    REQUIRE(chmod(path.c_str(), 0600) == 0);
  };
  configuration told;
  REQUIRE(told.apply({"users-file", path, "test"}).ok());
  live_configuration live{std::move(told)};
  CHECK_FALSE(live.load_users());
  write("user a on nopass ~x weight=7");
  REQUIRE(live.load_users());
  CHECK(live.tunables().users->find("a"));
  CHECK(live.tunables().limits.users->find("a")->weight == 7);
  write("user b on nopass");
  const auto again = live.reload_users();
  REQUIRE(again);
  CHECK(again->users->find("b"));
  write("user b what");
  CHECK_FALSE(live.reload_users());
  CHECK(live.tunables().users->find("b"));  // what held goes on
}

TEST_CASE("without a users file there is none to read again") {
  live_configuration live{configuration{}};
  CHECK(live.load_users());
  CHECK(live.tunables().users == nullptr);
  CHECK(live.tunables().limits.users == nullptr);
  CHECK(live.reload_users().failure().message ==
        "this node has no users file; start it with --users-file FILE");
}

}  // namespace comet::runtime
