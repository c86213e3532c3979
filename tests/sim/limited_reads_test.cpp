// A value that may be read n times is read n times: fifty readers, and its leader goes.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <iostream>

#include "object/kept_answers.hpp"
#include "tests/sim/limited_reads_world.hpp"

namespace comet::sim {
namespace {

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

struct outcome {
  limited_reads_world::figures seen;
  std::vector<std::string> faults;
};

outcome run(limited_reads_options how, std::uint64_t seed) {
  how.seed = seed;
  if (std::getenv("COMET_TRACE") != nullptr)
    how.trace = [](const std::string& what) { std::cerr << what << '\n'; };
  limited_reads_world world{how};
  world.run();
  return {world.seen(), world.faults};
}

std::string in_words(const outcome& what, std::uint64_t seed) {
  const auto& seen = what.seen;
  std::string text = "seed " + std::to_string(seed) + ", the leader was " + seen.fault + ": " +
                     std::to_string(seen.read) + " reads of " + std::to_string(seen.allowed) +
                     ", " + std::to_string(seen.read_after) + " under another leader, " +
                     std::to_string(seen.uncertain) + " uncertain answers";
  for (const auto& fault : what.faults)
    text += "\n  " + fault;
  return text;
}

/// In each run another leader took over while readers waited, and what they were told is sound.
void require_sound(const outcome& what, std::uint64_t seed) {
  INFO(in_words(what, seed));
  REQUIRE(what.faults.empty());
  REQUIRE(what.seen.read_after > 0);
  REQUIRE(what.seen.asked_when_hit > 0);
}

void require_exact(const outcome& what, std::uint64_t seed) {
  require_sound(what, seed);
  INFO(in_words(what, seed));
  REQUIRE(static_cast<std::int64_t>(what.seen.read) == what.seen.allowed);
}

/// So many of the runs were found to be wrong.
std::size_t noticed(const limited_reads_options& how, std::uint64_t runs) {
  std::size_t count = 0;
  for (std::uint64_t seed = 1; seed <= runs; ++seed)
    if (!run(how, seed).faults.empty()) ++count;
  return count;
}

TEST_CASE("fifty readers read a limited value exactly so often while its leader goes") {
  std::uint64_t uncertain = 0;
  for (auto seed = first_seed(); seed < first_seed() + seeds(1'000); ++seed) {
    const auto what = run({}, seed);
    require_exact(what, seed);
    if (std::getenv("COMET_FIGURES") != nullptr) std::cout << in_words(what, seed) << '\n';
    uncertain += what.seen.uncertain;
  }
  CHECK(uncertain > 0);
}

TEST_CASE("a request that is asked again with its ID is not another read of a limited value") {
  limited_reads_options how;
  how.remembers = memory::record;
  how.at_a_time = object::kept_answers_max;
  how.only_kills = true;
  for (auto seed = first_seed(); seed < first_seed() + seeds(60); ++seed)
    require_exact(run(how, seed), seed);
}

TEST_CASE("a limited value is never read too often, and only what is uncertain is lost") {
  for (const auto remembers : {memory::record, memory::nothing}) {
    limited_reads_options how;
    how.remembers = remembers;
    for (auto seed = first_seed(); seed < first_seed() + seeds(30); ++seed)
      require_sound(run(how, seed), seed);
  }
}

TEST_CASE("reads that are asked for again and remembered nowhere are lost, and that is noticed") {
  limited_reads_options how;
  how.remembers = memory::nothing;
  std::int64_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto what = run(how, seed);
    lost += what.seen.allowed - static_cast<std::int64_t>(what.seen.read);
  }
  CHECK(lost > 0);
}

TEST_CASE("a value that counts its reads where no replica has them is read too often") {
  limited_reads_options how;
  how.counts_in_state = false;
  how.remembers = memory::nothing;
  CHECK(noticed(how, 10) == 10);
}

TEST_CASE("a leader that tells what is not chosen lets a limited value be read too often") {
  limited_reads_options how;
  how.broken.set(static_cast<std::size_t>(object::replica::rule::chosen_before_told));
  CHECK(noticed(how, 20) > 0);
}

TEST_CASE("a run of limited reads repeats exactly") {
  const auto first = run({}, 7);
  const auto second = run({}, 7);
  CHECK(first.seen == second.seen);
  CHECK(first.faults == second.faults);
}

}  // namespace
}  // namespace comet::sim
