#pragma once
// Where actors say what an operator has to know. runtime/ gives the sink; it is called from any
// thread, and from the I/O thread too, so it must not block for long.
//
// A message is a sentence, what can be searched for is a field. A line knows the room that it is
// about, so that levels can be chosen by room, and the place in the code that wrote it, so that
// lines of one kind can be counted whatever they name. Values of objects and passwords never stand
// in a line.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <type_traits>
#include <utility>

#include "base/bytes.hpp"

namespace comet::actors {

enum class severity : std::uint8_t { debug, info, warning, error };

/// What a line is about, by the rooms of the code (docs/ARCHITECTURE.md).
enum class log_room : std::uint8_t {
  runtime,  ///< the process: start, stop, settings
  actors,   ///< clients and their requests
  object,   ///< objects and their replicas
  store,    ///< the disk
  net,      ///< other nodes
};
inline constexpr std::array<bytes_view, 5> log_room_names{"runtime", "actors", "object", "store",
                                                          "net"};
constexpr bytes_view name_of(log_room room) {
  return log_room_names.at(static_cast<std::size_t>(room));
}

using log_field = std::pair<bytes_view, bytes>;

/// Where a line is written, as a default argument.
struct code_place {
  const char* file;
  unsigned line;

  static constexpr code_place here(const char* in = __builtin_FILE(),
                                   unsigned at = __builtin_LINE()) {
    return {in, at};
  }
};

struct log_line {
  severity level = severity::info;
  log_room room = log_room::actors;
  bytes_view message;
  std::span<const log_field> fields;
  code_place from;
};

class log_sink {
 public:
  log_sink() = default;
  template <class Take>
  requires std::is_invocable_v<Take&, const log_line&> log_sink(Take take)  // NOLINT: implicit
      : take_(std::move(take)) {}

  /// The same sink for lines about `room`.
  [[nodiscard]] log_sink about(log_room room) const {
    log_sink other = *this;
    other.room_ = room;
    return other;
  }

  explicit operator bool() const { return take_ != nullptr; }

  void operator()(severity level, bytes_view message, code_place from = code_place::here()) const {
    take_({level, room_, message, {}, from});
  }
  void operator()(severity level, bytes_view message, std::span<const log_field> fields,
                  code_place from = code_place::here()) const {
    take_({level, room_, message, fields, from});
  }

 private:
  std::function<void(const log_line&)> take_;
  log_room room_ = log_room::actors;
};

}  // namespace comet::actors
