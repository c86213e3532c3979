// comet: one binary for nodes, clients and developers.

#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "apps/comet/command_line.hpp"
#include "runtime/build_info.hpp"
#include "runtime/setting_table.hpp"

namespace {

using namespace comet::client;  // NOLINT(google-build-using-namespace): this is the program

constexpr const char* description =
    "Comet: a key-value store whose values can carry code.\n"
    "\n"
    "  comet node                             run a node\n"
    "  comet cluster up 3                     run three that are one\n"
    "  comet new door                         begin an object: code, tests, README\n"
    "  comet put greeting --value hello       store a value\n"
    "  comet put door timed_release.lua --value deed --arg +60\n"
    "  comet get door                         its onGet decides\n";

/// "did you mean --resp?" for a flag of `comet node` that was nearly right.
void suggest_flag(int count, char** words) {
  for (int i = 1; i < count; ++i) {
    const comet::bytes_view word = words[i];
    if (!word.starts_with("--")) continue;
    const comet::bytes_view flag = word.substr(2, word.find('=') - 2);
    const comet::bytes_view nearest = comet::runtime::nearest_setting(flag);
    if (nearest.empty() || nearest == flag) continue;
    fmt::print(stderr, "did you mean --{}?\n", nearest);
  }
}

int status_of(const CLI::App& app, const CLI::ParseError& stopped, int count, char** words) {
  if (stopped.get_exit_code() == 0) return app.exit(stopped);  // --help, --version
  fail(stopped.what(), misused);
  suggest_flag(count, words);
  std::fputs("run `comet help` for what there is\n", stderr);
  return misused;
}

}  // namespace

int main(int count, char** words) {
  CLI::App app{description, "comet"};
  command_line shared;
  app.add_option("--node", shared.node, "The node to ask")
      ->envname("COMET_RESP")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--user", shared.user, "Who asks; with a password")->envname("COMET_USER");
  app.add_option("--password-file", shared.password_file,
                 "File of the password; COMET_PASSWORD holds it itself")
      ->envname("COMET_PASSWORD_FILE");
  app.set_version_flag("--version", comet::runtime::version_line());
  app.require_subcommand(0, 1);
  app.fallthrough();
  add_node_command(app, shared);
  add_cluster_command(app, shared);
  add_object_commands(app, shared);
  add_vanish_command(app, shared);
  add_turn_commands(app, shared);
  add_observe_commands(app, shared);
  add_network_commands(app, shared);
  add_top_command(app, shared);
  add_doctor_command(app, shared);
  add_access_commands(app, shared);
  add_test_command(app, shared);
  add_new_command(app, shared);
  add_check_command(app, shared);
  add_repl_command(app, shared);
  add_help_commands(app, shared);
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& stopped) {
    return status_of(app, stopped, count, words);
  } catch (const std::exception& defect) {
    return fail(defect.what(), refused);
  }
  if (app.get_subcommands().empty()) {
    std::fputs(app.help().c_str(), stderr);
    return misused;
  }
  return shared.status;
}
