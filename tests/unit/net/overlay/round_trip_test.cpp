#include "net/overlay/round_trip.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::overlay {

using namespace std::chrono_literals;

TEST_CASE("before anything was measured the timeout is a second") {
  const round_trip trip;
  CHECK_FALSE(trip.known());
  CHECK(trip.smoothed() == 0ns);
  CHECK(trip.timeout() == 1s);
}

TEST_CASE("the first measurement counts three times, as in RFC 6298") {
  round_trip trip;
  trip.measured(100ms);
  CHECK(trip.known());
  CHECK(trip.smoothed() == 100ms);
  CHECK(trip.timeout() == 300ms);
}

TEST_CASE("later ones are smoothed by an eighth and their variation by a fourth") {
  round_trip trip;
  trip.measured(100ms);
  trip.measured(180ms);  // variation 50 + (80 - 50) / 4 = 57.5, smoothed 110
  CHECK(trip.smoothed() == 110ms);
  CHECK(trip.timeout() == 340ms);
}

TEST_CASE("a contact that hardly varies has half of its round trip as margin") {
  round_trip trip;
  for (int i = 0; i < 100; ++i)
    trip.measured(100ms);
  CHECK(trip.timeout() == 150ms);
}

TEST_CASE("the timeout stays within its bounds whatever is measured") {
  round_trip near;
  for (int i = 0; i < 100; ++i)
    near.measured(10us);
  CHECK(near.timeout() == round_trip::timeout_min);
  round_trip absurd;
  for (const auto took : {-5s, 0s, 100'000s, 100'000s}) {
    absurd.measured(took);
    CHECK(absurd.known());
    CHECK(absurd.timeout() >= round_trip::timeout_min);
    CHECK(absurd.timeout() <= round_trip::timeout_max);
  }
}

}  // namespace comet::overlay
