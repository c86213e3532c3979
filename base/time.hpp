#pragma once
// Time as a parameter: two kinds that cannot be mixed, and no way to read a clock.
//
// Rooms that decide take `wall_time` (what people and records mean: expiry, timers, logs) or
// `mono_time` (what intervals mean: deadlines, budgets). Only actors/ and runtime/ read clocks, so
// the same code runs in production and in simulated time.

#include <chrono>
#include <cstdint>

namespace comet {

/// Milliseconds since the Unix epoch, UTC, as Redis counts expiry.
struct wall_clock {
  using duration = std::chrono::milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<wall_clock, duration>;
  static constexpr bool is_steady = false;
};

/// Nanoseconds since an arbitrary start that never go back.
struct mono_clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<mono_clock, duration>;
  static constexpr bool is_steady = true;
};

using wall_time = wall_clock::time_point;
using mono_time = mono_clock::time_point;

/// One reading of both clocks, taken once a poll round and handed down.
struct instant {
  wall_time wall{};
  mono_time mono{};
};

constexpr std::int64_t to_unix_ms(wall_time t) {
  return t.time_since_epoch().count();
}
constexpr wall_time from_unix_ms(std::int64_t ms) {
  return wall_time{std::chrono::milliseconds{ms}};
}

}  // namespace comet
