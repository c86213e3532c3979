#include "object/key_map.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "base/random.hpp"

using namespace comet;
using namespace comet::object;

namespace {

digest drawn(prng& random) {
  digest id{};
  for (auto& byte : id)
    byte = static_cast<std::uint8_t>(random.below(256));
  return id;
}

/// Distances written out as numbers, to judge by.
digest distance(const digest& a, const digest& b) {
  digest d{};
  std::ranges::transform(a, b, d.begin(), std::bit_xor{});
  return d;
}

std::vector<digest> nearest_of(const digest& key, std::vector<digest> nodes, std::size_t count) {
  std::ranges::sort(nodes, {}, [&](const digest& id) { return distance(key, id); });
  nodes.resize(std::min(nodes.size(), count));
  return nodes;
}

peer peer_of(const digest& id, bool leaves = false) {
  peer one;
  one.id = id;
  one.leaves = leaves;
  return one;
}

}  // namespace

TEST_CASE("a lone node holds everything, even while it leaves") {
  prng random{1};
  const auto self = drawn(random);
  for (const bool leaves : {false, true}) {
    const key_map map{self, leaves, {}};
    CHECK(map.holder_of(drawn(random)) == self);
    CHECK(map.self() == self);
    CHECK(map.self_leaves() == leaves);
    CHECK(map.others().empty());
    CHECK(map.nearest(self, 3) == std::vector<digest>{self});
  }
}

TEST_CASE("the holder of a key is the nearest of those that stay") {
  prng random{2};
  const auto self = drawn(random);
  std::vector<peer> others;
  std::vector<digest> staying{self};
  std::vector<digest> all = staying;
  for (int i = 0; i < 50; ++i) {
    others.push_back(peer_of(drawn(random), i % 3 == 0));
    all.push_back(others.back().id);
    if (i % 3 != 0) staying.push_back(all.back());
  }
  const key_map map{self, false, others};
  const key_map leaving{self, true, others};
  const std::vector<digest> without_self{staying.begin() + 1, staying.end()};
  for (int i = 0; i < 200; ++i) {
    const auto key = drawn(random);
    CHECK(map.holder_of(key) == nearest_of(key, staying, 1)[0]);
    CHECK(leaving.holder_of(key) == nearest_of(key, without_self, 1)[0]);
    CHECK(map.nearest(key, 5) == nearest_of(key, all, 5));
  }
}

TEST_CASE("a node that arrives holds nothing yet") {
  digest self{};
  peer arriving;
  arriving.id[31] = 1;
  arriving.arrives = true;
  const key_map map{self, false, {arriving}};
  CHECK(map.holder_of(arriving.id) == self);
  arriving.arrives = false;
  const key_map later{self, false, {arriving}};
  CHECK(later.holder_of(arriving.id) == arriving.id);
}

TEST_CASE("ids that differ late are told apart") {
  digest self{};
  digest other{};
  self[31] = 1;
  other[31] = 2;
  digest key{};
  key[31] = 3;
  const key_map map{self, false, {peer_of(other)}};
  CHECK(map.holder_of(key) == other);
  CHECK(map.holder_of(self) == self);
}

TEST_CASE("others are found by id, and stand in the order of their distance") {
  prng random{3};
  const auto self = drawn(random);
  std::vector<peer> others;
  for (int i = 0; i < 20; ++i)
    others.push_back(peer_of(drawn(random)));
  const key_map map{self, false, others};
  for (const auto& one : others) {
    REQUIRE(map.find(one.id) != nullptr);
    CHECK(map.find(one.id)->id == one.id);
  }
  CHECK(map.find(self) == nullptr);
  CHECK(std::ranges::is_sorted(map.others(), {},
                               [&](const peer& one) { return distance(self, one.id); }));
}

TEST_CASE("a map tells where its node stands, when that is known") {
  CHECK_FALSE(key_map(digest{}, false, {}).place());
  const network_place place{1.5, -2, 0.25, 0.5};
  CHECK(key_map(digest{}, false, {}, place).place() == place);
}
