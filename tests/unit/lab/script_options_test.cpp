// The options of test().
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/written_files.hpp"

namespace comet::lab::test {
namespace {

test_listing list_with(const bytes& options) {
  return script_file{"a_test.lua", "test('it', " + options + ", function(net) end)\n",
                     written_files{}.reader()}
      .list();
}

bytes refusal(const bytes& options) {
  const test_listing listing = list_with(options);
  INFO(options);
  REQUIRE(listing.failure.has_value());
  CHECK(listing.failure->place == source_place{"a_test.lua", 1});
  return listing.failure->message;
}

TEST_CASE("options make the network") {
  const test_listing listing = list_with(
      "{nodes = 3, seed = 9, limit = '2d', latency = '20ms', handlers_reach = 'any', "
      "positions = {{0, 0}, {3, 4.5}}, limits = {fuel = 5000, turn_time_max = 100}}");
  REQUIRE_FALSE(listing.failure.has_value());
  const test_case& test = listing.tests.at(0);
  CHECK(test.own_seed);
  CHECK(test.network.seed == 9);
  CHECK(test.network.nodes == 3);
  CHECK(test.network.limit == std::chrono::hours{48});
  CHECK(test.network.latency == std::chrono::milliseconds{20});
  CHECK(test.network.limits.handlers_reach == object::reach::any);
  CHECK(test.network.limits.fuel_per_turn == 5'000);
  CHECK(test.network.limits.turn_time_max == std::chrono::milliseconds{100});
  REQUIRE(test.network.places.size() == 2);
  CHECK(test.network.places[1].y == 4.5);
}

TEST_CASE("without options there is one node, and the seed is that of the run") {
  const test_case test = list_with("nil").tests.at(0);
  CHECK(test.network.nodes == 1);
  CHECK_FALSE(test.own_seed);
  CHECK(test.network.limit == std::chrono::hours{24 * 400});
}

TEST_CASE("an option that cannot be used is told with its line") {
  CHECK(refusal("{node = 3}").starts_with("test has no option 'node'; there are handlers_reach,"));
  CHECK(refusal("{nodes = 0}") == "test: nodes is a whole number from 1 to 64");
  CHECK(refusal("{nodes = 'three'}") == "test: nodes is a whole number from 1 to 64");
  CHECK(refusal("{limit = 'soon'}").starts_with("test: limit: 'soon' is no duration"));
  CHECK(refusal("{handlers_reach = 'all'}") == "test: handlers_reach is \"replicas\" or \"any\"");
  CHECK(refusal("{positions = {{1}}}") ==
        "test: position 1 is not {x, y}, two numbers in milliseconds");
  CHECK(refusal("{limits = {fule = 1}}").starts_with("test: there is no limit 'fule'; there are"));
  CHECK(refusal("{limits = {fuel = 'much'}}") ==
        "test: limits is a table of names and whole numbers");
}

}  // namespace
}  // namespace comet::lab::test
