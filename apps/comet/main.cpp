// comet: one binary for nodes, clients and developers.

#include <cstdio>
#include <exception>

#include "apps/comet/command_line.hpp"
#include "runtime/build_info.hpp"

namespace {

using namespace comet::client;  // NOLINT(google-build-using-namespace): this is the program

constexpr const char* description =
    "Comet: a key-value store whose values can carry code.\n"
    "\n"
    "  comet node                             run a node\n"
    "  comet put greeting --value hello       store a value\n"
    "  comet put door timed_release.lua --value deed --arg +60\n"
    "  comet get door                         its onGet decides\n";

int status_of(const CLI::App& app, const CLI::ParseError& stopped) {
  if (stopped.get_exit_code() == 0) return app.exit(stopped);  // --help, --version
  fail(stopped.what(), misused);
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
  app.set_version_flag("--version", comet::runtime::version_line());
  app.require_subcommand(1);
  app.fallthrough();
  add_node_command(app, shared);
  add_object_commands(app, shared);
  add_help_commands(app, shared);
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& stopped) {
    return status_of(app, stopped);
  } catch (const std::exception& defect) {
    return fail(defect.what(), refused);
  }
  return shared.status;
}
