#pragma once
// Nodes of a cluster on this machine: where each keeps its data, which ports it takes, what it is
// told. Pure; local_cluster carries it out.
//
//   DIR/secret        of the network, made once
//   DIR/node-1/       data of the first node, DIR/node-1.log its log, and so on
//
// Nodes are numbered from 1. All listen on 127.0.0.1; all but the first join the first.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::client {

inline constexpr int cluster_nodes_max = 64;

struct cluster_plan {
  int nodes = 0;
  bytes folder;
  /// Clients of node 1, the next port those of node 2, ...; HTTP 100 ports on, links 200. 0: any
  /// free ports.
  int first_port = 0;
  std::vector<bytes> settings;  ///< KEY=VALUE, for every node
};

/// Errors, syntax: too many nodes, ports that there are not, settings that are the cluster's own.
result<void> check(const cluster_plan& plan);

bytes secret_file_of(const cluster_plan& plan);
bytes data_of(const cluster_plan& plan, int node);
bytes log_of(const cluster_plan& plan, int node);

/// A port that the plan asks for, and what for.
struct planned_port {
  int node = 0;
  bytes_view key;  ///< "resp", "http", "link"
  std::uint16_t port = 0;
};
/// None, when any free ports will do.
std::vector<planned_port> ports_of(const cluster_plan& plan);

/// The words after `comet`. `join` is the link of the first node, empty for itself.
std::vector<bytes> node_arguments(const cluster_plan& plan, int node, const bytes& join);

/// What a node says on standard output once it serves clients.
struct ready_line {
  bytes resp;
  bytes http;
  bytes link;
  bytes id;
};
/// Nothing: the line is another.
std::optional<ready_line> parse_ready_line(bytes_view line);

/// The last lines of a text, `count` at most.
bytes last_lines(bytes_view text, std::size_t count);

}  // namespace comet::client
