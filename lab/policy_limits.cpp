#include "lab/policy_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "object/asked_limits.hpp"

namespace comet::lab {
namespace {

using object::policy;

/// A limit of nodes that no object asks for itself.
struct node_limit {
  bytes_view name;
  std::int64_t lowest;
  void (*write)(policy&, std::int64_t);
};

template <auto Member>
void write(policy& limits, std::int64_t value) {
  auto& member = limits.*Member;
  member = std::remove_reference_t<decltype(member)>(value);
}

constexpr std::array node_limits{
    node_limit{"breaches-until-quarantine", 1, write<&policy::breaches_until_quarantine>},
    node_limit{"cache-bytes-max", 1, write<&policy::cache_bytes_max>},
    node_limit{"fuel-per-slice", 1, write<&policy::fuel_per_slice>},
    node_limit{"hot-bytes-max", 1, write<&policy::hot_bytes_max>},
    node_limit{"hot-objects-max", 1, write<&policy::hot_objects_max>},
    node_limit{"key-bytes-max", 1, write<&policy::key_bytes_max>},
    node_limit{"log-line-bytes-max", 1, write<&policy::log_line_bytes_max>},
    node_limit{"log-lines-max", 0, write<&policy::log_lines_max>},
    node_limit{"owner-fuel-per-second", 0, write<&policy::owner_fuel_per_second>},
    node_limit{"replicas-interval-min", 1, write<&policy::replicas_interval_min>},
    node_limit{"replicas-max", 1, write<&policy::replicas_max>},
    node_limit{"source-bytes-max", 1, write<&policy::source_bytes_max>},
    node_limit{"timer-period-min", 1, write<&policy::timer_period_min>},
    node_limit{"value-bytes-max", 1, write<&policy::value_bytes_max>},
};

error unknown_limit(bytes_view name) {
  std::vector<bytes_view> names;
  for (const object::limit_row& row : object::limit_rows())
    names.push_back(row.name);
  for (const node_limit& row : node_limits)
    names.push_back(row.name);
  std::ranges::sort(names);
  return {errc::syntax, fmt::format("there is no limit '{}'; there are {}",
                                    printable(shortened(name, 40)), fmt::join(names, ", "))};
}

}  // namespace

bytes limit_name(bytes_view name) {
  if (name == "fuel") return "fuel-per-turn";
  if (name == "memory") return "memory-per-object";
  bytes written{name};
  std::ranges::replace(written, '_', '-');
  return written;
}

result<void> set_limit(policy& limits, bytes_view name, std::int64_t value) {
  const bytes wanted = limit_name(name);
  const object::limit_row* asked = object::find_limit(wanted);
  const auto of_node = std::ranges::find(node_limits, bytes_view{wanted}, &node_limit::name);
  if (asked == nullptr && of_node == node_limits.end()) return unknown_limit(name);
  const std::int64_t lowest = asked != nullptr ? asked->lowest : of_node->lowest;
  // What nodes take is bounded by their machine; here the bound is that of every type in `policy`.
  constexpr std::int64_t highest = INT32_MAX;
  if (value < lowest || value > highest)
    return {errc::out_of_range,
            fmt::format("limit {} is {}: it is between {} and {}", wanted, value, lowest, highest)};
  (asked != nullptr ? asked->write : of_node->write)(limits, value);
  return {};
}

}  // namespace comet::lab
