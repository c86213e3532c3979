#pragma once
// How often each command was asked for, how long its answers took, and how many were errors.
//
// One counter set a row of the command table, made at the start, so counting allocates nothing.
// Time runs from the read that brought a request to the end of the poll round in which its answer
// goes to the connection. No clock is read for a request: `answered` takes the round's, and what is
// answered during the read itself is timed together when that ends. Owned by the session_context of
// an I/O thread; fed by sessions, closed by the reactor, read for metrics.

#include <chrono>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "base/duration_histogram.hpp"
#include "net/wire/command_table.hpp"

namespace comet::wire {

struct command_figures {
  bytes name;                ///< "get", "client|kill"; "unknown": no command that could run
  std::uint64_t errors = 0;  ///< error replies
  duration_histogram took;
};

class command_counts {
 public:
  /// Of a row, for as long as this lives; 0: unknown.
  using place = std::uint16_t;

  command_counts();

  /// `row` is of the table, or null: unknown.
  [[nodiscard]] place place_of(const command_row* row);
  [[nodiscard]] bytes_view name_of(place at) const { return all_[at].name; }

  void failed(place at) { ++all_[at].errors; }
  /// Answered `took` after it was read.
  void answered(place at, std::chrono::nanoseconds took) { all_[at].took.add(took); }
  /// Answered during the read that brought it.
  void answered_at_once(place at);
  [[nodiscard]] bool has_untimed() const { return !untimed_.empty(); }
  /// The read is over, and took so long.
  void end_read(std::chrono::nanoseconds took);

  /// Commands that were asked for, in the order of the table.
  [[nodiscard]] std::vector<command_figures> used() const;

 private:
  std::vector<command_figures> all_;
  std::unordered_map<const command_row*, place> places_;
  const command_row* last_row_ = nullptr;
  place last_place_ = 0;
  std::vector<std::uint32_t> at_once_;  ///< by place: answered in the read under way
  std::vector<place> untimed_;          ///< those that are not 0 there
};

}  // namespace comet::wire
