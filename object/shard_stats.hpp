#pragma once
// What a shard counts of its work, since the node started. For INFO and metrics (actors/numbers).

#include <cstdint>

#include "base/check.hpp"
#include "base/result.hpp"

namespace comet::object {

/// Turns that were ended because they broke a limit, by what they had too much of.
struct breach_counts {
  std::uint64_t fuel = 0;
  std::uint64_t memory = 0;
  std::uint64_t state = 0;
  std::uint64_t messages = 0;
  std::uint64_t wall_time = 0;

  void count(errc code) {
    switch (code) {
      case errc::fuel: ++fuel; return;
      case errc::memory: ++memory; return;
      case errc::state: ++state; return;
      case errc::messages: ++messages; return;
      case errc::wall_time: ++wall_time; return;
      default: COMET_CHECK(false);  // lua/turn_program calls these five a breach
    }
  }
  [[nodiscard]] std::uint64_t total() const { return fuel + memory + state + messages + wall_time; }
};

/// What was not taken or not kept because a limit was reached, by the limit. No fault of the code.
struct refusal_counts {
  std::uint64_t mailbox = 0;
  std::uint64_t messages_per_minute = 0;
  std::uint64_t owner_fuel = 0;  ///< turns that did not get their share in time
  std::uint64_t source = 0;
  std::uint64_t value = 0;
  std::uint64_t timers = 0;
  std::uint64_t replicas = 0;  ///< asked for beyond what an object may have
  std::uint64_t backlog = 0;   ///< changes for which their range had no room

  [[nodiscard]] std::uint64_t total() const {
    return mailbox + messages_per_minute + owner_fuel + source + value + timers + replicas +
           backlog;
  }
};

struct shard_stats {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t expired = 0;
  std::uint64_t turns = 0;
  std::uint64_t turn_failures = 0;
  breach_counts breaches;
  refusal_counts refusals;
  std::uint64_t quarantined = 0;
  std::uint64_t timers_fired = 0;
  std::uint64_t loads = 0;
  std::uint64_t evicted = 0;  ///< records that left memory for others
  std::uint64_t commits_failed = 0;
  std::uint64_t applied = 0;      ///< values written that another node led
  std::uint64_t copies_read = 0;  ///< commands answered from a copy that another node leads
};

}  // namespace comet::object
