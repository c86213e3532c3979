// Rows and parse functions of COMET: which nodes there are, and which of them holds a key.
#include <array>

#include "net/wire/command_rows.hpp"

namespace comet::wire {

namespace {

using enum command_flag;
using object::command;
using object::op;
using object::policy;

constexpr auto server = command_group::server;

result<void> parse_nodes(argument_list, instant, const policy&, command& out) {
  out.what = op::nodes;
  return {};
}

result<void> parse_where(argument_list argv, instant, const policy&, command& out) {
  out.what = op::where;
  out.key = argv[2];
  return {};
}

constexpr std::array comet_rows{
    command_row{.name = "help",
                .arity = 2,
                .flags = loading | stale,
                .group = server,
                .since = "0.1.0",
                .complexity = "O(1)",
                .summary = "Lists the subcommands.",
                .own = session_command::comet_help},
    command_row{.name = "nodes",
                .arity = 2,
                .flags = readonly,
                .group = server,
                .since = "0.1.0",
                .complexity = "O(n) with n nodes, each of which is asked once",
                .summary = "Returns the nodes of the network that this one knows: id, address, "
                           "state and figures.",
                .parse = parse_nodes},
    command_row{.name = "where",
                .syntax = "key",
                .arity = 3,
                .flags = readonly,
                .keys = {2, 2, 1},
                .group = server,
                .since = "0.1.0",
                .complexity = "O(log n) with n nodes",
                .summary = "Returns the nodes on the way to the one that holds a key, with their "
                           "times, without reading the key.",
                .parse = parse_where},
};

constexpr std::array rows{
    command_row{.name = "comet",
                .syntax = "subcommand",
                .arity = -2,
                .group = server,
                .since = "0.1.0",
                .complexity = "Depends on subcommand.",
                .summary = "Tells about the network of nodes; see the subcommands.",
                .subcommands = comet_rows},
};

}  // namespace

std::span<const command_row> network_commands() {
  return rows;
}

}  // namespace comet::wire
