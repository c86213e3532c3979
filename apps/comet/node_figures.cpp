#include "apps/comet/node_figures.hpp"

#include <charconv>

#include "apps/comet/reply_fields.hpp"

namespace comet::client {
namespace {

using object::reply;

constexpr std::size_t id_shown = 12;

std::optional<double> number_of(bytes_view text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Up to `end`, which is taken from `rest` as well.
bytes_view take_until(bytes_view& rest, char end) {
  const std::size_t size = std::min(rest.find(end), rest.size());
  const bytes_view taken = rest.substr(0, size);
  rest.remove_prefix(std::min(size + 1, rest.size()));
  return taken;
}

/// "actors=1,work=20,busy_us=300,waiting=4"; what is not known here is left out.
actor_account actors_of(bytes_view kind, bytes_view fields) {
  actor_account one;
  one.kind = kind;
  while (!fields.empty()) {
    bytes_view value = take_until(fields, ',');
    const bytes_view name = take_until(value, '=');
    const auto number = static_cast<std::uint64_t>(std::max(0.0, number_of(value).value_or(0)));
    if (name == "actors") one.count = number;
    if (name == "work") one.work = number;
    if (name == "busy_us") one.busy_us = number;
    if (name == "waiting") one.waiting = number;
  }
  return one;
}

}  // namespace

info_figures info_figures::parse(bytes_view text) {
  info_figures parsed;
  bytes_view section;
  while (!text.empty()) {
    bytes_view line = take_until(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('#')) {
      section = line;
      continue;
    }
    if (line.find(':') == bytes_view::npos) continue;
    const bytes_view name = take_until(line, ':');
    if (section == "# Actors") {
      parsed.actors_.push_back(actors_of(name, line));
    } else {
      parsed.values_.emplace(name, line);
    }
  }
  return parsed;
}

std::optional<double> info_figures::number(bytes_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::nullopt : number_of(found->second);
}

bytes info_figures::text(bytes_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? bytes{} : found->second;
}

double info_figures::cpu_seconds() const {
  return number("used_cpu_user").value_or(0) + number("used_cpu_sys").value_or(0);
}

bytes node_figures::short_id() const {
  return id.empty() ? "-" : printable(id).substr(0, id_shown);
}

std::vector<node_figures> nodes_of(const reply& nodes) {
  std::vector<node_figures> found;
  for (const reply& row : nodes.items) {
    node_figures one;
    one.id = text_field(row, "id");
    one.address = text_field(row, "address");
    one.state = text_field(row, "state");
    one.why = text_field(row, "why");
    one.resp = text_field(row, "resp");
    one.version = text_field(row, "version");
    one.uptime_s = number_field(row, "uptime-s");
    one.keys = number_field(row, "keys");
    one.memory_bytes = number_field(row, "memory-bytes");
    one.ops_per_second = number_field(row, "ops-per-second");
    one.ranges_led = number_field(row, "ranges-led");
    one.round_trip_us = number_field(row, "round-trip-us");
    if (const reply* concerns = field(row, "concerns"))
      for (const reply& concern : concerns->items)
        one.concerns.push_back({text_field(concern, "concern"), text_field(concern, "why")});
    found.push_back(std::move(one));
  }
  return found;
}

std::vector<listed_object> listed_objects_of(const reply& top) {
  std::vector<listed_object> found;
  for (const reply& row : top.items)
    found.push_back({text_field(row, "key"),
                     static_cast<std::uint64_t>(number_field(row, "value").value_or(0)),
                     static_cast<std::uint64_t>(number_field(row, "error").value_or(0))});
  return found;
}

}  // namespace comet::client
