#pragma once
// What is known of an object's running beyond its record: for ASO.INFO and for its limits.
//
// Kept in memory with the cache entry, so it ends with eviction or restart; the totals of turns and
// fuel are added to the record whenever that is written. Used by object/shard.

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "object/observer.hpp"
#include "object/policy.hpp"
#include "object/turn.hpp"

namespace comet::object {

struct accounts {
  std::uint64_t turns = 0;     ///< since the record was written last
  std::uint64_t fuel = 0;      ///< instructions, likewise
  std::uint32_t breaches = 0;  ///< in a row, since the record was written last
  std::uint64_t failures = 0;
  std::uint64_t messages = 0;
  std::size_t memory = 0;       ///< bytes, after the last turn
  std::size_t memory_peak = 0;  ///< bytes, of any turn
  bytes last_error;
  bytes last_traceback;
  wall_time last_error_at{};
  std::deque<bytes> log;        ///< newest last, at most policy.log_lines_max
  std::uint64_t log_lines = 0;  ///< written; those that `log` holds are the last of them
  wall_time log_since{};        ///< when the first of them was written: another one, another count

  mono_time window_start{};  ///< of the minute in which `window_messages` were sent
  int window_messages = 0;

  untold_work untold;  ///< of `turns` and the like, for the shard's observer

  /// Adds one turn's use and its log lines.
  void fold(turn_outcome& outcome, wall_time now, const policy& limits);
  /// As words, to go with an object to another node; what is in its record is not among them.
  [[nodiscard]] std::vector<bytes> packed(const instant& now) const;
  /// What `packed` made; words that are missing or no numbers of their kind count
  /// as nothing.
  static accounts unpacked(std::span<const bytes_view> words, const instant& now);

  /// Takes one message out of this minute's allowance; false: nothing is left of it.
  bool take_message(mono_time now, std::int64_t messages_per_minute);
};

}  // namespace comet::object
