// nodes, where: the network as one of its nodes sees it, from the command line.

#include <memory>

#include "apps/comet/command_line.hpp"
#include "apps/comet/network_view.hpp"

namespace comet::client {
namespace {

struct network_flags {
  bytes key;
  bool as_json = false;
};

void add_nodes_command(CLI::App& app, command_line& shared) {
  const auto flags = std::make_shared<network_flags>();
  CLI::App* command =
      app.add_subcommand("nodes", "Show the nodes of the network and how they fare")
          ->group("Network")
          ->footer(
              "Each node is asked for its figures by the one of --node. The state is: here (that "
              "one), alive,\nleaving (hands its keys over), or no answer.");
  command->add_flag("--json", flags->as_json, "All fields, as JSON");
  command->callback([&shared, flags] {
    shared.status = ask_and_show(shared, {"COMET", "NODES"}, [&](const object::reply& answer) {
      return flags->as_json ? json_view(answer) : nodes_view(answer, output_rendering());
    });
  });
}

void add_where_command(CLI::App& app, command_line& shared) {
  const auto flags = std::make_shared<network_flags>();
  CLI::App* command = app.add_subcommand("where", "Show the way to the node that holds a key")
                          ->group("Network")
                          ->footer(
                              "Each node on the way says who it is and how long it waited for the "
                              "next. The key need not exist.");
  command->add_option("KEY", flags->key, "The object's key")->required();
  command->add_flag("--json", flags->as_json, "All fields, as JSON");
  command->callback([&shared, flags] {
    const request words{"COMET", "WHERE", flags->key};
    shared.status = ask_and_show(shared, words, [&](const object::reply& answer) {
      return flags->as_json ? json_view(answer)
                            : route_view(flags->key, answer, output_rendering());
    });
  });
}

}  // namespace

void add_network_commands(CLI::App& app, command_line& shared) {
  add_nodes_command(app, shared);
  add_where_command(app, shared);
}

}  // namespace comet::client
