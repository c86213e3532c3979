#include "net/overlay/coordinate.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace comet::overlay {
namespace {

using milliseconds = std::chrono::duration<float, std::milli>;

constexpr float gain_error = 0.25F;  // c_e
/// c_c; twice that of the paper, since a node samples few others, and rarely.
constexpr float gain_position = 0.5F;
constexpr float reach_ms = 10'000;
constexpr float round_trip_ms_max = 10'000;
constexpr float height_ms_min = 0.1F;
constexpr float error_min = 0.02F;
constexpr float step_ms_max = 100;

float apart(const coordinate& a, const coordinate& b) {
  return std::hypot(a.x - b.x, a.y - b.y) + a.height + b.height;
}

}  // namespace

bool is_plausible(const coordinate& c) {
  return std::isfinite(c.x) && std::isfinite(c.y) && std::abs(c.x) <= reach_ms &&
         std::abs(c.y) <= reach_ms && c.height >= 0 && c.height <= reach_ms && c.error >= 0 &&
         c.error <= 1;
}

std::chrono::nanoseconds predicted_round_trip(const coordinate& a, const coordinate& b) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(milliseconds{apart(a, b)});
}

coordinate moved(const coordinate& own, const coordinate& other, std::chrono::nanoseconds took,
                 prng& random) {
  const float ms = milliseconds{took}.count();
  if (!is_plausible(other) || !(ms > 0) || ms > round_trip_ms_max) return own;
  const float doubt = own.error + std::max(other.error, error_min);
  const float weight = own.error / doubt;
  const float predicted = apart(own, other);

  coordinate next = own;
  const float sample_error = std::min(std::abs(predicted - ms) / ms, 1.0F);
  next.error = std::clamp(
      sample_error * gain_error * weight + own.error * (1 - gain_error * weight), error_min, 1.0F);

  // The unit vector of a height vector has a height too: its parts add up to one.
  const float step =
      std::clamp(gain_position * weight * (ms - predicted), -step_ms_max, step_ms_max);
  float dx = own.x - other.x;
  float dy = own.y - other.y;
  const float plane = std::hypot(dx, dy);
  if (plane < 1e-3F) {
    const auto angle = static_cast<float>(random.unit() * 2 * std::numbers::pi);
    dx = std::cos(angle);
    dy = std::sin(angle);
    next.x += step * dx;
    next.y += step * dy;
  } else {
    next.x += step * dx / predicted;
    next.y += step * dy / predicted;
    next.height += step * (own.height + other.height) / predicted;
  }
  next.x = std::clamp(next.x, -reach_ms, reach_ms);
  next.y = std::clamp(next.y, -reach_ms, reach_ms);
  next.height = std::clamp(next.height, height_ms_min, reach_ms);
  return next;
}

}  // namespace comet::overlay
