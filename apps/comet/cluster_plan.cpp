#include "apps/comet/cluster_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace comet::client {
namespace {

struct port_use {
  bytes_view key;
  int offset;  ///< from the first port
};
constexpr std::array<port_use, 3> uses{{{"resp", 0}, {"http", 100}, {"link", 200}}};
constexpr int port_max = 65'535;

/// Keys that differ from node to node, or that the cluster needs to be one.
constexpr auto own_keys =
    std::to_array<bytes_view>({"data", "resp", "http", "link", "advertise", "join", "secret-file"});

bytes place(const cluster_plan& plan, const bytes& name) {
  return plan.folder + (plan.folder.ends_with('/') ? "" : "/") + name;
}

bytes listens(const cluster_plan& plan, const port_use& use, int node) {
  const int port = plan.first_port == 0 ? 0 : plan.first_port + use.offset + node - 1;
  return fmt::format("127.0.0.1:{}", port);
}

}  // namespace

result<void> check(const cluster_plan& plan) {
  if (plan.nodes < 1 || plan.nodes > cluster_nodes_max)
    return {errc::syntax,
            fmt::format("a cluster has 1 to {} nodes, not {}", cluster_nodes_max, plan.nodes)};
  const int last = plan.first_port + uses.back().offset + plan.nodes - 1;
  if (plan.first_port < 0 || last > port_max)
    return {errc::syntax,
            fmt::format("--port {}: {} nodes take ports up to {} from there, and the last is {}",
                        plan.first_port, plan.nodes, last, port_max)};
  if (plan.folder.empty()) return {errc::syntax, "--dir takes the name of a directory"};
  for (const bytes& setting : plan.settings) {
    const std::size_t equals = setting.find('=');
    if (equals == bytes::npos)
      return {errc::syntax, fmt::format("--set {}: not of the form key=value",
                                        printable(shortened(setting, 64)))};
    const bytes key = setting.substr(0, equals);
    if (std::ranges::find(own_keys, key) != own_keys.end())
      return {errc::syntax, fmt::format("--set {}: the cluster chooses it for each node", key)};
  }
  return {};
}

bytes secret_file_of(const cluster_plan& plan) {
  return place(plan, "secret");
}

bytes data_of(const cluster_plan& plan, int node) {
  return place(plan, fmt::format("node-{}", node));
}

bytes log_of(const cluster_plan& plan, int node) {
  return data_of(plan, node) + ".log";
}

std::vector<planned_port> ports_of(const cluster_plan& plan) {
  std::vector<planned_port> all;
  if (plan.first_port == 0) return all;
  for (int node = 1; node <= plan.nodes; ++node) {
    for (const port_use& use : uses) {
      const int port = plan.first_port + use.offset + node - 1;
      all.push_back({node, use.key, static_cast<std::uint16_t>(port)});
    }
  }
  return all;
}

std::vector<bytes> node_arguments(const cluster_plan& plan, int node, const bytes& join) {
  std::vector<bytes> words{"node", "--data", data_of(plan, node), "--secret-file",
                           secret_file_of(plan)};
  for (const port_use& use : uses)
    words.insert(words.end(), {fmt::format("--{}", use.key), listens(plan, use, node)});
  // Empty, too: the environment of whoever starts the cluster may name others.
  words.insert(words.end(), {"--join", join, "--advertise", ""});
  for (const bytes& setting : plan.settings)
    words.insert(words.end(), {"--set", setting});
  return words;
}

std::optional<ready_line> parse_ready_line(bytes_view line) {
  constexpr bytes_view beginning = "comet ready ";
  if (!line.starts_with(beginning)) return std::nullopt;
  ready_line found;
  const std::array<std::pair<bytes_view, bytes*>, 4> fields{{{" resp=", &found.resp},
                                                             {" http=", &found.http},
                                                             {" link=", &found.link},
                                                             {" id=", &found.id}}};
  for (const auto& [name, value] : fields) {
    const std::size_t at = line.find(name);
    if (at == bytes_view::npos) return std::nullopt;
    const bytes_view rest = line.substr(at + name.size());
    *value = rest.substr(0, rest.find_first_of(" \r\n"));
  }
  return found;
}

bytes last_lines(bytes_view text, std::size_t count) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  std::size_t begin = text.size();
  for (; count > 0 && begin != bytes_view::npos; --count)
    begin = begin == 0 ? bytes_view::npos : text.rfind('\n', begin - 1);
  return bytes{begin == bytes_view::npos ? text : text.substr(std::min(begin + 1, text.size()))};
}

}  // namespace comet::client
