#pragma once
// The command line: what all commands share, and the function of each group that adds its own.
//
// Results go to standard output, everything else to standard error; the exit status tells a script
// what happened without reading either.

#include <CLI/CLI.hpp>
#include <functional>

#include "apps/comet/rendering.hpp"
#include "apps/comet/requests.hpp"
#include "base/bytes.hpp"
#include "object/reply.hpp"

namespace comet::client {

enum exit_status : int {
  succeeded = 0,
  refused = 1,      ///< the node answered an error, or could not start
  misused = 2,      ///< the command line does not make sense
  unreachable = 3,  ///< no node answers
};

/// Filled by the parser, used by the command that was chosen.
struct command_line {
  bytes node = "127.0.0.1:7379";
  bytes user;           ///< empty: the default user
  bytes password_file;  ///< empty: COMET_PASSWORD, if there is one
  int status = succeeded;
};

// One a file; each command runs while the command line is parsed and leaves its status in `shared`.
void add_node_command(CLI::App& app, command_line& shared);
void add_cluster_command(CLI::App& app, command_line& shared);
void add_object_commands(CLI::App& app, command_line& shared);
void add_network_commands(CLI::App& app, command_line& shared);
void add_access_commands(CLI::App& app, command_line& shared);
void add_help_commands(CLI::App& app, command_line& shared);

/// Asks the node of --node once, prints the answer, gives the status.
int ask_and_print(const command_line& shared, const request& words);
/// The same, with the answer in the words of `show`.
int ask_and_show(const command_line& shared, const request& words,
                 const std::function<bytes(const object::reply&)>& show);

/// Prints `error: ...` and gives `status`.
int fail(bytes_view message, int status);

/// For standard output and standard error: a terminal? With colours, where TERM has them and
/// NO_COLOR is not set.
rendering output_rendering();
rendering error_rendering();

}  // namespace comet::client
