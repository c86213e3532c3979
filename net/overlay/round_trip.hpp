#pragma once
// How long to wait for an answer: measured round trips as in RFC 6298, with bounds.
//
// Fixed timeouts are what makes lookups slow when nodes come and go (Rhea et al., "Handling churn
// in a DHT", 2004). Eight bytes, because every contact has one. Used by liveness and overlay_node.

#include <chrono>

namespace comet::overlay {

class round_trip {
 public:
  static constexpr std::chrono::milliseconds timeout_min{50};
  static constexpr std::chrono::milliseconds timeout_max{5'000};
  /// Before anything was measured.
  static constexpr std::chrono::milliseconds timeout_unmeasured{1'000};

  /// One answered request. Not above zero or over `timeout_max` counts as the bound.
  void measured(std::chrono::nanoseconds took);

  [[nodiscard]] bool known() const { return smoothed_us_ > 0; }
  /// Zero before anything was measured.
  [[nodiscard]] std::chrono::nanoseconds smoothed() const;
  /// Smoothed round trip plus four times its variation, or plus its half where it hardly varied:
  /// the queue that comes first must not look like a death. Within the bounds.
  [[nodiscard]] std::chrono::nanoseconds timeout() const;

 private:
  float smoothed_us_ = 0;
  float variation_us_ = 0;
};

}  // namespace comet::overlay
