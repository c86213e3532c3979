// Objects move while nodes join and leave, and clients notice nothing but the time it takes.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <cstdlib>
#include <iostream>

#include "tests/sim/moves_world.hpp"

namespace comet::sim {
namespace {

using std::chrono::milliseconds;

/// COMET_SEED begins elsewhere.
std::uint64_t first_seed() {
  const char* told = std::getenv("COMET_SEED");
  return told != nullptr ? std::strtoull(told, nullptr, 10) : 1;
}

/// One seed where it is told, COMET_SEEDS of them from there.
std::uint64_t seeds(std::uint64_t usual) {
  if (const char* told = std::getenv("COMET_SEEDS")) return std::strtoull(told, nullptr, 10);
  return std::getenv("COMET_SEED") != nullptr ? 1 : usual;
}

void require_no_fault(const moves_world& world, std::uint64_t seed) {
  INFO("seed " << seed << ", " << world.acknowledged() << " acknowledged");
  for (const auto& what : world.faults)
    UNSCOPED_INFO(what);
  REQUIRE(world.faults.empty());
}

TEST_CASE("nothing acknowledged is lost, doubled or read stale while nodes join and leave") {
  const auto seed = GENERATE(range(first_seed(), first_seed() + seeds(20)));
  moves_options options;
  options.seed = seed;
  if (std::getenv("COMET_TRACE") != nullptr)
    options.trace = [](const std::string& what) { std::cerr << what << '\n'; };
  if (const char* key = std::getenv("COMET_WATCH")) options.watched = key;
  moves_world world{options};
  prng chance{seed};
  for (int round = 0; round < 12 && world.faults.empty(); ++round) {
    world.run_for(milliseconds{static_cast<std::int64_t>(5 + chance.below(150))});
    if (world.nodes() < 3 || chance.below(2) == 0) {
      world.join();
    } else {
      world.leave();
    }
  }
  world.run_for(milliseconds{200});
  world.settle();
  world.judge_the_end();
  require_no_fault(world, seed);
  CHECK(world.acknowledged() > 1'000);
  CHECK(world.moved() > 20);
}

TEST_CASE("nothing acknowledged is lost or doubled while the disk of a node is full for a while") {
  const auto seed = GENERATE(range(first_seed(), first_seed() + seeds(3)));
  moves_options options;
  options.seed = seed;
  if (std::getenv("COMET_TRACE") != nullptr)
    options.trace = [](const std::string& what) { std::cerr << what << '\n'; };
  if (const char* key = std::getenv("COMET_WATCH")) options.watched = key;
  moves_world world{options};
  prng chance{seed};
  const auto some = [&](std::uint64_t ms) {
    return milliseconds{static_cast<std::int64_t>(1 + chance.below(ms))};
  };
  world.join();
  world.join();
  for (int round = 0; round < 4 && world.faults.empty(); ++round) {
    world.run_for(some(600));
    world.fill_disk();
    world.run_for(some(3'000));
    world.empty_disk();
  }
  world.settle();
  world.judge_the_end();
  require_no_fault(world, seed);
  CHECK(world.acknowledged() > 1'000);
  CHECK(world.commits_failed() > 0);
}

TEST_CASE("a seed repeats a run exactly") {
  const auto run = [] {
    moves_world world{{.seed = 7}};
    for (int i = 0; i < 4; ++i) {
      world.run_for(milliseconds{60});
      world.join();
    }
    world.run_for(milliseconds{300});
    world.settle();
    world.judge_the_end();
    return std::pair{world.acknowledged(), world.moved()};
  };
  CHECK(run() == run());
}

}  // namespace
}  // namespace comet::sim
