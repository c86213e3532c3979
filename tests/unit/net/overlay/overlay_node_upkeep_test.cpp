#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/net/overlay/node_stage.hpp"

namespace comet::overlay {

using namespace std::chrono_literals;

TEST_CASE("who stops answering is found out by pings, and named gone once") {
  node_stage s{6};
  s.join_all();
  s.tick_all(10s);
  const auto dead = s.nodes[2].self();
  s.deaf[dead.id] = true;
  s.tick_all(60s);
  for (const auto& n : s.nodes) {
    if (n.self() == dead) continue;
    CHECK(n.table().find(dead.id) == nullptr);
    CHECK(s.gone[n.self().id] == std::vector{dead});
  }
}

TEST_CASE("an entry that is doubted is asked at once, and nobody else is") {
  node_stage s{3};
  s.join_all();
  s.tick_all(10s);
  auto& doubter = s.nodes[0];
  effects out;
  doubter.doubt(s.nodes[1].self().id, s.now, out);
  REQUIRE(out.requests.size() == 1);
  CHECK(out.requests[0].to == s.nodes[1].self());
  CHECK(std::holds_alternative<ping>(out.requests[0].what));
  s.carry(doubter, std::move(out));
  effects none;
  doubter.doubt(random_id(s.random), s.now, none);
  CHECK(none.requests.empty());
}

TEST_CASE("a node that was away is found again, and both sides know each other") {
  node_stage s{6};
  s.join_all();
  s.tick_all(10s);
  const auto away = s.nodes[2].self();
  s.deaf[away.id] = true;
  s.tick_all(60s);
  s.deaf.erase(away.id);
  s.tick_all(300s);
  for (const auto& n : s.nodes)
    CHECK(n.table().size() == 5);
}

TEST_CASE("a node that others joined looks for its neighbours without being told to") {
  node_stage s{4};
  for (std::size_t i = 1; i < 4; ++i) {
    effects out;
    s.nodes[i].join(s.nodes[0].self(), s.now, out);
    s.carry(s.nodes[i], std::move(out));
  }
  CHECK_FALSE(s.nodes[0].is_joined());
  s.tick_all(2s);
  CHECK(s.nodes[0].is_joined());
}

TEST_CASE("contacts that were not asked for get nobody into the table") {
  node_stage s{2};
  s.join_all();
  // A node that answers everything with its friends; none of them stands where it was asked.
  const auto friends = random_contacts(s.random, 20);
  auto& victim = s.nodes[1];
  for (int second = 0; second < 200; ++second) {
    s.now += 1s;
    effects out;
    victim.tick(s.now, out);
    for (const auto& sent : out.requests) {
      REQUIRE(std::find(friends.begin(), friends.end(), sent.to) == friends.end());
      effects after;
      const bool pinged = std::holds_alternative<ping>(sent.what);
      victim.on_reply(sent.number, {{}, pinged ? friends : std::vector<contact>{}}, s.now, after);
    }
  }
  CHECK(victim.table().size() == 1);
}

TEST_CASE("an idle node sends little: a ping of each sibling in five seconds, and repairs") {
  node_stage s{6};
  s.join_all();
  s.tick_all(120s);
  std::size_t sent = 0;
  for (int second = 0; second < 60; ++second) {
    s.now += 1s;
    effects out;
    s.nodes[0].tick(s.now, out);
    sent += out.requests.size();
    s.carry(s.nodes[0], std::move(out));
  }
  CHECK(sent >= 60);       // five siblings, twelve times
  CHECK(sent <= 60 + 30);  // repairs, refreshes and confirmations
}

}  // namespace comet::overlay
