#include "actors/clock.hpp"

#include <time.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>

using namespace comet;

TEST_CASE("the monotonic clock never goes back") {
  const auto first = actors::read_mono_clock();
  const auto second = actors::read_mono_clock();
  CHECK(first <= second);
}

TEST_CASE("the monotonic clock counts the time in which the machine was suspended") {
  const auto boot_time = [] {
    timespec now{};
    REQUIRE(::clock_gettime(CLOCK_BOOTTIME, &now) == 0);
    return mono_time{std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec}};
  };
  const auto before = boot_time();
  const auto read = actors::read_mono_clock();
  CHECK(before <= read);
  CHECK(read <= boot_time());
}

TEST_CASE("the wall clock counts milliseconds of this century") {
  const auto now = actors::read_clocks();
  CHECK(to_unix_ms(now.wall) > 1'577'836'800'000);  // 2020
  CHECK(to_unix_ms(now.wall) < 4'102'444'800'000);  // 2100
}
