// Copies of ranges keep one history of each key, whatever fails.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <cstdlib>
#include <iostream>

#include "tests/sim/replication_course.hpp"

namespace comet::sim {
namespace {

using std::chrono::milliseconds;
using standing = replication_world::standing;

/// COMET_SEED begins elsewhere.
std::uint64_t first_seed() {
  const char* told = std::getenv("COMET_SEED");
  return told != nullptr ? std::strtoull(told, nullptr, 10) : 1;
}

void hear(replication_options& options) {
  if (std::getenv("COMET_TRACE") != nullptr)
    options.trace = [](const std::string& what) { std::cerr << what << '\n'; };
}

void require_no_fault(const replication_world& world) {
  for (const auto& what : world.faults)
    UNSCOPED_INFO(what);
  REQUIRE(world.faults.empty());
}

replication_options calm(std::uint64_t seed = 1) {
  replication_options options;
  options.seed = seed;
  options.ranges = 1;
  options.network.loss = 0;
  options.network.late = 0;
  hear(options);
  return options;
}

/// A group of three nodes, the leader first, and some that are not of it.
struct trio {
  std::size_t leader = 0;
  std::vector<std::size_t> others;
  std::vector<std::size_t> strangers;
};

trio ready_trio(replication_world& world) {
  REQUIRE(world.run_until([&] { return world.leader(0) && world.members(0).size() == 3; },
                          milliseconds{10'000}));
  world.run_for(milliseconds{3'000});
  trio found;
  found.leader = world.leader(0).value();
  const auto members = world.members(0);
  for (std::size_t i = 0; i < 5; ++i) {
    const bool belongs = std::find(members.begin(), members.end(), i) != members.end();
    if (belongs && i != found.leader) found.others.push_back(i);
    if (!belongs) found.strangers.push_back(i);
  }
  REQUIRE(found.others.size() == 2);
  return found;
}

const operation& result(const replication_world& world, std::size_t asked) {
  return world.history().operations()[asked];
}

/// Asks until somebody answers.
const operation& answered(replication_world& world, action what, std::int64_t given = 0) {
  for (int tries = 0; tries < 100; ++tries) {
    REQUIRE(world.run_until([&] { return world.leader(0).has_value(); }, milliseconds{10'000}));
    const auto asked = world.ask(*world.leader(0), what, world.key(0, 0), given);
    (void)world.run_until([&] { return result(world, asked).returned != 0; }, milliseconds{3'000});
    if (result(world, asked).came == outcome::done) return result(world, asked);
  }
  FAIL("nobody answers");
  return result(world, 0);
}

TEST_CASE("one history of each key under every fault, and all is in order afterwards") {
  for (std::uint64_t seed = first_seed(), end = seed + 1'000; seed < end; ++seed) {
    auto options = drawn_options(seed);
    hear(options);
    replication_world world{options};
    INFO("COMET_SEED=" << seed);
    (void)run_course(world);
    require_no_fault(world);
  }
}

TEST_CASE("replicas: a seed repeats a run exactly") {
  const auto run = [] {
    replication_world world{drawn_options(12)};
    (void)run_course(world);
    return world.figures();
  };
  const auto once = run();
  CHECK(once == run());
  CHECK(once.writes > 100);
  CHECK(once.events > 5'000);
}

TEST_CASE("a key is created on the side of the majority only, and no second time on the other") {
  replication_world world{calm()};
  const auto [leader, others, strangers] = ready_trio(world);
  auto minority = strangers;
  minority.push_back(leader);
  world.network().divide(minority, world.now() + std::chrono::hours{1});
  const auto apart = world.ask(leader, action::write, world.key(0, 0), 1'000);
  const bool elected =
      world.run_until([&, first = leader] { return world.leader(0) && *world.leader(0) != first; },
                      milliseconds{3'000});
  CHECK(elected);
  CHECK(result(world, apart).came != outcome::done);
  const auto there = world.ask(*world.leader(0), action::add, world.key(0, 0), 1);
  world.run_for(milliseconds{500});
  CHECK(result(world, there).came == outcome::done);
  CHECK(result(world, there).seen == content{1});
  const auto blind = world.ask(leader, action::read, world.key(0, 0));
  world.run_for(milliseconds{500});
  CHECK(result(world, blind).came == outcome::refused);
  world.settle();
  CHECK(answered(world, action::read).seen == content{2});  // settling added one
  world.judge_histories();
  require_no_fault(world);
}

TEST_CASE("another leads within 3 s after its leader died") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    replication_world world{calm(seed)};
    const auto leader = ready_trio(world).leader;
    world.crash(leader);
    INFO("seed " << seed);
    CHECK(world.run_until([&] { return world.leader(0).has_value(); }, milliseconds{3'000}));
    world.settle();
    require_no_fault(world);
  }
}

TEST_CASE("a value that may be read ten times is read ten times, through the death of its leader") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    replication_world world{calm(seed)};
    const auto leader = ready_trio(world).leader;
    (void)answered(world, action::write, 1'010);
    std::vector<std::size_t> taken;
    for (int i = 0; i < 4; ++i)
      taken.push_back(world.ask(leader, action::take, world.key(0, 0)));
    world.run_for(milliseconds{static_cast<std::int64_t>(seed % 5)});
    world.crash(leader);
    for (int i = 0; i < 20; ++i)
      (void)answered(world, action::take);
    std::size_t count = 0;
    std::size_t unheard = 0;
    for (const auto& o : world.history().operations()) {
      if (o.what != action::take) continue;
      if (o.came == outcome::done && o.seen) ++count;
      if (o.came == outcome::unknown) ++unheard;
    }
    INFO("seed " << seed << ", " << unheard << " without an answer");
    CHECK(count <= 10);
    CHECK(count + unheard >= 10);
    world.judge_histories();
    require_no_fault(world);
  }
}

TEST_CASE("a leader whose two followers are gone says so, and goes on when one is back") {
  replication_world world{calm()};
  const auto [leader, others, strangers] = ready_trio(world);
  world.crash(others[0]);
  world.crash(others[1]);
  const auto says_so = [&, at = leader] {
    const auto how = world.stands(at, 0);
    return how == standing::is_cut_off || how == standing::changes;
  };
  CHECK(world.run_until(says_so, milliseconds{2'000}));
  const auto asked = world.ask(leader, action::read, world.key(0, 0));
  world.run_for(milliseconds{100});
  CHECK(result(world, asked).came == outcome::refused);
  world.restart(others[0]);
  CHECK(world.run_until([&] { return world.leader(0).has_value(); }, milliseconds{6'000}));
  world.settle();
  require_no_fault(world);
}

TEST_CASE("a follower that is left alone says so, and is sound when the others are back") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    replication_world world{calm(seed)};
    const auto [leader, others, strangers] = ready_trio(world);
    world.crash(leader);
    world.crash(others[0]);
    const auto cut_off = [&, left = others[1]] {
      return world.stands(left, 0) == standing::is_cut_off;
    };
    INFO("seed " << seed);
    CHECK(!world.run_until(cut_off, milliseconds{1'400}));
    CHECK(world.run_until(cut_off, milliseconds{1'900}));
    world.run_for(milliseconds{5'000});
    CHECK(cut_off());
    world.restart(others[0]);
    CHECK(world.run_until([&] { return world.leader(0).has_value(); }, milliseconds{6'000}));
    CHECK(!cut_off());
    world.settle();
    require_no_fault(world);
  }
}

TEST_CASE("a node whose disk was lost does not vote with what it forgot") {
  replication_world world{calm()};
  const auto [leader, others, strangers] = ready_trio(world);
  const auto hour = world.now() + std::chrono::hours{1};
  world.network().divide({others[1]}, hour);  // what follows is on two disks
  (void)answered(world, action::write, 7'000);
  world.crash(others[0]);
  world.network().divide({leader}, hour);
  world.network().heal({});
  world.network().divide({leader}, hour);
  world.restart(others[0], replication_world::disk::lost);
  CHECK(!world.run_until([&, at = leader] { return world.leader(0).value_or(at) != at; },
                         milliseconds{8'000}));
  world.network().heal({});
  CHECK(answered(world, action::read).seen == content{7'000});
  world.settle();
  world.judge_histories();
  require_no_fault(world);
}

TEST_CASE("clocks that run worse than allowed let reads be stale, and lose no write") {
  for (std::uint64_t seed = first_seed(), end = seed + 100; seed < end; ++seed) {
    auto options = drawn_options(seed);
    options.clock_error = 0.4;
    hear(options);
    replication_world world{options};
    INFO("COMET_SEED=" << seed);
    world.run_for(milliseconds{2'500});
    world.work(true);
    world.trouble(true);
    world.run_for(milliseconds{7'000});
    world.settle();
    world.judge_histories(true);
    require_no_fault(world);
  }
}

}  // namespace
}  // namespace comet::sim
