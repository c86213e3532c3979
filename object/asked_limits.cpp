#include "object/asked_limits.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

#include "base/check.hpp"

namespace comet::object {

namespace {

template <auto Member>
std::int64_t read(const policy& p) {
  const auto& value = p.*Member;
  if constexpr (std::is_same_v<decltype(value), const std::chrono::milliseconds&>) {
    return value.count();
  } else {
    return static_cast<std::int64_t>(value);
  }
}

template <auto Member>
void write(policy& p, std::int64_t number) {
  auto& value = p.*Member;
  value = static_cast<std::remove_reference_t<decltype(value)>>(number);
}

template <auto Member>
constexpr limit_row row(limit which, bytes_view name, std::int64_t lowest) {
  return {which, name, lowest, read<Member>, write<Member>};
}

/// In the order of their numbers, without a gap.
constexpr std::array rows{
    row<&policy::fuel_per_turn>(limit::fuel_per_turn, "fuel-per-turn", 1),
    row<&policy::memory_per_object>(limit::memory_per_object, "memory-per-object", 1),
    row<&policy::state_bytes_max>(limit::state_bytes, "state-bytes-max", 1),
    row<&policy::state_depth_max>(limit::state_depth, "state-depth-max", 1),
    row<&policy::messages_per_turn>(limit::messages_per_turn, "messages-per-turn", 0),
    row<&policy::messages_per_minute>(limit::messages_per_minute, "messages-per-minute", 0),
    row<&policy::turn_time_max>(limit::turn_time, "turn-time-max", 1),
    row<&policy::mailbox_max>(limit::mailbox, "mailbox-max", 1),
    row<&policy::timers_max>(limit::timers, "timers-max", 0),
};
constexpr bool in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].which) != i + 1) return false;
  return true;
}
static_assert(in_order());

}  // namespace

std::span<const limit_row> limit_rows() {
  return rows;
}

const limit_row* find_limit(bytes_view name) {
  const auto* found =
      std::ranges::find_if(rows, [&](const auto& r) { return equal_ignoring_case(r.name, name); });
  return found == rows.end() ? nullptr : found;
}

const limit_row* find_limit(limit which) {
  const std::size_t index = static_cast<std::size_t>(which) - 1;  // in the order of their numbers
  return index < rows.size() ? &rows[index] : nullptr;
}

policy lowered(const policy& node, std::span<const asked_limit> asked) {
  policy own = node;
  for (const auto& [which, value] : asked) {
    const auto* row = find_limit(which);
    COMET_CHECK(row != nullptr);
    row->write(own, std::min(row->read(own), value));
  }
  return own;
}

std::int64_t allowed(const policy& node, std::span<const asked_limit> asked, limit which) {
  const auto* row = find_limit(which);
  COMET_CHECK(row != nullptr);
  std::int64_t least = row->read(node);
  for (const auto& one : asked)
    if (one.which == which) least = std::min(least, one.value);
  return least;
}

}  // namespace comet::object
