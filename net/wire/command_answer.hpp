#pragma once
// COMMAND and the HELP subcommands: the command table as replies to clients.
//
// Shapes are those of Redis 7.0, which redis-cli, cluster-aware clients and proxies read at start.

#include "net/wire/command_table.hpp"
#include "object/reply.hpp"

namespace comet::wire {

/// Answers COMMAND and its subcommands except HELP; `argv` is the whole request.
object::reply answer_command(session_command which, argument_list argv);

/// <CONTAINER> HELP: one line and one summary a subcommand.
object::reply help_of(const command_row& container);

}  // namespace comet::wire
