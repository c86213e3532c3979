// The overlay on a virtual network: small sizes and a few seeds here, large ones in `./dev sim`.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <map>

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

constexpr experiment_options few{.lookups = 50, .settle = 30s, .measured = 10s};

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
    CHECK(f.success >= 0.99);
    CHECK(f.agreement >= 0.95);
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

TEST_CASE("delay is the round trip along a side of the square") {
  const auto took = [](double delay_ms) {
    auto options = world_of(60, seeds()[0]);
    options.network.delay_ms = delay_ms;
    return run_experiment(options, few).took_ms_p50;
  };
  CHECK(took(400) > 4 * took(40));
}

TEST_CASE("a message lost costs a request its answer") {
  auto options = world_of(60, seeds()[0]);
  CHECK(run_experiment(options, few).failures_mean == 0);
  options.network.loss = 0.1;
  const auto f = run_experiment(options, few);
  CHECK(f.failures_mean / f.requests_mean > 0.12);  // either way: 0.19, if none was asked twice
  CHECK(f.failures_mean / f.requests_mean < 0.26);
}

TEST_CASE("every message may come twice, and every lookup finds what it found before") {
  auto options = world_of(60, seeds()[0]);
  const auto once = run_experiment(options, few);
  options.network.duplicate = 1;
  const auto twice = run_experiment(options, few);
  CHECK(twice.events > once.events * 13 / 10);  // ticks and timeouts are events too
  CHECK(twice.success == 1);
}

TEST_CASE("a message out of order comes up to 200 ms late") {
  auto options = world_of(60, seeds()[0]);
  const auto before = run_experiment(options, few);
  options.network.reorder = 1;
  const auto f = run_experiment(options, few);
  CHECK(f.took_ms_p50 > before.took_ms_p50 + 100);
  CHECK(f.success > 0.9);
}

TEST_CASE("in a one-way partition nothing reaches the deaf, and the others find each other") {
  auto options = world_of(60, seeds()[0]);
  options.network.deaf = 0.2;
  overlay_world world{options};
  world.grow();
  world.set_partitioned(true);
  std::size_t deaf = 0;
  for (const auto index : world.live()) {
    deaf += world.is_deaf(index) ? 1 : 0;
    CHECK(world.is_cut(index == 0 ? 1 : 0, index) == world.is_deaf(index));
  }
  CHECK(deaf >= 4);
  CHECK(deaf <= 22);
  const auto f = run_experiment(options, few);
  CHECK(f.success > 0.97);
  CHECK(f.convergence_seconds >= 0);
}

TEST_CASE("in a partial partition cut pairs do not hear each other, and lookups go round them") {
  auto options = world_of(60, seeds()[0]);
  options.network.cut = 0.1;
  overlay_world world{options};
  world.grow();
  world.set_partitioned(true);
  world.run_for(400s);
  std::size_t cut = 0;
  std::size_t known = 0;
  for (const auto a : world.live()) {
    for (const auto b : world.live()) {
      if (a == b || !world.is_cut(a, b)) continue;
      CHECK(world.is_cut(b, a));
      ++cut;
      known += world.node(a).table().find(world.node(b).self().id) != nullptr ? 1 : 0;
    }
  }
  CHECK(cut > 60 * 59 / 20);
  CHECK(cut < 60 * 59 / 5);
  CHECK(known == 0);
  CHECK(run_experiment(options, few).success > 0.8);
}

TEST_CASE("half of the nodes are gone after a median session, and as many are there") {
  auto options = world_of(200, seeds()[0]);
  options.median_session = 120s;
  overlay_world world{options};
  world.grow();
  const auto before = world.live();
  world.set_churn(true);
  const auto left_of = [&] {
    const auto now = world.live();
    return std::count_if(before.begin(), before.end(), [&now](std::size_t index) {
      return std::find(now.begin(), now.end(), index) != now.end();
    });
  };
  world.run_for(120s);
  CHECK(left_of() > 75);
  CHECK(left_of() < 125);
  CHECK(world.live().size() == 200);
}

TEST_CASE("the hostile are the share asked for, and of each kind") {
  auto options = world_of(300, seeds()[0]);
  options.hostile = 0.3;
  overlay_world world{options};
  world.grow();
  std::map<conduct, std::size_t> kinds;
  for (const auto index : world.live())
    ++kinds[world.conduct_of(index)];
  for (const auto kind : {conduct::silent, conduct::colluding, conduct::forging}) {
    CHECK(kinds[kind] > 15);
    CHECK(kinds[kind] < 45);
  }
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
