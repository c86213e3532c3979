#pragma once
// What active objects do, by their code and by the busiest objects: for metrics and COMET TOP.
//
// Never one figure a key: codes have figures of their own until there are `codes_max`, and all
// codes that come later share one row; of objects only the top ones are listed (object/top_list).
// So what is held and told is bounded, however many codes and objects there are. A code keeps its
// row until the node stops, because a counter that goes back means a restart to those who read it.
//
// An object tells a list of what it did when that is over an eighth of the list's smallest sum: so
// a turn rarely looks for its key, and a listed sum is at most that much too small, besides the
// error of the list. What an object did since it told last is lost when it leaves memory.
//
// An observer of one shard; owned by the reactor, on whose thread all calls come. Pure.

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/duration_histogram.hpp"
#include "object/observer.hpp"
#include "object/reply.hpp"
#include "object/shard_stats.hpp"
#include "object/slow_turns.hpp"
#include "object/top_list.hpp"

namespace comet::object {

struct code_figures {
  bytes name;  ///< first digits of its hash; "other": the codes without a row of their own
  std::uint64_t turns = 0;
  std::uint64_t failures = 0;
  breach_counts breaches;
  std::uint64_t fuel = 0;
  std::uint64_t memory_peak = 0;  ///< bytes, of any of its objects
  std::uint64_t messages = 0;
  std::uint64_t state_bytes = 0;  ///< written
  std::uint64_t activations = 0;
  std::uint64_t passivations = 0;
  std::uint64_t quarantines = 0;
  std::uint64_t timers = 0;
  duration_histogram waited;
  duration_histogram ran;
};

/// By what COMET TOP orders objects; `state_bytes` are those written.
enum class work_measure : std::uint8_t { fuel, memory, turns, messages, mailbox, state_bytes };
inline constexpr std::array<bytes_view, 6> work_measure_names{"fuel",     "memory",  "turns",
                                                              "messages", "mailbox", "bytes"};

class work_figures final : public observer {
 public:
  static constexpr std::size_t codes_max = 50;
  static constexpr std::size_t objects_max = 100;  ///< listed by each measure

  work_figures();

  void turn_ended(const turn_seen& seen, untold_work& work) override;
  void message_sent(const digest& code, untold_work& work) override;
  void quarantined(const digest& code) override { ++row_of(code).quarantines; }
  void passivated(const digest& code) override { ++row_of(code).passivations; }
  void timer_fired(const digest& code, std::chrono::milliseconds late) override;
  void batch_settled(std::chrono::nanoseconds took) override { settled_.add(took); }

  /// In the order in which they came; the last one is "other".
  [[nodiscard]] const std::vector<code_figures>& codes() const { return codes_; }
  [[nodiscard]] const duration_histogram& timers_late() const { return timers_late_; }
  [[nodiscard]] const duration_histogram& settled() const { return settled_; }
  [[nodiscard]] std::vector<top_list::row> top(work_measure by, std::size_t count) const;
  [[nodiscard]] const slow_turns& slow() const { return slow_; }

 private:
  code_figures& row_of(const digest& code);
  void tell_sum(work_measure by, bytes_view key, std::uint64_t& untold, untold_work& work);
  void tell_level(work_measure by, bytes_view key, std::uint64_t level, std::uint64_t& told,
                  untold_work& work);

  std::vector<code_figures> codes_;
  std::unordered_map<digest, std::size_t> places_;  ///< in codes_
  duration_histogram timers_late_;
  duration_histogram settled_;
  slow_turns slow_;
  std::array<top_list, work_measure_names.size()> lists_;
};

/// Of COMET TOP: for each object key, value and error.
reply told_top(const std::vector<top_list::row>& rows);

}  // namespace comet::object
