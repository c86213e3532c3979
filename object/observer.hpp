#pragma once
// What a shard tells of its work while it happens, for who counts it.
//
// Plain counts are fields of shard_stats. An event that carries more (whose code, how long, how
// much) goes through here, so that the shard neither keeps figures nor knows who wants them. Each
// call does nothing by default; it comes on the shard's thread, must not call the shard, and is
// paid by the turn or batch that it tells of. object/work_figures makes metrics of them.

#include <array>
#include <chrono>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "object/top_list.hpp"

namespace comet::object {

/// What an object did that an observer has not taken over yet, and what it was told last. It lives
/// as long as the object is in memory, so most turns need not look for their key.
struct untold_work {
  std::uint64_t fuel = 0;
  std::uint64_t turns = 0;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t memory_told = 0;
  std::uint64_t mailbox_told = 0;
  std::array<top_list::place, 6> places{};  ///< of the object in the lists of each measure
};

/// A turn that ended, committed or not.
struct turn_seen {
  bytes_view key;
  digest code{};
  const error* failure = nullptr;      ///< null: it committed
  bool breach = false;                 ///< the failure is a breach of a budget
  bool activated = false;              ///< its object was activated for it
  std::chrono::nanoseconds waited{0};  ///< in the mailbox
  std::chrono::nanoseconds ran{0};  ///< from its begin to its end, waits and preemptions included
  std::uint64_t fuel = 0;           ///< instructions charged
  std::uint64_t memory = 0;         ///< bytes in use after it
  std::uint64_t memory_peak = 0;    ///< bytes
  std::uint64_t state_bytes = 0;    ///< of the state that it wrote; 0: none
  std::uint64_t mailbox = 0;        ///< turns and commands that wait behind it
};

class observer {
 public:
  observer() = default;
  observer(const observer&) = delete;
  observer& operator=(const observer&) = delete;
  virtual ~observer() = default;

  /// `work` holds all of the object's turns but this one.
  virtual void turn_ended(const turn_seen& /*seen*/, untold_work& /*work*/) {}
  /// An object of the code sent a message to another, or to the overlay.
  virtual void message_sent(const digest& /*code*/, untold_work& /*work*/) {}
  /// The code of one of its objects was suspended.
  virtual void quarantined(const digest& /*code*/) {}
  /// One of its activated objects was put away because there were too many.
  virtual void passivated(const digest& /*code*/) {}
  /// A timer runs, so long after it was due.
  virtual void timer_fired(const digest& /*code*/, std::chrono::milliseconds /*late*/) {}
  /// A batch became durable, and among several nodes chosen by a majority, so long after it was
  /// taken.
  virtual void batch_settled(std::chrono::nanoseconds /*took*/) {}
};

}  // namespace comet::object
