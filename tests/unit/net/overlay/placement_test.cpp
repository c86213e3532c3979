#include "net/overlay/placement.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

namespace comet::overlay {
namespace {

std::vector<node_id> random_nodes(prng& random, std::size_t count) {
  std::vector<node_id> nodes;
  for (std::size_t i = 0; i < count; ++i)
    nodes.push_back(random_id(random));
  return nodes;
}

/// Every key has its copies where `after` says, when each holder of `before` did its part once.
void check_move(const placement& before, const placement& after, const std::vector<node_id>& all,
                const node_id& key) {
  auto have = before.holders(key);
  std::vector<node_id> received;
  for (const auto& node : all) {
    for (const auto& to : receivers(before, after, node, key))
      received.push_back(to);
  }
  std::erase_if(have, [&](const node_id& node) { return gives_up(before, after, node, key); });
  have.insert(have.end(), received.begin(), received.end());
  auto wanted = after.holders(key);
  std::sort(have.begin(), have.end());
  std::sort(wanted.begin(), wanted.end());
  REQUIRE(have == wanted);
}

}  // namespace

TEST_CASE("a key is held by the nodes nearest to it, the nearest first") {
  prng random{1};
  const auto nodes = random_nodes(random, 50);
  const placement live{nodes, 3};
  for (int i = 0; i < 100; ++i) {
    const auto key = random_id(random);
    auto sorted = nodes;
    std::sort(sorted.begin(), sorted.end(),
              [&key](const auto& a, const auto& b) { return is_nearer(key, a, b); });
    sorted.resize(3);
    CHECK(live.holders(key) == sorted);
    for (const auto& node : nodes) {
      const bool among = std::find(sorted.begin(), sorted.end(), node) != sorted.end();
      REQUIRE(live.holds(node, key) == among);
    }
    CHECK_FALSE(live.holds(random_id(random), key));
  }
}

TEST_CASE("with fewer nodes than replicas all of them hold a key") {
  prng random{2};
  const auto nodes = random_nodes(random, 2);
  CHECK(placement{nodes, 3}.holders(random_id(random)).size() == 2);
  CHECK(placement{{nodes[0], nodes[0]}, 3}.holders(random_id(random)).size() == 1);
  CHECK(placement{{}, 3}.holders(random_id(random)).empty());
}

TEST_CASE("with one copy a newcomer gets exactly the keys that it is nearest to") {
  prng random{3};
  const auto nodes = random_nodes(random, 10);
  const placement before{nodes, 1};
  const auto newcomer = random_id(random);
  const auto after = before.with(newcomer);
  int moved = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto key = random_id(random);
    const auto holder = before.holders(key)[0];
    const auto to = receivers(before, after, holder, key);
    if (is_nearer(key, newcomer, holder)) {
      REQUIRE(to == std::vector{newcomer});
      REQUIRE(gives_up(before, after, holder, key));
      ++moved;
    } else {
      REQUIRE(to.empty());
      REQUIRE_FALSE(gives_up(before, after, holder, key));
    }
  }
  CHECK(moved > 0);
}

TEST_CASE("a node that leaves hands over what it holds alone, and others their copies") {
  prng random{4};
  const auto nodes = random_nodes(random, 10);
  const auto key = random_id(random);
  const placement single{nodes, 1};
  const auto holder = single.holders(key)[0];
  CHECK(receivers(single, single.without(holder), holder, key) ==
        single.without(holder).holders(key));
  const placement triple{nodes, 3};
  const auto holders = triple.holders(key);
  const auto after = triple.without(holders[0]);
  CHECK(receivers(triple, after, holders[0], key).empty());
  CHECK(receivers(triple, after, holders[1], key) == std::vector{after.holders(key)[2]});
  CHECK(receivers(triple, after, holders[2], key).empty());
}

TEST_CASE("through any history of joins and leaves every key is where it belongs, sent once") {
  for (const std::size_t replicas : {1U, 3U}) {
    prng random{10 + replicas};
    auto all = random_nodes(random, 8);
    placement now{all, replicas};
    auto live = all;
    for (int step = 0; step < 100; ++step) {
      auto next = now;
      if (random.below(2) == 0 || live.size() < 5) {
        live.push_back(random_id(random));
        all.push_back(live.back());
        next = now.with(live.back());
      } else {
        const auto leaver = live[random.below(live.size())];
        std::erase(live, leaver);
        next = now.without(leaver);
      }
      for (int i = 0; i < 20; ++i)
        check_move(now, next, all, random_id(random));
      now = next;
    }
  }
}

}  // namespace comet::overlay
