#include "runtime/log_levels.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

namespace comet::runtime {

namespace {

template <class Value, std::size_t count>
std::optional<Value> found_in(const std::array<bytes_view, count>& names, bytes_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return static_cast<Value>(at - names.begin());
}

error refused() {
  return {errc::config, "takes " + allowed_log_levels()};
}

/// The text up to the next comma, and what follows it.
std::pair<bytes_view, std::optional<bytes_view>> cut(bytes_view text) {
  const auto comma = text.find(',');
  if (comma == bytes_view::npos) return {text, std::nullopt};
  return {text.substr(0, comma), text.substr(comma + 1)};
}

}  // namespace

bytes allowed_log_levels() {
  constexpr std::span<const bytes_view> levels{log_level_names};
  return fmt::format(
      "{} or {}, and after it ROOM=LEVEL with commas between, for any of the rooms {}",
      fmt::join(levels.first(levels.size() - 1), ", "), levels.back(),
      fmt::join(actors::log_room_names, ", "));
}

result<log_levels> parse_log_levels(bytes_view text) {
  auto [first, rest] = cut(text);
  const auto all = found_in<log_level>(log_level_names, first);
  if (!all) return refused();
  log_levels levels{*all};
  std::array<bool, actors::log_room_names.size()> told{};
  while (rest) {
    const auto [one, after] = cut(*rest);
    rest = after;
    const auto equals = one.find('=');
    if (equals == bytes_view::npos) return refused();
    const auto room = found_in<actors::log_room>(actors::log_room_names, one.substr(0, equals));
    const auto level = found_in<log_level>(log_level_names, one.substr(equals + 1));
    if (!room || !level) return refused();
    if (std::exchange(told.at(static_cast<std::size_t>(*room)), true)) return refused();
    levels.set(*room, *level);
  }
  return levels;
}

bytes text_of(const log_levels& levels) {
  const auto name = [](log_level level) {
    return log_level_names.at(static_cast<std::size_t>(level));
  };
  bytes text{name(levels.all())};
  for (std::size_t i = 0; i < actors::log_room_names.size(); ++i) {
    const auto room = static_cast<actors::log_room>(i);
    if (levels.of(room) != levels.all())
      fmt::format_to(std::back_inserter(text), ",{}={}", name_of(room), name(levels.of(room)));
  }
  return text;
}

}  // namespace comet::runtime
