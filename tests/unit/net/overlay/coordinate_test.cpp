#include "net/overlay/coordinate.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace comet::overlay {

using namespace std::chrono_literals;

TEST_CASE("the predicted round trip is the distance on the plane and both heights") {
  const coordinate a{3, 0, 1, 0.1F};
  const coordinate b{0, 4, 2, 0.1F};
  CHECK(predicted_round_trip(a, b) == 8ms);
  CHECK(predicted_round_trip(b, a) == 8ms);
}

TEST_CASE("a sample moves a node towards where the sample fits, and half as far as it doubts") {
  prng random{1};
  const coordinate own{10, 0, 1, 0.5F};
  const coordinate other{0, 0, 1, 0.5F};
  const auto farther = moved(own, other, 24ms, random);  // predicted 12, weight 0.5
  CHECK(farther.x > own.x);
  CHECK(farther.y == 0);
  const auto step = predicted_round_trip(farther, other) - predicted_round_trip(own, other);
  CHECK(std::abs((step - 3'000us).count()) < 10'000);  // 12 ms * 0.5 * 0.5
  CHECK(moved(own, other, 6ms, random).x < own.x);
}

TEST_CASE("nodes at one place part in some direction") {
  prng random{2};
  const coordinate origin;
  const auto next = moved(origin, origin, 50ms, random);
  CHECK(std::hypot(next.x, next.y) > 1);
}

TEST_CASE("coordinates of many nodes come to predict their round trips") {
  prng random{3};
  struct place {
    float x, y, height;
  };
  std::vector<place> places(60);
  for (auto& p : places)
    p = {static_cast<float>(random.unit() * 100), static_cast<float>(random.unit() * 100),
         static_cast<float>(random.unit() * 5)};
  const auto true_ms = [&places](std::size_t a, std::size_t b) {
    return std::hypot(places[a].x - places[b].x, places[a].y - places[b].y) + places[a].height +
           places[b].height;
  };
  std::vector<coordinate> at(places.size());
  for (int round = 0; round < 20'000; ++round) {
    const auto a = random.below(places.size());
    const auto b = random.below(places.size());
    if (a == b) continue;
    const auto took = std::chrono::nanoseconds{static_cast<std::int64_t>(true_ms(a, b) * 1e6)};
    at[a] = moved(at[a], at[b], took, random);
  }
  std::vector<double> errors;
  for (std::size_t a = 0; a < places.size(); ++a) {
    for (std::size_t b = a + 1; b < places.size(); ++b) {
      const auto predicted = static_cast<double>(predicted_round_trip(at[a], at[b]).count()) / 1e6;
      errors.push_back(std::abs(predicted - true_ms(a, b)) / true_ms(a, b));
    }
  }
  std::sort(errors.begin(), errors.end());
  CHECK(errors[errors.size() / 2] < 0.1);
}

TEST_CASE("absurd samples leave a node where it is") {
  prng random{4};
  const coordinate own{10, 20, 3, 0.4F};
  const coordinate other{1, 2, 3, 0.4F};
  constexpr auto infinite = std::numeric_limits<float>::infinity();
  constexpr auto no_number = std::numeric_limits<float>::quiet_NaN();
  for (const auto took : {-1ms, 0ms, 10'001ms, 1'000'000'000ms})
    CHECK(moved(own, other, took, random) == own);
  for (const coordinate& bad :
       {coordinate{infinite, 0, 1, 1}, coordinate{0, no_number, 1, 1}, coordinate{0, 0, -1, 1},
        coordinate{0, 0, no_number, 1}, coordinate{0, 0, 1, -1}, coordinate{0, 0, 1, 2},
        coordinate{20'000, 0, 1, 1}, coordinate{0, 0, 20'000, 1}}) {
    CHECK_FALSE(is_plausible(bad));
    CHECK(moved(own, bad, 50ms, random) == own);
  }
}

TEST_CASE("whatever others claim, a node stays plausible and no sample moves it far") {
  prng random{5};
  coordinate own;
  const auto any = [&random](double bound) { return static_cast<float>(random.unit() * bound); };
  for (int i = 0; i < 10'000; ++i) {
    const coordinate other{any(20'000) - 10'000, any(20'000) - 10'000, any(10'000), any(1)};
    const auto next =
        moved(own, other, std::chrono::nanoseconds{1 + random.below(10'000'000'000)}, random);
    REQUIRE(is_plausible(next));
    REQUIRE(std::hypot(next.x - own.x, next.y - own.y) <= 101);
    own = next;
  }
}

}  // namespace comet::overlay
