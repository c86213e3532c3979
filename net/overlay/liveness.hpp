#pragma once
// Whether a contact is there: alive, suspected after a failure, dead after several in a row.
//
// A request that fails makes it suspected; the next is due after a back-off that doubles. Only an
// answer of its own makes it alive again: what it sends proves that it hears nobody. Each entry of
// a bucket has one.

#include <chrono>
#include <cstdint>

#include "base/time.hpp"
#include "net/overlay/round_trip.hpp"

namespace comet::overlay {

enum class life : std::uint8_t { alive, suspected, dead };

class liveness {
 public:
  static constexpr unsigned failures_until_dead = 3;
  /// Requests of its own put a ping off to at most this many intervals after its last answer.
  static constexpr int intervals_put_off_max = 4;

  explicit liveness(mono_time now) : answered_(now), spoke_(now) {}

  void answered(mono_time now, std::chrono::nanoseconds took);
  /// A request of it came in.
  void spoke(mono_time now) {
    if (failures_ == 0) spoke_ = now;
  }
  void failed(mono_time now);
  /// A ping is under way to it: none is due until its timeout.
  void pinged(mono_time now) { pinged_ = now; }

  [[nodiscard]] life state() const;
  [[nodiscard]] unsigned failures() const { return failures_; }
  [[nodiscard]] mono_time last_answer() const { return answered_; }
  [[nodiscard]] const round_trip& measured() const { return trip_; }

  /// How long to wait for it; doubled by each failure in a row.
  [[nodiscard]] std::chrono::nanoseconds timeout() const;
  /// Alive: nothing came from it for `interval`. Suspected: its back-off is over.
  [[nodiscard]] bool ping_due(mono_time now, std::chrono::nanoseconds interval) const;

 private:
  mono_time answered_;
  mono_time spoke_;  ///< when anything last came from it; while suspected, when it last failed
  mono_time pinged_{};
  round_trip trip_;
  std::uint8_t failures_ = 0;
};

}  // namespace comet::overlay
