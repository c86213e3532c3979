// Rows of the commands about the node itself; sessions answer them.
#include <array>

#include "net/wire/command_rows.hpp"

namespace comet::wire {

namespace {

using enum command_flag;

constexpr auto at_any_time = loading | stale;
constexpr auto server = command_group::server;

constexpr std::array command_rows{
    command_row{.name = "count",
                .arity = 2,
                .flags = at_any_time,
                .group = server,
                .since = "2.8.13",
                .complexity = "O(1)",
                .summary = "Returns the number of commands.",
                .own = session_command::command_count},
    command_row{.name = "docs",
                .syntax = "[command-name ...]",
                .arity = -2,
                .flags = at_any_time,
                .group = server,
                .since = "7.0.0",
                .complexity = "O(n) with n commands",
                .summary = "Returns the documentation of commands, or of all.",
                .own = session_command::command_docs},
    command_row{.name = "getkeys",
                .syntax = "command [argument ...]",
                .arity = -4,
                .flags = at_any_time,
                .group = server,
                .since = "2.8.13",
                .complexity = "O(n) with n arguments",
                .summary = "Returns the keys in the arguments of a command.",
                .own = session_command::command_getkeys},
    command_row{.name = "help",
                .arity = 2,
                .flags = at_any_time,
                .group = server,
                .since = "5.0.0",
                .complexity = "O(1)",
                .summary = "Lists the subcommands.",
                .own = session_command::command_help},
    command_row{.name = "info",
                .syntax = "[command-name ...]",
                .arity = -2,
                .flags = at_any_time,
                .group = server,
                .since = "2.8.13",
                .complexity = "O(n) with n commands",
                .summary = "Returns arity, flags and key positions of commands, or of all.",
                .own = session_command::command_info},
    command_row{.name = "list",
                .syntax = "[FILTERBY <MODULE module-name | ACLCAT category | PATTERN pattern>]",
                .arity = -2,
                .flags = at_any_time,
                .group = server,
                .since = "7.0.0",
                .complexity = "O(n) with n commands",
                .summary = "Returns the names of commands.",
                .own = session_command::command_list},
};

constexpr std::array config_rows{
    command_row{.name = "get",
                .syntax = "parameter [parameter ...]",
                .arity = -3,
                .flags = admin | noscript | at_any_time,
                .group = server,
                .since = "2.0.0",
                .complexity = "O(n) with n parameters",
                .summary = "Returns the parameters that match glob patterns.",
                .own = session_command::config_get},
    command_row{.name = "help",
                .arity = 2,
                .flags = at_any_time,
                .group = server,
                .since = "5.0.0",
                .complexity = "O(1)",
                .summary = "Lists the subcommands.",
                .own = session_command::config_help},
    command_row{.name = "resetstat",
                .arity = 2,
                .flags = admin | noscript | at_any_time,
                .group = server,
                .since = "2.0.0",
                .complexity = "O(1)",
                .summary = "Sets the statistics of INFO to zero.",
                .own = session_command::config_resetstat},
    command_row{.name = "set",
                .syntax = "parameter value [parameter value ...]",
                .arity = -4,
                .flags = admin | noscript | at_any_time,
                .group = server,
                .since = "2.0.0",
                .complexity = "O(n) with n parameters",
                .summary = "Sets parameters of the running node: all of them or none.",
                .own = session_command::config_set},
};

constexpr std::array rows{
    command_row{.name = "command",
                .syntax = "[subcommand]",
                .arity = -1,
                .flags = at_any_time,
                .group = server,
                .since = "2.8.13",
                .complexity = "O(n) with n commands",
                .summary = "Tells which commands there are; see the subcommands.",
                .own = session_command::command,
                .subcommands = command_rows},
    command_row{.name = "config",
                .syntax = "subcommand",
                .arity = -2,
                .group = server,
                .since = "2.0.0",
                .complexity = "Depends on subcommand.",
                .summary = "Parameters of the running node; see the subcommands.",
                .subcommands = config_rows},
    command_row{.name = "info",
                .syntax = "[section ...]",
                .arity = -1,
                .flags = at_any_time | dangerous,
                .group = server,
                .since = "1.0.0",
                .complexity = "O(1)",
                .summary = "Returns the figures of the node, all or some sections.",
                .own = session_command::info},
    command_row{.name = "time",
                .arity = 1,
                .flags = at_any_time | fast,
                .group = server,
                .since = "2.6.0",
                .complexity = "O(1)",
                .summary = "Returns the node's Unix time: seconds, and microseconds within.",
                .own = session_command::time},
};

}  // namespace

std::span<const command_row> server_commands() {
  return rows;
}

}  // namespace comet::wire
