#include "lab/policy_limits.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::lab {
namespace {

TEST_CASE("limits have the names of the configuration, with either dash, and two short ones") {
  object::policy limits;
  REQUIRE(set_limit(limits, "fuel", 1'000).ok());
  CHECK(limits.fuel_per_turn == 1'000);
  REQUIRE(set_limit(limits, "fuel_per_turn", 2'000).ok());
  CHECK(limits.fuel_per_turn == 2'000);
  REQUIRE(set_limit(limits, "memory", 50'000).ok());
  CHECK(limits.memory_per_object == 50'000);
  REQUIRE(set_limit(limits, "turn-time-max", 250).ok());
  CHECK(limits.turn_time_max == std::chrono::milliseconds{250});
  REQUIRE(set_limit(limits, "breaches-until-quarantine", 2).ok());
  CHECK(limits.breaches_until_quarantine == 2);
}

TEST_CASE("a limit that there is not is refused with those that there are") {
  object::policy limits;
  const auto refused = set_limit(limits, "fule", 1'000);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure().message.starts_with("there is no limit 'fule'; there are breaches-"));
  CHECK(refused.failure().message.find("fuel-per-turn") != bytes::npos);
}

TEST_CASE("a limit out of its range is refused and changes nothing") {
  object::policy limits;
  CHECK(set_limit(limits, "fuel", 0).failure().code == errc::out_of_range);
  CHECK(set_limit(limits, "mailbox_max", std::int64_t{1} << 40).failure().code ==
        errc::out_of_range);
  CHECK(limits.fuel_per_turn == object::policy{}.fuel_per_turn);
  CHECK(limits.mailbox_max == object::policy{}.mailbox_max);
}

}  // namespace
}  // namespace comet::lab
