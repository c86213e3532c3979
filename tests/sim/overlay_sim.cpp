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
  fmt::print("{:<34}{:>11.2f}%\n", "two lookups agree on 3 nearest", 100 * f.agreement);
  fmt::print("{:<34}{:>12.1f}\n", "table size, mean", f.table_mean);
  fmt::print("{:<34}{:>12}\n", "table size, largest", f.table_max);
  fmt::print("{:<34}{:>8.0f} B/s\n", "upkeep a node", f.upkeep_bytes);
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
  CLI::App app{"An overlay of many nodes on a virtual network, in virtual time"};
  app.add_option("--nodes", world.nodes, "how many")->check(CLI::Range(2, 1'000'000));
  app.add_option("--doubling", doubling, "seconds in which the network doubles while nodes join")
      ->check(CLI::Range(1, 10'000));
  app.add_option("--seed", world.seed, "repeats a run exactly");
  app.add_option("--session", session_minutes, "median session in minutes; 0: nobody goes")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--orderly", world.orderly, "share of goers that say so")
      ->check(CLI::Range(0., 1.));
  app.add_option("--hostile", world.hostile, "share of nodes that lie or are silent")
      ->check(CLI::Range(0., 0.9));
  app.add_option("--paths", world.lookup.paths, "disjoint paths")->check(CLI::Range(1, 8));
  app.add_option("--results", world.lookup.results, "nearest nodes that have to answer")
      ->check(CLI::Range(1, 20));
  app.add_option("--loss", world.network.loss, "of messages")->check(CLI::Range(0., 0.9));
  app.add_option("--duplicate", world.network.duplicate, "of messages")->check(CLI::Range(0., 0.9));
  app.add_option("--reorder", world.network.reorder, "of messages")->check(CLI::Range(0., 1.));
  app.add_option("--lookups", course.lookups, "pairs of lookups")->check(CLI::Range(1, 1'000'000));
  app.add_option("--settle", settle, "seconds before the lookups")->check(CLI::Range(2, 100'000));
  app.add_option("--measured", measured, "seconds of lookups")->check(CLI::Range(1, 100'000));
  CLI11_PARSE(app, argc, argv);
  world.median_session = std::chrono::seconds{static_cast<int>(session_minutes * 60)};
  world.doubling = std::chrono::seconds{doubling};
  course.settle = std::chrono::seconds{settle};
  course.measured = std::chrono::seconds{measured};
  print(comet::sim::run_experiment(world, course), world.nodes);
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  fmt::print(stderr, "memory {} MB, processor time {} s\n", used.ru_maxrss / 1024,
             used.ru_utime.tv_sec);
  return 0;
}
