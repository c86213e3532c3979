// The overlay on a virtual network: small sizes and a few seeds here, large ones in `./dev sim`.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <string>

#include "tests/sim/overlay_experiment.hpp"

namespace comet::sim {

using namespace std::chrono_literals;

namespace {

/// The seeds of a run; COMET_SIM_SEED replays one.
std::vector<std::uint64_t> seeds() {
  const char* given = std::getenv("COMET_SIM_SEED");
  if (given != nullptr) return {std::strtoull(given, nullptr, 10)};
  return {1, 2};
}

world_options world_of(std::size_t nodes, std::uint64_t seed) {
  world_options options;
  options.nodes = nodes;
  options.seed = seed;
  return options;
}

constexpr experiment_options brief{
    .lookups = 150, .settle = 60s, .measured = 30s, .convergence_max = 120s};

}  // namespace

TEST_CASE("without churn every lookup finds the nearest node, in half of log2(N) hops") {
  for (const auto seed : seeds()) {
    const auto f = run_experiment(world_of(300, seed), brief);
    INFO("seed " << seed);
    CHECK(f.success == 1);
    CHECK(f.agreement == 1);
    CHECK(f.hops_p99 <= 4);
    CHECK(f.converged_at_end == 1);
    CHECK(f.upkeep_bytes < 1'000);
    CHECK(f.coordinate_error < 0.2);
  }
}

TEST_CASE("at a median session of 1.4 minutes 99 of 100 lookups find the nearest node") {
  for (const auto seed : seeds()) {
    auto options = world_of(200, seed);
    options.median_session = 84s;
    const auto f = run_experiment(options, brief);
    INFO("seed " << seed);
    CHECK(f.success >= 0.99);
    CHECK(f.agreement >= 0.95);
    CHECK(f.upkeep_bytes < 1'000);
    CHECK(f.convergence_seconds >= 0);
  }
}

TEST_CASE("loss, duplicates and reordering cost time, not answers") {
  for (const auto seed : seeds()) {
    auto options = world_of(150, seed);
    options.network = {.loss = 0.02, .duplicate = 0.05, .reorder = 0.1};
    const auto f = run_experiment(options, brief);
    INFO("seed " << seed);
    CHECK(f.success >= 0.97);
    CHECK(f.hops_p99 <= 5);
  }
}

TEST_CASE("with a fifth of the nodes hostile disjoint paths still find the nearest honest node") {
  for (const auto seed : seeds()) {
    auto options = world_of(300, seed);
    options.hostile = 0.2;
    options.lookup.paths = 3;
    const auto f = run_experiment(options, brief);
    INFO("seed " << seed);
    CHECK(f.success >= 0.97);
  }
}

TEST_CASE("two halves that lost each other become one again") {
  overlay_world world{world_of(60, seeds()[0])};
  world.grow();
  world.run_for(60s);
  world.set_blocked([](std::size_t from, std::size_t to) { return (from + to) % 2 == 1; });
  world.run_for(120s);
  CHECK(world.converged(3) < 0.5);
  world.set_blocked({});
  world.run_for(300s);
  CHECK(world.converged(3) == 1);
}

TEST_CASE("nodes that hear nobody are dropped, and found again when they hear") {
  overlay_world world{world_of(60, seeds()[0])};
  world.grow();
  world.run_for(60s);
  world.set_blocked([](std::size_t, std::size_t to) { return to < 6; });
  world.run_for(330s);  // who is heard from is asked after four minutes at the latest
  std::size_t known = 0;
  for (const auto index : world.live()) {
    for (std::size_t deaf = 0; deaf < 6; ++deaf)
      known += index >= 6 && world.node(index).table().find(world.node(deaf).self().id) ? 1 : 0;
  }
  CHECK(known == 0);
  world.set_blocked({});
  world.run_for(300s);
  CHECK(world.converged(3) == 1);
}

TEST_CASE("a seed repeats a run exactly, another does not") {
  const auto trace = [](std::uint64_t seed) {
    auto options = world_of(60, seed);
    options.median_session = 60s;
    options.hostile = 0.1;
    options.network = {.loss = 0.05, .duplicate = 0.05, .reorder = 0.1};
    return run_experiment(options, {.lookups = 20, .settle = 20s, .measured = 10s}).trace;
  };
  CHECK(trace(7) == trace(7));
  CHECK(trace(7) != trace(8));
}

}  // namespace comet::sim
