#include "net/overlay/overlay_node.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/net/overlay/node_stage.hpp"

namespace comet::overlay {

using namespace std::chrono_literals;

TEST_CASE("two nodes know each other when one has joined through the other") {
  node_stage s{2};
  s.join_all();
  CHECK(s.nodes[1].is_joined());
  CHECK(s.nodes[1].table().find(s.nodes[0].self().id) != nullptr);
  CHECK(s.nodes[0].table().find(s.nodes[1].self().id) != nullptr);
  CHECK(s.arrived[s.nodes[0].self().id] == std::vector{s.nodes[1].self()});
  CHECK(s.nodes[0].requests_under_way() == 0);
}

TEST_CASE("a join that nobody answers says so, and may be tried again") {
  node_stage s{2};
  effects out;
  s.nodes[1].join(s.nodes[0].self(), s.now, out);
  REQUIRE(out.requests.size() == 1);
  effects again;
  s.nodes[1].on_failure(out.requests[0].number, s.now, again);
  REQUIRE(again.requests.size() == 1);
  CHECK_FALSE(again.join_failed);
  effects after;
  s.nodes[1].on_failure(again.requests[0].number, s.now, after);
  CHECK(after.join_failed);
  CHECK_FALSE(s.nodes[1].is_joined());
  effects anew;
  s.nodes[1].join(s.nodes[0].self(), s.now, anew);
  s.carry(s.nodes[1], std::move(anew));
  CHECK(s.nodes[1].is_joined());
}

TEST_CASE("in a small network every node knows every other, and lookups agree") {
  node_stage s{12};
  s.join_all();
  s.tick_all(30s);
  for (const auto& n : s.nodes)
    CHECK(n.table().size() == 11);
  const auto target = random_id(s.random);
  for (auto& n : s.nodes) {
    effects out;
    REQUIRE(n.find(target, {.results = 3}, s.now, out).ok());
    s.carry(n, std::move(out));
    const auto& found = s.finished[n.self().id];
    REQUIRE(found.size() == 1);
    CHECK(found[0].outcome.nearest == s.finished[s.nodes[0].self().id][0].outcome.nearest);
    CHECK(found[0].outcome.hops == (found[0].outcome.nearest[0] == n.self() ? 0 : 1));
  }
}

TEST_CASE("a lone node finds itself") {
  node_stage s{1};
  effects out;
  REQUIRE(s.nodes[0].find(random_id(s.random), {.results = 3}, s.now, out).ok());
  REQUIRE(out.lookups.size() == 1);
  CHECK(out.lookups[0].outcome.nearest == std::vector{s.nodes[0].self()});
}

TEST_CASE("a stranger who speaks is verified before it is named to others") {
  node_stage s{2};
  const auto stranger = contact_at(random_id(s.random), 77);
  effects out;
  CHECK(s.nodes[0].on_request(stranger, ping{}, s.now, out).contacts.empty());
  CHECK(out.requests.empty());
  const auto said =
      s.nodes[0].on_request(s.nodes[1].self(), find_node{stranger.id, 20}, s.now, out);
  CHECK(said.contacts.empty());
  CHECK(out.requests.empty());
  s.nodes[0].on_request(stranger, announce{}, s.now, out);
  REQUIRE(out.requests.size() == 1);
  CHECK(out.requests[0].to == stranger);
  CHECK(std::holds_alternative<ping>(out.requests[0].what));
  CHECK(s.nodes[0].table().size() == 0);
}

TEST_CASE("a flood of announcements is verified so many a tick, and remembered in bounds") {
  node_stage s{1};
  effects out;
  for (const auto& who : random_contacts(s.random, 5'000))
    s.nodes[0].on_request(who, announce{}, s.now, out);
  CHECK(out.requests.size() == s.options.announces_a_tick);
  CHECK(s.nodes[0].table().candidates() < 20 * s.options.table.candidates_max);
  CHECK(s.nodes[0].table().size() == 0);
}

TEST_CASE("an answer names at most k contacts, and never the one who asks") {
  node_stage s{30};
  s.join_all();
  s.tick_all(20s);
  effects out;
  const auto& asker = s.nodes[5].self();
  const auto said = s.nodes[0].on_request(asker, find_node{asker.id, 255}, s.now, out);
  CHECK(said.contacts.size() <= 20);
  CHECK(std::find(said.contacts.begin(), said.contacts.end(), asker) == said.contacts.end());
  CHECK(s.nodes[0].on_request(asker, find_node{asker.id, 0}, s.now, out).contacts.empty());
}

TEST_CASE("who leaves is gone at once with those it told") {
  node_stage s{8};
  s.join_all();
  s.tick_all(10s);
  const auto leaver = s.nodes[3].self();
  effects out;
  s.nodes[3].depart(s.now, out);
  CHECK(out.requests.size() == 7);
  s.deaf[leaver.id] = true;
  s.carry(s.nodes[3], std::move(out));
  for (auto& n : s.nodes) {
    if (n.self() == leaver) continue;
    CHECK(s.gone[n.self().id] == std::vector{leaver});
    CHECK(n.table().find(leaver.id) == nullptr);
  }
}

TEST_CASE("replies that were not asked for, or come twice or late, change nothing") {
  node_stage s{2};
  effects out;
  s.nodes[1].join(s.nodes[0].self(), s.now, out);
  const auto number = out.requests.at(0).number;
  effects after;
  const reply forged{{}, random_contacts(s.random, 20)};
  s.nodes[1].on_reply(number + 1, forged, s.now, after);
  s.nodes[1].on_failure(number + 7, s.now, after);
  CHECK(after.requests.empty());
  s.nodes[1].on_failure(number, s.now, after);
  effects late;
  s.nodes[1].on_reply(number, forged, s.now, late);
  CHECK(late.requests.empty());
  CHECK(s.nodes[1].table().size() == 0);
}

TEST_CASE("lookups over the limit are refused as busy") {
  node_stage s{3};
  s.join_all();
  effects out;
  for (std::size_t i = 0; i < s.options.lookups_max; ++i)
    REQUIRE(s.nodes[0].find(random_id(s.random), {.results = 3}, s.now, out).ok());
  const auto refused = s.nodes[0].find(random_id(s.random), {.results = 3}, s.now, out);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.failure().code == errc::busy);
}

TEST_CASE("timeouts follow what was measured, of the contact or else of all") {
  node_stage s{2};
  const auto stranger = contact_at(random_id(s.random), 77);
  CHECK(s.nodes[1].timeout_of(stranger) == 1'500ms);
  s.join_all();
  s.tick_all(60s);
  CHECK(s.nodes[1].timeout_of(s.nodes[0].self()) < 60ms);
  CHECK(s.nodes[1].timeout_of(stranger) < 90ms);
}

}  // namespace comet::overlay
