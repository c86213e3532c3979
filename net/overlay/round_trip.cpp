#include "net/overlay/round_trip.hpp"

#include <algorithm>
#include <cmath>

namespace comet::overlay {
namespace {

using microseconds = std::chrono::duration<float, std::micro>;
constexpr float gain_smoothed = 1.0F / 8;   // alpha of RFC 6298
constexpr float gain_variation = 1.0F / 4;  // beta

std::chrono::nanoseconds from_us(float us) {
  return std::chrono::nanoseconds{std::llround(us * 1'000.0F)};
}

}  // namespace

void round_trip::measured(std::chrono::nanoseconds took) {
  const float us = std::clamp(microseconds{took}.count(), 1.0F, microseconds{timeout_max}.count());
  if (!known()) {
    smoothed_us_ = us;
    variation_us_ = us / 2;
    return;
  }
  variation_us_ += gain_variation * (std::abs(smoothed_us_ - us) - variation_us_);
  smoothed_us_ += gain_smoothed * (us - smoothed_us_);
}

std::chrono::nanoseconds round_trip::smoothed() const {
  return from_us(smoothed_us_);
}

std::chrono::nanoseconds round_trip::timeout() const {
  if (!known()) return timeout_unmeasured;
  const float margin = std::max(4 * variation_us_, smoothed_us_ / 2);
  return std::clamp<std::chrono::nanoseconds>(from_us(smoothed_us_ + margin), timeout_min,
                                              timeout_max);
}

}  // namespace comet::overlay
