#include "actors/membership.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "base/random.hpp"
#include "net/overlay/placement.hpp"

using namespace comet;
using namespace comet::actors;

namespace {

digest drawn(prng& random) {
  return overlay::to_digest(overlay::random_id(random));
}

object::peer peer_of(const digest& id, bool leaves = false) {
  object::peer one;
  one.id = id;
  one.leaves = leaves;
  return one;
}

}  // namespace

TEST_CASE("a lone node holds everything, even while it leaves") {
  prng random{1};
  const auto self = drawn(random);
  for (const bool leaves : {false, true}) {
    const membership map{self, leaves, {}};
    CHECK(map.holder_of(drawn(random)) == self);
    CHECK(map.self() == self);
    CHECK(map.self_leaves() == leaves);
    CHECK(map.others().empty());
    CHECK(map.nearest(self, 3) == std::vector<digest>{self});
  }
}

TEST_CASE("the holder of a key is the nearest of those that stay, as the overlay places it") {
  prng random{2};
  const auto self = drawn(random);
  std::vector<object::peer> others;
  std::vector<overlay::node_id> staying{overlay::to_node_id(self)};
  std::vector<overlay::node_id> all = staying;
  for (int i = 0; i < 50; ++i) {
    others.push_back(peer_of(drawn(random), i % 3 == 0));
    all.push_back(overlay::to_node_id(others.back().id));
    if (i % 3 != 0) staying.push_back(all.back());
  }
  const membership map{self, false, others};
  const membership leaving{self, true, others};
  const std::vector<overlay::node_id> without_self{staying.begin() + 1, staying.end()};
  for (int i = 0; i < 200; ++i) {
    const auto key = drawn(random);
    const auto id = overlay::to_node_id(key);
    CHECK(map.holder_of(key) == overlay::to_digest(overlay::nearest_of(id, staying, 1)[0]));
    CHECK(leaving.holder_of(key) ==
          overlay::to_digest(overlay::nearest_of(id, without_self, 1)[0]));
    const auto nearest = map.nearest(key, 5);
    const auto expected = overlay::nearest_of(id, all, 5);
    REQUIRE(nearest.size() == 5);
    for (std::size_t n = 0; n < 5; ++n)
      CHECK(nearest[n] == overlay::to_digest(expected[n]));
  }
}

TEST_CASE("a node that arrives holds nothing yet") {
  digest self{};
  object::peer arriving;
  arriving.id[31] = 1;
  arriving.arrives = true;
  const membership map{self, false, {arriving}};
  CHECK(map.holder_of(arriving.id) == self);
  arriving.arrives = false;
  const membership later{self, false, {arriving}};
  CHECK(later.holder_of(arriving.id) == arriving.id);
}

TEST_CASE("ids that differ late are told apart") {
  digest self{};
  digest other{};
  self[31] = 1;
  other[31] = 2;
  digest key{};
  key[31] = 3;
  const membership map{self, false, {peer_of(other)}};
  CHECK(map.holder_of(key) == other);
  CHECK(map.holder_of(self) == self);
}

TEST_CASE("others are found by id, and stand in the order of their distance") {
  prng random{3};
  const auto self = drawn(random);
  std::vector<object::peer> others;
  for (int i = 0; i < 20; ++i)
    others.push_back(peer_of(drawn(random)));
  const membership map{self, false, others};
  for (const auto& one : others) {
    REQUIRE(map.find(one.id) != nullptr);
    CHECK(map.find(one.id)->id == one.id);
  }
  CHECK(map.find(self) == nullptr);
  const auto self_id = overlay::to_node_id(self);
  CHECK(std::ranges::is_sorted(map.others(), [&](const auto& a, const auto& b) {
    return overlay::is_nearer(self_id, overlay::to_node_id(a.id), overlay::to_node_id(b.id));
  }));
}
