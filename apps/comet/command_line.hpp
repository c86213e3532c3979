#pragma once
// The command line: what all commands share, and the function of each group that adds its own.
//
// Results go to standard output, everything else to standard error; the exit status tells a script
// what happened without reading either.

#include <CLI/CLI.hpp>
#include <functional>

#include "apps/comet/connection.hpp"
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
void add_vanish_command(CLI::App& app, command_line& shared);
void add_turn_commands(CLI::App& app, command_line& shared);
void add_observe_commands(CLI::App& app, command_line& shared);
void add_network_commands(CLI::App& app, command_line& shared);
void add_top_command(CLI::App& app, command_line& shared);
void add_doctor_command(CLI::App& app, command_line& shared);
void add_access_commands(CLI::App& app, command_line& shared);
void add_test_command(CLI::App& app, command_line& shared);
void add_new_command(CLI::App& app, command_line& shared);
void add_check_command(CLI::App& app, command_line& shared);
void add_repl_command(CLI::App& app, command_line& shared);
void add_help_commands(CLI::App& app, command_line& shared);

/// Which node to ask, and who asks it.
struct access {
  runtime::address node;
  std::optional<credentials> who;
};
/// Errors: those of the options (syntax).
result<access> access_of(const command_line& shared);

/// To the node of --node, for commands that ask more than once. Errors: those of the options
/// (syntax) and of the connection.
result<connection> connect(const command_line& shared);
/// With which status a command ends that has no connection.
int status_of(const error& unconnected);

/// Asks the node of --node once, prints the answer, gives the status.
int ask_and_print(const command_line& shared, const request& words);
/// The same, with the answer in the words of `show`.
int ask_and_show(const command_line& shared, const request& words,
                 const std::function<bytes(const object::reply&)>& show);

/// Asks all of them, in order, over one connection; `use` gets the answers, failed or not, and
/// gives the status.
int ask_all(const command_line& shared, const std::vector<request>& requests,
            const std::function<int(const std::vector<object::reply>&)>& use);

/// Prints `error: ...` and gives `status`.
int fail(bytes_view message, int status);

/// For standard output and standard error: a terminal? With colours, where TERM has them and
/// NO_COLOR is not set.
rendering output_rendering();
rendering error_rendering();

}  // namespace comet::client
