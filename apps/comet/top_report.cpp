#include "apps/comet/top_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace comet::client {
namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t table_width = 120;

json number(std::optional<double> value) {
  if (!value) return nullptr;
  return std::round(*value * 1e3) / 1e3;
}

json node_json(const top_node& one) {
  json concerns = json::array();
  for (const node_concern& concern : one.node.concerns)
    concerns.push_back({{"concern", concern.what}, {"why", concern.why}});
  return {{"id", one.node.id},
          {"address", one.node.address},
          {"resp", one.node.resp},
          {"state", one.node.state},
          {"version", one.node.version},
          {"uptime-s", one.node.uptime_s ? json(*one.node.uptime_s) : json(nullptr)},
          {"keys", number(one.keys)},
          {"memory-bytes", number(one.memory_bytes)},
          {"ops-per-second", number(one.ops)},
          {"turns-per-second", number(one.turns)},
          {"fuel-per-second", number(one.fuel)},
          {"cpu", number(one.cpu)},
          {"failure", one.failure.empty() ? json(nullptr) : json(one.failure)},
          {"concerns", std::move(concerns)}};
}

json object_json(const top_object& row) {
  json one{{"key", row.key}, {"node", row.node_id}};
  for (std::size_t i = 0; i < measure_count; ++i) {
    const bytes name{object::work_measure_names.at(i)};
    one[name] = number(row.by.at(i).total);
    if (!is_level(static_cast<object::work_measure>(i)))
      one[name + "-per-second"] = number(row.by.at(i).rate);
  }
  return one;
}

std::vector<top_object> first_of(const top_model& model, object::work_measure by, bytes_view filter,
                                 std::size_t count) {
  auto objects = model.objects(by, filter);
  objects.resize(std::min(objects.size(), count));
  return objects;
}

/// Without the spaces that fill columns at the end of lines.
void append_lines(bytes& out, const std::vector<bytes>& lines) {
  for (const bytes& line : lines)
    out.append(line, 0, line.find_last_not_of(' ') + 1).append("\n");
}

}  // namespace

bytes top_json(const top_model& model, object::work_measure by, bytes_view filter,
               std::size_t count) {
  json nodes = json::array();
  for (const top_node& one : model.nodes())
    nodes.push_back(node_json(one));
  json actors = json::array();
  for (const top_actors& one : model.actors())
    actors.push_back({{"kind", one.kind},
                      {"actors", one.count},
                      {"waiting", one.waiting},
                      {"work", one.work_total},
                      {"work-per-second", number(one.work)},
                      {"busy", number(one.busy)}});
  json objects = json::array();
  for (const top_object& row : first_of(model, by, filter, count))
    objects.push_back(object_json(row));
  const json whole{
      {"nodes", std::move(nodes)}, {"actors", std::move(actors)}, {"objects", std::move(objects)}};
  return whole.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

bytes top_text(const top_model& model, object::work_measure by, bytes_view filter,
               std::size_t count) {
  bytes out;
  append_lines(out, node_rows(model, table_width));
  for (const top_node& one : model.nodes()) {
    if (!one.failure.empty())
      out += fmt::format("{}: {}\n", one.node.short_id(), printable(one.failure));
    for (const node_concern& concern : one.node.concerns)
      out += fmt::format("{}: {}: {}\n", one.node.short_id(), printable(concern.what),
                         printable(concern.why));
  }
  out += "\n";
  append_lines(out, actor_rows(model, table_width));
  out += "\n";
  append_lines(out, object_rows(first_of(model, by, filter, count), model, by, table_width));
  return out;
}

}  // namespace comet::client
