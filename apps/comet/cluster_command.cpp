// cluster up: a network of nodes on this machine, for trying and testing.

#include <memory>

#include "apps/comet/command_line.hpp"
#include "apps/comet/local_cluster.hpp"

namespace comet::client {
namespace {

int up(const cluster_plan& plan) {
  if (const auto checked = check(plan); !checked) return fail(checked.failure().message, misused);
  return local_cluster{plan}.run();
}

}  // namespace

void add_cluster_command(CLI::App& app, command_line& shared) {
  const auto plan = std::make_shared<cluster_plan>();
  plan->folder = "./comet-cluster";
  CLI::App* cluster =
      app.add_subcommand("cluster", "A network of nodes on this machine")->group("Node");
  cluster->require_subcommand(1);
  CLI::App* command =
      cluster->add_subcommand("up", "Run N nodes in the foreground until SIGTERM or SIGINT")
          ->footer(
              "Each node keeps its data in DIR/node-1, DIR/node-2 ... and logs to "
              "DIR/node-1.log ...; another\n`cluster up` with the same DIR goes on with them. The "
              "nodes are processes of their own.\nA second signal ends them at once.");
  command->add_option("N", plan->nodes, "How many nodes, 1 to 64")->required();
  command->add_option("--dir", plan->folder, "Where everything is kept")->capture_default_str();
  command->add_option("--port", plan->first_port,
                      "Clients of the first node, the next port those of the second, ...; HTTP 100 "
                      "ports on, links 200; by default any free ports");
  command
      ->add_option("--set", plan->settings,
                   "A key of the configuration, for every node; may be repeated")
      ->expected(1)
      ->take_all()
      ->type_name("KEY=VALUE");
  command->callback([&shared, plan] { shared.status = up(*plan); });
}

}  // namespace comet::client
