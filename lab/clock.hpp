#pragma once
// Virtual time: events in their order, and what the clocks of all nodes show.
//
// Two clocks, as nodes have them. The steady one runs from event to event. The calendar follows it,
// and may leap ahead alone: `leap` is to every node what it is to a machine to sleep and wake up.
// So a day in which nobody asks for anything is over at once: timers and expiry go by the calendar
// and are due; leases, patience and other intervals go by the steady clock, and for them no time
// passed in which anything could have gone wrong. Who leaps (lab/world) does it only while nothing
// is under way that an interval would end.
//
// Events of one moment run in the order in which they were made. Owned by lab/world.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "base/time.hpp"

namespace comet::lab {

class clock {
 public:
  /// `upkeep` goes on for ever and changes nothing by itself; while `work` waits, something is
  /// under way.
  enum class purpose : std::uint8_t { work, upkeep };
  struct event {
    mono_time at{};
    std::uint64_t number = 0;  ///< 0: none

    friend auto operator<=>(const event&, const event&) = default;
  };

  /// The calendar shows `wall`.
  explicit clock(wall_time wall);

  [[nodiscard]] instant now() const { return {wall_at(now_), now_}; }
  event at(mono_time when, purpose why, std::function<void()> what);
  event after(std::chrono::nanoseconds wait, purpose why, std::function<void()> what) {
    return at(now_ + wait, why, std::move(what));
  }
  /// Nothing happens if it has run, or is none.
  void cancel(const event& which);

  /// Runs the next event; false: there is none.
  bool step();
  [[nodiscard]] std::optional<mono_time> next() const;
  /// Both clocks go to where the steady one shows `then`, which is not before now and not behind
  /// the next event.
  void pass_to(mono_time then);
  /// Both clocks go on together: when is the calendar at `wall`, if it does not leap?
  [[nodiscard]] mono_time when(wall_time wall) const;
  /// The calendar alone.
  void leap_to(wall_time wall);

  [[nodiscard]] bool has_work() const { return work_ > 0; }
  /// Something was asked or done.
  void stir() { stirred_ = now_; }
  [[nodiscard]] mono_time stirred() const { return stirred_; }
  /// The network changed: nodes or links came or went, or somebody noticed.
  void stir_network() { network_stirred_ = stirred_ = now_; }
  [[nodiscard]] mono_time network_stirred() const { return network_stirred_; }
  /// That ran.
  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  struct entry {
    purpose why = purpose::work;
    std::function<void()> what;
  };

  [[nodiscard]] wall_time wall_at(mono_time when) const;

  mono_time now_;
  mono_time mono_began_;
  wall_time wall_began_;  ///< moved by leaps
  mono_time stirred_;
  mono_time network_stirred_;
  std::map<event, entry> events_waiting_;
  std::uint64_t made_ = 0;
  std::uint64_t work_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace comet::lab
