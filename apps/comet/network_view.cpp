#include "apps/comet/network_view.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/comet/quantities.hpp"
#include "apps/comet/reply_fields.hpp"

namespace comet::client {
namespace {

using object::reply;
using json = nlohmann::ordered_json;

constexpr std::size_t id_shown = 12;

/// What a node said of itself; nothing of it may steer a terminal.
bytes text(const reply& map, bytes_view name) {
  const bytes said = text_field(map, name);
  return said.empty() ? "-" : printable(said);
}

/// A number in the words of `show`.
template <class Show>
bytes number(const reply& map, bytes_view name, Show show) {
  const auto found = number_field(map, name);
  return found ? show(*found) : "-";
}

/// 0 is the node itself, or not measured.
bytes round_trip_text(std::int64_t us) {
  return us == 0 ? "-" : microseconds_text(us);
}

bytes short_id(const reply& map) {
  return text(map, "id").substr(0, id_shown);
}

json json_of(const reply& r) {
  switch (r.what) {
    case reply::kind::null: return nullptr;
    case reply::kind::integer: return r.integer;
    case reply::kind::real: return r.real;
    case reply::kind::boolean: return r.integer != 0;
    case reply::kind::map: {
      json map = json::object();
      for (std::size_t i = 0; i + 1 < r.items.size(); i += 2)
        map[r.items[i].text] = json_of(r.items[i + 1]);
      return map;
    }
    case reply::kind::array:
    case reply::kind::set:
    case reply::kind::push: {
      json list = json::array();
      for (const reply& item : r.items)
        list.push_back(json_of(item));
      return list;
    }
    default: return r.text;
  }
}

}  // namespace

bytes nodes_view(const reply& nodes, const rendering& how) {
  const auto plain = [](std::int64_t n) { return fmt::format("{}", n); };
  std::vector<std::vector<bytes>> rows;
  for (const reply& node : nodes.items) {
    rows.push_back({short_id(node), text(node, "address"), text(node, "state"),
                    text(node, "version"), number(node, "uptime-s", duration_text),
                    number(node, "keys", plain), number(node, "hot-objects", plain),
                    number(node, "ops-per-second", plain), number(node, "memory-bytes", size_text),
                    number(node, "round-trip-us", round_trip_text)});
  }
  bytes out = table({"node", "address", "state", "version", "uptime", "keys", "hot", "ops/s",
                     "memory", "round trip"},
                    rows, how);
  for (const reply& node : nodes.items) {
    if (field(node, "why") != nullptr)
      out += fmt::format("{}: {}\n", short_id(node), text(node, "why"));
  }
  return out;
}

bytes route_view(bytes_view key, const reply& route, const rendering& how) {
  std::vector<std::vector<bytes>> rows;
  for (const reply& hop : route.items) {
    rows.push_back({fmt::format("{}", rows.size() + 1), short_id(hop), text(hop, "address"),
                    text(hop, "role"), number(hop, "us", round_trip_text)});
  }
  bytes out = table({"", "node", "address", "role", "answer after"}, rows, how);
  const bytes shown = printable(shortened(key, 100));
  if (route.items.empty() || text(route.items.back(), "role") != "holder")
    return out + fmt::format("nobody said that it holds '{}'\n", shown);
  const reply& holder = route.items.back();
  const reply* present = field(holder, "present");
  const bool is_there = present != nullptr && present->integer != 0;
  return out + fmt::format("{} {} at {}\n",
                           is_there ? fmt::format("'{}' is held by", shown)
                                    : fmt::format("there is no '{}'; its place is", shown),
                           short_id(holder), text(holder, "address"));
}

bytes json_view(const reply& answer) {
  return json_of(answer).dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace comet::client
