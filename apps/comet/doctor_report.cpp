#include "apps/comet/doctor_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace comet::client {
namespace {

using json = nlohmann::ordered_json;

bytes_view colour_of(finding_weight weight) {
  switch (weight) {
    case finding_weight::critical: return "\x1b[1;31m";
    case finding_weight::warning: return "\x1b[33m";
    case finding_weight::notice: return "\x1b[2m";
  }
  return {};
}

std::size_t count_of(const std::vector<finding>& found, finding_weight weight) {
  return static_cast<std::size_t>(std::ranges::count(found, weight, &finding::weight));
}

bytes counted(std::size_t count, bytes_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

bytes doctor_text(const std::vector<finding>& found, std::size_t nodes, bool colours) {
  bytes out;
  for (const finding& one : found) {
    const bytes head = colours
                           ? fmt::format("{}{}\x1b[0m", colour_of(one.weight), name_of(one.weight))
                           : bytes{name_of(one.weight)};
    out += fmt::format("{}: {} ({})\n  {}\n  to do: {}\n\n", head, one.what,
                       one.node.empty() ? bytes{"network"} : "node " + one.node, one.why, one.todo);
  }
  if (found.empty()) return fmt::format("{} looked at: nothing is wrong\n", counted(nodes, "node"));
  return out + fmt::format("{} looked at: {} critical, {}, {}\n", counted(nodes, "node"),
                           count_of(found, finding_weight::critical),
                           counted(count_of(found, finding_weight::warning), "warning"),
                           counted(count_of(found, finding_weight::notice), "notice"));
}

bytes doctor_json(const std::vector<finding>& found, std::size_t nodes) {
  json list = json::array();
  for (const finding& one : found)
    list.push_back({{"severity", name_of(one.weight)},
                    {"node", one.node.empty() ? json(nullptr) : json(one.node)},
                    {"what", one.what},
                    {"why", one.why},
                    {"todo", one.todo}});
  const json whole{{"nodes", nodes}, {"findings", std::move(list)}};
  return whole.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

bool has_weight(const std::vector<finding>& found) {
  return std::ranges::any_of(
      found, [](const finding& one) { return one.weight != finding_weight::notice; });
}

}  // namespace comet::client
