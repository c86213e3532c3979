#pragma once
// A durable timer of an active object: what was asked for, and when it is due next.
//
// Timers are part of the record, so they survive restart and passivation; the shard keeps the near
// ones on a wheel. `fire` decides, after a fire or a downtime, how often to run and when next, and
// `tried_again` what becomes of a fire whose handler failed when no other comes after it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace comet::object {

enum class timer_kind : std::uint8_t { after, every, cron };

/// What becomes of fires that were missed while the node was down or the object was busy.
enum class missed_policy : std::uint8_t {
  once,  ///< one run makes up for all of them (default)
  skip,  ///< none; wait for the next regular time
  each,  ///< one run for each, in order, at most `missed_runs_max`
};

inline constexpr int missed_runs_max = 1'000;
/// Times that a fire with no other after it is tried again when its handler failed; the pauses
/// before them are 1, 4, 16, 64 and 256 seconds.
inline constexpr int timer_retries_max = 5;

struct timer {
  bytes name;
  timer_kind kind = timer_kind::after;
  missed_policy missed = missed_policy::once;
  std::chrono::milliseconds period{0};  ///< `every`
  bytes cron;                           ///< five fields, UTC; see object/cron.hpp
  wall_time due{};                      ///< the fire that has not run yet
  int failures = 0;                     ///< of that fire, which was tried before; not of `every`

  friend bool operator==(const timer&, const timer&) = default;
};

/// What a turn asked for: set (a timer) or cancel (a name).
struct timer_change {
  bytes name;
  std::optional<timer> set;  ///< nothing: cancel
};

/// What to do with a timer whose `due` has come.
struct timer_fire {
  bool run = false;              ///< run onTimer now?
  std::optional<wall_time> due;  ///< when next; nothing: the timer is spent
};

/// Decides a fire at `now` >= `t.due` under the timer's kind and missed policy. A fire less than
/// one period (or `grace` for `after` and cron) late is on time, not missed.
timer_fire fire(const timer& t, wall_time now,
                std::chrono::milliseconds grace = std::chrono::milliseconds{1'000});

/// `t`, whose last fire has failed at `now`, as it is due once more; nothing: often enough, or its
/// policy is to skip what was missed.
std::optional<timer> tried_again(timer t, wall_time now);

}  // namespace comet::object
