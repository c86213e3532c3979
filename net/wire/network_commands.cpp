// Rows and parse functions of COMET: which nodes there are, which of them holds a key, what one
// object is and does, what is busy on this node, and what a request may ask for besides.
#include <array>

#include "base/number.hpp"
#include "net/wire/asked_options.hpp"
#include "net/wire/command_arguments.hpp"
#include "net/wire/command_rows.hpp"
#include "object/request_trace.hpp"

namespace comet::wire {

namespace {

using enum command_flag;
using object::command;
using object::op;
using object::policy;

constexpr auto server = command_group::server;
constexpr std::int64_t trace_requests = 10;  ///< where nothing is said

result<void> parse_nodes(argument_list, instant, const policy&, command& out) {
  out.what = op::nodes;
  return {};
}

/// A command about the one key that it names.
template <op What>
result<void> parse_about(argument_list argv, instant, const policy&, command& out) {
  out.what = What;
  out.key = argv[2];
  return {};
}

result<void> parse_trace(argument_list argv, instant, const policy&, command& out) {
  out.what = op::trace;
  out.key = argv[2];
  out.number = trace_requests;
  if (argv.size() == 3) return {};
  constexpr std::int64_t most = object::request_tracer::requests_max;
  const auto count = parse_integer(argv[3]);
  if (!count || *count < 1 || *count > most)
    return error{errc::syntax,
                 "the number of requests to trace has to be 1 to " + std::to_string(most)};
  out.number = *count;
  return {};
}

/// GET, and where its answer is from.
result<void> parse_read(argument_list argv, instant, const policy&, command& out) {
  out.what = op::get;
  out.key = argv[2];
  auto& asked = out.asked.emplace();
  asked.described = true;
  if (argv.size() == 3) return {};
  if (argv.size() != 5 || !equal_ignoring_case(argv[3], "stale")) return syntax_error();
  const auto age = read_age(argv[4]);
  if (!age) return age.failure();
  asked.stale_max = *age;
  return {};
}

result<void> parse_with(argument_list argv, instant now, const policy& policy, command& out) {
  const auto carried = read_carried(argv);
  if (!carried) return carried.failure();
  if (auto made = parse(*carried->what.row, carried->argv, now, policy, out); !made) return made;
  if (auto checked = check_asks(carried->asked, out); !checked) return checked;
  out.asked = carried->asked;
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
    command_row{.name = "inspect",
                .syntax = "key",
                .arity = 3,
                .flags = readonly,
                .keys = {2, 2, 1},
                .group = server,
                .since = "0.1.0",
                .complexity = "O(n) with n bytes of state",
                .summary = "Returns all that is known of a key, active or passive: type, size, "
                           "replicas; of an active object the fields of ASO.INFO, its handlers and "
                           "methods, and for its owner its state as a text and its latest recorded "
                           "turns.",
                .parse = parse_about<op::inspect>},
    command_row{.name = "nodes",
                .arity = 2,
                .flags = readonly,
                .group = server,
                .since = "0.1.0",
                .complexity = "O(n) with n nodes, each of which is asked once",
                .summary = "Returns the nodes of the network that this one knows: id, address, "
                           "state and figures.",
                .parse = parse_nodes},
    command_row{.name = "read",
                .syntax = "key [STALE max-age-ms]",
                .arity = -3,
                .flags = readonly | fast,
                .keys = {2, 2, 1},
                .group = server,
                .since = "0.1.0",
                .complexity = "O(1); an active object: its handler onGet",
                .summary = "Returns the value of a key, its age in milliseconds, the node that "
                           "answered and whether that leads the key; with STALE a copy that is "
                           "known to be no older will do.",
                .parse = parse_read},
    command_row{.name = "top",
                .syntax = "[BY fuel|memory|turns|messages|mailbox|bytes] [COUNT count]",
                .arity = -2,
                .flags = admin | loading | stale,
                .group = server,
                .since = "0.1.0",
                .complexity = "O(1)",
                .summary = "Returns the active objects of this node (10, at most 100) with the "
                           "most of it since the node started; memory and mailbox: as of their "
                           "last turns. `error` is how much of a value may be another object's.",
                .own = session_command::comet_top},
    command_row{.name = "trace",
                .syntax = "key [count]",
                .arity = -3,
                .flags = readonly | fast,
                .keys = {2, 2, 1},
                .group = server,
                .since = "0.1.0",
                .complexity = "O(1)",
                .summary = "Follows the next requests to a key (10, at most 64) at the node that "
                           "leads it, for ten minutes at most; the owner and administrators may. "
                           "Returns the number of the trace.",
                .parse = parse_trace},
    command_row{.name = "traces",
                .syntax = "key",
                .arity = 3,
                .flags = readonly,
                .keys = {2, 2, 1},
                .group = server,
                .since = "0.1.0",
                .complexity = "O(n) with n requests seen",
                .summary = "Returns what COMET TRACE has seen so far: for each request what it "
                           "was, who asked, through which node, and where its time went; null "
                           "where the key is not traced.",
                .parse = parse_about<op::traces>},
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
                .parse = parse_about<op::where>},
    command_row{.name = "with",
                .syntax = "[QUORUM quorum] [DURABILITY always] [STALE max-age-ms] [ID request-id] "
                          "command [argument ...]",
                .arity = -3,
                .flags = write | movablekeys | carries,
                .group = server,
                .since = "0.1.0",
                .complexity = "That of the command.",
                .summary = "Carries out a command on keys and answers as it does, once so many "
                           "replicas have it (QUORUM: majority, all or a number), once it is "
                           "synced (DURABILITY), from a copy (STALE), or not a second time (ID).",
                .parse = parse_with},
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
