#pragma once
// Which lines of the log are written: a level for all rooms, and others for some of them.
//
// As people write it: `info`, or `info,net=debug,store=warning`. Pure. The setting `log-level` is
// one; runtime/log asks it for every line.

#include <array>
#include <cstdint>

#include "actors/log.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::runtime {

enum class log_level : std::uint8_t { trace, debug, info, warning, error, off };
inline constexpr std::array<bytes_view, 6> log_level_names{"trace",   "debug", "info",
                                                           "warning", "error", "off"};

class log_levels {
 public:
  /// The same for all rooms.
  constexpr log_levels(log_level all = log_level::info)  // NOLINT(google-explicit-constructor)
      : all_(all) {
    rooms_.fill(all);
  }

  constexpr void set(actors::log_room room, log_level lowest) {
    rooms_.at(static_cast<std::size_t>(room)) = lowest;
  }
  [[nodiscard]] constexpr log_level of(actors::log_room room) const {
    return rooms_.at(static_cast<std::size_t>(room));
  }
  /// Of the rooms that have none of their own.
  [[nodiscard]] constexpr log_level all() const { return all_; }
  /// Is a line of `level` about `room` written?
  [[nodiscard]] constexpr bool take(log_level level, actors::log_room room) const {
    return level >= of(room) && level != log_level::off;
  }

  friend bool operator==(const log_levels&, const log_levels&) = default;

 private:
  log_level all_;
  std::array<log_level, actors::log_room_names.size()> rooms_{};
};

/// `LEVEL[,ROOM=LEVEL...]`, each room once. The error says what is allowed.
result<log_levels> parse_log_levels(bytes_view text);
bytes text_of(const log_levels& levels);

/// What `parse_log_levels` takes, in words.
bytes allowed_log_levels();

}  // namespace comet::runtime
