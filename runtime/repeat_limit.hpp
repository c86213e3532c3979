#pragma once
// How often lines of one kind may stand in the log: a failing disk or a flood of strangers writes
// some lines and then one that tells how many more there were, so it cannot fill the disk.
//
// A kind is a place in the code, whatever its lines name. In each window of 10 seconds, which
// begins with the first line of a kind, 10 lines of that kind are written; of the others the last
// one is kept, and due when the window is over, with their number. Of more than `kinds_max` kinds
// at a time the later ones share one. Pure: time is told. One owner, runtime/log.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "runtime/log_levels.hpp"
#include "runtime/log_text.hpp"

namespace comet::runtime {

class repeat_limit {
 public:
  static constexpr std::uint64_t lines_max = 10;
  static constexpr std::chrono::seconds window{10};
  static constexpr std::size_t kinds_max = 512;
  /// Of a message, and of each of at most 16 values that are kept of a line.
  static constexpr std::size_t kept_bytes_max = 512;
  static constexpr std::size_t kept_fields_max = 16;

  using kind = std::uint64_t;

  /// The last of some lines that were not written.
  struct summary {
    log_level level = log_level::info;
    log_room room = log_room::runtime;
    bytes message;
    std::vector<std::pair<bytes, bytes>> fields;
    std::uint64_t repeated = 0;  ///< lines not written, this one included
  };

  /// May this line be written? If not, it is counted.
  bool admit(kind of, log_level level, log_room room, bytes_view message,
             std::span<const log_field> fields, mono_time now);

  /// Summaries of the windows that are over, in the order of their kinds, each once. Ask before
  /// `admit`.
  std::vector<summary> take_due(mono_time now);
  /// Of all windows, over or not: at the end.
  std::vector<summary> take_all();

 private:
  struct counted {
    mono_time began{};
    std::uint64_t written = 0;
    summary left_out;
  };

  std::map<kind, counted> kinds_;
  mono_time next_end_ = mono_time::max();  ///< of the first window that ends
};

}  // namespace comet::runtime
