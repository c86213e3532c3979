// Rows of ACL; sessions answer them. Users are written in a file (user_table.hpp), so there is no
// SETUSER, DELUSER or SAVE.
#include <array>

#include "net/wire/command_rows.hpp"

namespace comet::wire {

namespace {

using enum command_flag;
using enum session_command;

constexpr auto at_any_time = noscript | loading | stale;
constexpr auto server = command_group::server;

constexpr std::array acl_rows{
    command_row{.name = "cat",
                .syntax = "[category]",
                .arity = -2,
                .flags = at_any_time,
                .group = server,
                .since = "6.0.0",
                .complexity = "O(n) with n commands",
                .summary = "Returns the categories of commands, or the commands of one.",
                .own = acl_cat},
    command_row{.name = "dryrun",
                .syntax = "username command [arg [arg ...]]",
                .arity = -4,
                .flags = admin | at_any_time,
                .group = server,
                .since = "7.0.0",
                .complexity = "O(n) with n rules of the user",
                .summary = "Tells whether a user may run a command, without running it.",
                .own = acl_dryrun},
    command_row{.name = "genpass",
                .syntax = "[bits]",
                .arity = -2,
                .flags = at_any_time,
                .group = server,
                .since = "6.0.0",
                .complexity = "O(1)",
                .summary = "Returns a new password of so many random bits, 256 by default.",
                .own = acl_genpass},
    command_row{.name = "getuser",
                .syntax = "username",
                .arity = 3,
                .flags = admin | at_any_time,
                .group = server,
                .since = "6.0.0",
                .complexity = "O(n) with n rules of the user",
                .summary = "Returns the rules of a user.",
                .own = acl_getuser},
    command_row{.name = "help",
                .arity = 2,
                .flags = loading | stale,
                .group = server,
                .since = "6.0.0",
                .complexity = "O(1)",
                .summary = "Lists the subcommands.",
                .own = acl_help},
    command_row{.name = "list",
                .arity = 2,
                .flags = admin | at_any_time,
                .group = server,
                .since = "6.0.0",
                .complexity = "O(n) with n users",
                .summary = "Returns each user's line as it would stand in the users file.",
                .own = acl_list},
    command_row{
        .name = "load",
        .arity = 2,
        .flags = admin | at_any_time,
        .group = server,
        .since = "6.0.0",
        .complexity = "O(n) with n users and connections",
        .summary = "Reads the users file again: all of it or, when it has a fault, nothing.",
        .own = acl_load},
    command_row{.name = "users",
                .arity = 2,
                .flags = admin | at_any_time,
                .group = server,
                .since = "6.0.0",
                .complexity = "O(n) with n users",
                .summary = "Returns the names of the users.",
                .own = acl_users},
    command_row{.name = "whoami",
                .arity = 2,
                .flags = at_any_time,
                .group = server,
                .since = "6.0.0",
                .complexity = "O(1)",
                .summary = "Returns the name of this connection's user.",
                .own = acl_whoami},
};

constexpr std::array rows{
    command_row{.name = "acl",
                .syntax = "subcommand",
                .arity = -2,
                .group = server,
                .since = "6.0.0",
                .complexity = "Depends on subcommand.",
                .summary = "Users and what they may do; see the subcommands.",
                .subcommands = acl_rows},
};

}  // namespace

std::span<const command_row> acl_commands() {
  return rows;
}

}  // namespace comet::wire
