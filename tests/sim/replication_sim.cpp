// ./dev sim replication SEED: one run of replication_test as a table, or with all that happens.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "tests/sim/replication_course.hpp"
#include "tests/sim/replication_text.hpp"

namespace {

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void print(const comet::sim::replication_world& world) {
  const auto& f = world.figures();
  std::uint64_t messages = 0;
  for (const auto count : f.messages)
    messages += count;
  fmt::print("{:<34}{:>12}\n", "writes answered", f.writes);
  fmt::print("{:<34}{:>12}\n", "reads answered", f.reads);
  fmt::print("{:<34}{:>12}\n", "begins to lead", f.leaders);
  fmt::print("{:<34}{:>12}\n", "changes of group", f.groups);
  fmt::print("{:<34}{:>12}\n", "crashes", f.crashes);
  fmt::print("{:<34}{:>12}\n", "disks lost or put back", f.disks_lost);
  fmt::print("{:<34}{:>12}\n", "syncs of disks", f.syncs);
  fmt::print("{:<34}{:>12}\n", "messages about leases", f.lease_messages);
  for (std::size_t i = 0; i < f.messages.size(); ++i)
    fmt::print("{:<34}{:>12}\n", comet::sim::name_of_message(i), f.messages[i]);
  fmt::print("{:<34}{:>12.2f}\n", "messages a write", share(messages, f.writes));
  fmt::print("{:<34}{:>12.2f}\n", "bytes of keys and values a write", share(f.bytes, f.writes));
  fmt::print("{:<34}{:>12}\n", "events", f.events);
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seed = 1;
  std::uint64_t runs = 1;
  std::string broken;
  CLI::App app{
      "Copies of ranges under every fault, in virtual time; equal seeds, equal runs. COMET_TRACE=1 "
      "prints what happens, with microseconds of virtual time."};
  app.add_option("SEED", seed, "what all chance comes from")->capture_default_str();
  app.add_option("--runs", runs, "so many seeds, from SEED on")->capture_default_str();
  app.add_option("--broken", broken, "the number of a rule of rule.hpp that is not kept");
  CLI11_PARSE(app, argc, argv);
  int failed = 0;
  for (std::uint64_t i = 0; i < runs; ++i) {
    auto options = comet::sim::drawn_options(seed + i);
    if (!broken.empty()) options.terms.broken.set(std::stoul(broken));
    if (std::getenv("COMET_TRACE") != nullptr)
      options.trace = [](const std::string& what) { fmt::print("{}\n", what); };
    comet::sim::replication_world world{options};
    if (!comet::sim::run_course(world)) {
      ++failed;
      for (const auto& what : world.faults)
        fmt::print("seed {}: {}\n", seed + i, what);
    }
    if (runs == 1) print(world);
  }
  if (runs > 1) fmt::print("{} of {} runs found a fault\n", failed, runs);
  return failed == 0 ? 0 : 1;
}
