#include "object/replica/asked_groups.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::object;
using comet::object::replica::asked_groups;
using namespace std::chrono_literals;

namespace {

constexpr replica::range_id here = 5;
constexpr replica::range_id elsewhere = 6;

digest node(std::uint8_t first) {
  digest id{};
  id[0] = first;
  return id;
}

}  // namespace

TEST_CASE("a range of which nothing is asked has no count and no nodes") {
  asked_groups asked;
  asked.add(elsewhere, {4, {node(1)}});
  CHECK(asked.count(here) == 0);
  CHECK(asked.nodes(here).empty());
}

TEST_CASE("the largest count of a range's objects counts, until its object goes") {
  asked_groups asked;
  asked.add(here, {5, {}});
  asked.add(here, {7, {}});
  asked.add(here, {5, {}});
  CHECK(asked.count(here) == 7);
  asked.remove(here, {7, {}});
  CHECK(asked.count(here) == 5);
  asked.remove(here, {5, {}});
  CHECK(asked.count(here) == 5);
  asked.remove(here, {5, {}});
  CHECK(asked.count(here) == 0);
}

TEST_CASE("the nodes that most objects name come first, and each comes once") {
  asked_groups asked;
  asked.add(here, {2, {node(1), node(2)}});
  asked.add(here, {2, {node(2), node(3)}});
  CHECK(asked.nodes(here) == std::vector{node(2), node(1), node(3)});
  asked.remove(here, {2, {node(1), node(2)}});
  CHECK(asked.nodes(here) == std::vector{node(2), node(3)});
}

TEST_CASE("the shortest interval of a range's objects counts, also where no copies are asked for") {
  asked_groups asked;
  asked.add(here, {5, {}});
  CHECK(asked.interval(here) == 0s);
  asked.add(here, {0, {}, 90s});
  asked.add(here, {4, {}, 70s});
  CHECK(asked.interval(here) == 70s);
  CHECK(asked.interval(elsewhere) == 0s);
  CHECK(asked.count(here) == 5);
  asked.remove(here, {4, {}, 70s});
  CHECK(asked.interval(here) == 90s);
}

TEST_CASE("the ranges of which something is asked are known") {
  asked_groups asked;
  asked.add(elsewhere, {0, {}, 90s});
  asked.add(here, {5, {}});
  CHECK(asked.asking() == std::vector{here, elsewhere});
  asked.remove(here, {5, {}});
  CHECK(asked.asking() == std::vector{elsewhere});
}

TEST_CASE("an object that asks for nothing changes nothing") {
  asked_groups asked;
  asked.add(here, {});
  asked.remove(here, {});
  CHECK(asked.count(here) == 0);
}
