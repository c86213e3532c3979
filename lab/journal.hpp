#pragma once
// What the turns of all nodes did, in the order in which they ended, and what objects logged.
//
// Nodes write it as outcomes leave their executors; tests read it by key. It knows no more than an
// executor does: a turn whose change was lost afterwards (its node stopped leading the key) stands
// in it like any other. Bounded: of each key the newest `notes_max` turns and lines are kept, the
// sums count all.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "lab/world_options.hpp"
#include "object/turn.hpp"

namespace comet::lab {

/// One turn that ended.
struct turn_note {
  wall_time at{};
  node_number node = 0;
  bytes key;
  /// "onPut", "onGet", "onUpdate", "onDelete", "onTimer:NAME", a method's name, or "answer" for the
  /// function that a handler left behind with a dht.* operation.
  bytes handler;
  object::caller from;
  std::int64_t fuel = 0;   ///< VM instructions
  std::size_t memory = 0;  ///< bytes in use at its height
  bytes outcome;           ///< "ok", or the error's message
};

/// Of all turns of one object, since the key was put where nothing was.
struct turn_sums {
  std::uint64_t turns = 0;
  std::uint64_t errors = 0;
  std::int64_t fuel = 0;       ///< of the last turn
  std::int64_t fuel_max = 0;   ///< the highest of one turn
  std::size_t memory = 0;      ///< bytes, after the last turn
  std::uint64_t messages = 0;  ///< to other objects and nodes

  friend bool operator==(const turn_sums&, const turn_sums&) = default;
};

class journal {
 public:
  static constexpr std::size_t notes_max = 10'000;

  /// The turn of this request ended at `node`.
  void ended(node_number node, const object::turn_request& request,
             const object::turn_outcome& outcome, std::uint64_t outcalls, wall_time at);

  /// Oldest first; empty for a key that had no turn.
  [[nodiscard]] std::vector<turn_note> turns_of(bytes_view key) const;
  [[nodiscard]] std::vector<bytes> lines_of(bytes_view key) const;
  [[nodiscard]] turn_sums sums_of(bytes_view key) const;
  /// Of all keys.
  [[nodiscard]] std::uint64_t turns() const { return turns_; }
  /// A number that differs when anything in it did.
  [[nodiscard]] std::uint64_t trace() const { return trace_; }

 private:
  struct account {
    std::deque<turn_note> notes;
    std::deque<bytes> lines;
    turn_sums sums;
  };

  std::map<bytes, account, std::less<>> accounts_;
  std::uint64_t turns_ = 0;
  std::uint64_t trace_ = 0;
};

}  // namespace comet::lab
