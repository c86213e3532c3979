// ./dev sim overlay: one experiment on the overlay, as a table. Equal arguments, equal table.
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>

#include "tests/sim/overlay_experiment.hpp"

namespace {

void print(const comet::sim::figures& f, std::size_t nodes) {
  fmt::print("{:<34}{:>12}\n", "nodes", nodes);
  fmt::print("{:<34}{:>12}\n", "lookups", f.lookups);
  fmt::print("{:<34}{:>11.3f}%\n", "nearest node found", 100 * f.success);
  fmt::print("{:<34}{:>12.2f}\n", "hops, mean", f.hops_mean);
  fmt::print("{:<34}{:>12}\n", "hops, p50", f.hops_p50);
  fmt::print("{:<34}{:>12}\n", "hops, p99", f.hops_p99);
  fmt::print("{:<34}{:>12.1f}\n", "requests a lookup", f.requests_mean);
  fmt::print("{:<34}{:>12.2f}\n", "of them not answered", f.failures_mean);
  fmt::print("{:<34}{:>9.0f} ms\n", "duration, p50", f.took_ms_p50);
  fmt::print("{:<34}{:>9.0f} ms\n", "duration, p99", f.took_ms_p99);
  fmt::print("{:<34}{:>11.2f}%\n", "search finds 3 nearest of store", 100 * f.agreement);
  fmt::print("{:<34}{:>12.1f}\n", "table size, mean", f.table_mean);
  fmt::print("{:<34}{:>12}\n", "table size, largest", f.table_max);
  fmt::print("{:<34}{:>8.0f} B/s\n", "upkeep a node", f.upkeep_bytes);
  fmt::print("{:<34}{:>10.2f} /s\n", "links opened a node", f.links_opened);
  fmt::print("{:<34}{:>8.0f} B/s\n", "opening links a node", f.link_bytes);
  fmt::print("{:<34}{:>11.1f}%\n", "error of coordinates, median", 100 * f.coordinate_error);
  fmt::print("{:<34}{:>11.2f}%\n", "nodes that know their 3 nearest", 100 * f.converged_at_end);
  if (f.convergence_seconds < 0) {
    fmt::print("{:<34}{:>12}\n", "99.9 % do after churn", "not in time");
  } else {
    fmt::print("{:<34}{:>10.0f} s\n", "99.9 % do after churn", f.convergence_seconds);
  }
  fmt::print("{:<34}{:>12}\n", "events", f.events);
  fmt::print("{:<34}{:>12x}\n", "trace", f.trace & 0xFFFFFFFFFFU);
}

}  // namespace

int main(int argc, char** argv) {
  comet::sim::world_options world;
  comet::sim::experiment_options course;
  double session_minutes = 0;
  std::size_t settle = 120;
  std::size_t measured = 60;
  std::size_t doubling = 10;
  std::size_t later = 1;
  CLI::App app{
      "An overlay of many nodes on a virtual network, in virtual time: they join, settle, and look "
      "up.\nEqual options and seed, equal figures; shares are between 0 and 1."};
  const auto share = CLI::Range(0., 1.);
  const auto seconds = CLI::Range(1, 100'000);
  const auto option = [&app](const char* group, const char* name, auto& value, const char* text) {
    return app.add_option(name, value, text)->group(group)->capture_default_str();
  };
  option("Course", "--nodes", world.nodes, "how many nodes")->check(CLI::Range(2, 1'000'000));
  option("Course", "--seed", world.seed, "what all chance comes from");
  option("Course", "--doubling", doubling, "seconds in which their number doubles as they join")
      ->check(seconds);
  option("Course", "--settle", settle,
         "seconds before the lookups; upkeep is that of the second half")
      ->check(CLI::Range(2, 100'000));
  option("Course", "--measured", measured, "seconds of lookups")->check(seconds);
  option("Course", "--lookups", course.lookups, "targets, each looked up to store and to search")
      ->check(CLI::Range(1, 1'000'000));
  option("Course", "--later", later, "seconds from the end of the one to the other")
      ->check(CLI::Range(0, 3'600));
  option("Lookups", "--paths", world.lookup.paths, "disjoint paths")->check(CLI::Range(1, 8));
  option("Lookups", "--results", world.lookup.results, "nearest nodes that have to answer")
      ->check(CLI::Range(1, 20));
  option("Nodes", "--session", session_minutes, "median session in minutes; 0: nobody goes")
      ->check(CLI::NonNegativeNumber);
  option("Nodes", "--orderly", world.orderly, "share of those who go that say so")->check(share);
  option("Nodes", "--hostile", world.hostile,
         "share that is hostile, a third each: silent, naming each other, naming what is not there")
      ->check(CLI::Range(0., 0.9));
  option("Network", "--delay", world.network.delay_ms,
         "milliseconds of round trip along a side of the square in which nodes stand")
      ->check(CLI::Range(0., 2'000.));
  option("Network", "--loss", world.network.loss, "share of messages lost")
      ->check(CLI::Range(0., 0.9));
  option("Network", "--duplicate", world.network.duplicate, "share of messages delivered twice")
      ->check(share);
  option("Network", "--reorder", world.network.reorder,
         "share of messages up to 200 ms late, behind later ones")
      ->check(share);
  option("Network", "--deaf", world.network.deaf,
         "share of nodes that nothing reaches while what they send arrives, until lookups end")
      ->check(CLI::Range(0., 0.9));
  option("Network", "--cut", world.network.cut,
         "share of pairs that cannot reach each other, until lookups end")
      ->check(CLI::Range(0., 0.9));
  CLI11_PARSE(app, argc, argv);
  world.median_session = std::chrono::seconds{static_cast<int>(session_minutes * 60)};
  world.doubling = std::chrono::seconds{doubling};
  course.settle = std::chrono::seconds{settle};
  course.measured = std::chrono::seconds{measured};
  course.later = std::chrono::seconds{later};
  print(comet::sim::run_experiment(world, course), world.nodes);
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  fmt::print(stderr, "memory {} MB, processor time {} s\n", used.ru_maxrss / 1024,
             used.ru_utime.tv_sec);
  return 0;
}
