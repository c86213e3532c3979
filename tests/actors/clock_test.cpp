#include "actors/clock.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;

TEST_CASE("the monotonic clock never goes back") {
  const auto first = actors::read_mono_clock();
  const auto second = actors::read_mono_clock();
  CHECK(first <= second);
}

TEST_CASE("the wall clock counts milliseconds of this century") {
  const auto now = actors::read_clocks();
  CHECK(to_unix_ms(now.wall) > 1'577'836'800'000);  // 2020
  CHECK(to_unix_ms(now.wall) < 4'102'444'800'000);  // 2100
}
