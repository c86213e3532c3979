// Rows of the commands about a connection; sessions answer them.
#include <array>

#include "net/wire/command_rows.hpp"

namespace comet::wire {

namespace {

using enum command_flag;
using enum session_command;

constexpr auto at_any_time = loading | stale;
constexpr auto handshake = noscript | loading | stale | fast | no_auth | allow_busy;
constexpr auto connection = command_group::connection;

constexpr std::array client_rows{
    command_row{.name = "getname", .arity = 2, .flags = noscript | at_any_time,
                .group = connection, .since = "2.6.9", .complexity = "O(1)",
                .summary = "Returns the name of this connection.", .own = client_getname},
    command_row{.name = "help", .arity = 2, .flags = at_any_time, .group = connection,
                .since = "5.0.0", .complexity = "O(1)", .summary = "Lists the subcommands.",
                .own = client_help},
    command_row{.name = "id", .arity = 2, .flags = noscript | at_any_time, .group = connection,
                .since = "5.0.0", .complexity = "O(1)",
                .summary = "Returns the id of this connection.", .own = client_id},
    command_row{.name = "info", .arity = 2, .flags = noscript | at_any_time, .group = connection,
                .since = "6.2.0", .complexity = "O(1)",
                .summary = "Returns the line of CLIENT LIST about this connection.",
                .own = client_info},
    command_row{.name = "kill",
                .syntax = "<ip:port | [ID client-id] [TYPE <NORMAL | MASTER | SLAVE | REPLICA | "
                          "PUBSUB>] [USER username] [ADDR ip:port] [LADDR ip:port] "
                          "[SKIPME <YES | NO>]>",
                .arity = -3, .flags = admin | noscript | at_any_time, .group = connection,
                .since = "2.4.0", .complexity = "O(n) with n connections",
                .summary = "Closes the connections that all filters match; returns how many.",
                .own = client_kill},
    command_row{.name = "list",
                .syntax = "[TYPE <NORMAL | MASTER | REPLICA | PUBSUB>] "
                          "[ID client-id [client-id ...]]",
                .arity = -2, .flags = admin | noscript | at_any_time, .group = connection,
                .since = "2.4.0", .complexity = "O(n) with n connections",
                .summary = "Returns a line about each connection.", .own = client_list},
    command_row{.name = "no-evict", .syntax = "<ON | OFF>", .arity = 3,
                .flags = admin | noscript | at_any_time, .group = connection, .since = "7.0.0",
                .complexity = "O(1)",
                .summary = "Accepted and without effect: connections are not evicted.",
                .own = client_no_evict},
    command_row{.name = "no-touch", .syntax = "<ON | OFF>", .arity = 3,
                .flags = noscript | at_any_time, .group = connection, .since = "7.2.0",
                .complexity = "O(1)", .summary = "Accepted and without effect.",
                .own = client_no_touch},
    command_row{.name = "reply", .syntax = "<ON | OFF | SKIP>", .arity = 3,
                .flags = noscript | at_any_time | alone, .group = connection, .since = "3.2.0",
                .complexity = "O(1)",
                .summary = "Switches replies on or off, or skips the reply of the next command.",
                .own = client_reply},
    command_row{.name = "setinfo", .syntax = "<LIB-NAME libname | LIB-VER libver>", .arity = 4,
                .flags = noscript | at_any_time, .group = connection, .since = "7.2.0",
                .complexity = "O(1)",
                .summary = "Notes the client library and its version for CLIENT LIST.",
                .own = client_setinfo},
    command_row{.name = "setname", .syntax = "connection-name", .arity = 3,
                .flags = noscript | at_any_time, .group = connection, .since = "2.6.9",
                .complexity = "O(1)", .summary = "Names this connection.", .own = client_setname},
};

constexpr std::array rows{
    command_row{.name = "auth", .syntax = "[username] password", .arity = -2,
                .flags = handshake | alone, .group = connection, .since = "1.0.0",
                .complexity = "O(1)", .summary = "Authenticates this connection.", .own = auth},
    command_row{.name = "client", .syntax = "subcommand", .arity = -2, .group = connection,
                .since = "2.4.0", .complexity = "Depends on subcommand.",
                .summary = "Connections and their properties; see the subcommands.",
                .subcommands = client_rows},
    command_row{.name = "echo", .syntax = "message", .arity = 2, .flags = at_any_time | fast,
                .group = connection, .since = "1.0.0", .complexity = "O(1)",
                .summary = "Returns its argument.", .own = echo},
    command_row{.name = "hello", .syntax = "[protover [AUTH username password] "
                                           "[SETNAME clientname]]",
                .arity = -1, .flags = handshake | alone, .group = connection, .since = "6.0.0",
                .complexity = "O(1)",
                .summary = "Chooses RESP2 or RESP3; returns what the node is.", .own = hello},
    command_row{.name = "ping", .syntax = "[message]", .arity = -1, .flags = fast | subscribed,
                .group = connection, .since = "1.0.0", .complexity = "O(1)",
                .summary = "Returns PONG, or its argument.", .own = ping},
    command_row{.name = "quit", .arity = -1, .flags = handshake | subscribed, .group = connection,
                .since = "1.0.0", .complexity = "O(1)",
                .summary = "Closes this connection when all replies are sent.", .own = quit},
    command_row{.name = "reset", .arity = 1, .flags = handshake | subscribed | alone,
                .group = connection, .since = "6.2.0", .complexity = "O(1)",
                .summary = "Makes this connection as it was at its start.", .own = reset},
    command_row{.name = "select", .syntax = "index", .arity = 2, .flags = at_any_time | fast,
                .group = connection, .since = "1.0.0", .complexity = "O(1)",
                .summary = "Chooses database 0, the only one.", .own = select},
};

}  // namespace

std::span<const command_row> connection_commands() { return rows; }

}  // namespace comet::wire
