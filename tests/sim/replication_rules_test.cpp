// Each rule that the proof rests on is needed: without it some seed finds a fault.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string_view>

#include "tests/sim/replication_course.hpp"

namespace comet::sim {
namespace {

using replica::rule;
using std::chrono::milliseconds;

struct named_rule {
  rule which;
  std::string_view name;
};

replication_options options_without(rule broken, const replication_options& from) {
  auto options = from;
  options.terms.broken.set(static_cast<std::size_t>(broken));
  return options;
}

/// The first of `seeds` that finds a fault when the rule is not kept; 0: none does.
std::uint64_t caught_at(rule broken, std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    replication_world world{options_without(broken, drawn_options(seed))};
    if (!run_course(world)) return seed;
  }
  return 0;
}

TEST_CASE("a rule that is not kept is noticed in ordinary runs") {
  for (const auto& [which, name] : {
           named_rule{rule::durable_before_answer, "durable_before_answer"},
           named_rule{rule::no_lower_promise, "no_lower_promise"},
           named_rule{rule::no_lower_vote, "no_lower_vote"},
           named_rule{rule::same_epoch_only, "same_epoch_only"},
           named_rule{rule::majority, "majority"},
           named_rule{rule::newest_value_wins, "newest_value_wins"},
           named_rule{rule::settle_before_serving, "settle_before_serving"},
           named_rule{rule::own_copy_before_serving, "own_copy_before_serving"},
           named_rule{rule::finish_sealed_change, "finish_sealed_change"},
           named_rule{rule::nothing_after_seal, "nothing_after_seal"},
           named_rule{rule::complete_before_install, "complete_before_install"},
           named_rule{rule::bound_by_lease, "bound_by_lease"},
           named_rule{rule::lease_to_read, "lease_to_read"},
           named_rule{rule::chosen_before_told, "chosen_before_told"},
           named_rule{rule::no_gaps, "no_gaps"},
           named_rule{rule::tombstone_until_all, "tombstone_until_all"},
           named_rule{rule::another_life_no_vote, "another_life_no_vote"},
       }) {
    INFO(name);
    CHECK(caught_at(which, 1'500) != 0);
  }
}

// ---- rules whose loss takes a rare order of events: it is made ----

replication_options one_range(std::uint64_t seed) {
  replication_options options;
  options.seed = seed;
  options.ranges = 1;
  options.keys = 8;
  options.clients = 10;
  options.lookup = std::chrono::milliseconds{30};
  options.terms.regroup_patience = milliseconds{1'000};
  options.network.loss = 0;
  options.network.late = 0;
  return options;
}

/// The leader, the nearer and the farther follower; empty: there is no group of three.
std::vector<std::size_t> group_of_three(replication_world& world) {
  const auto ready = [&] { return world.leader(0) && world.members(0).size() == 3; };
  if (!world.run_until(ready, milliseconds{10'000})) return {};
  world.run_for(milliseconds{3'000});
  std::vector<std::size_t> found{world.leader(0).value_or(0)};
  for (const auto node : world.members(0))
    if (node != found.front()) found.push_back(node);
  return found;
}

bool is_answered(replication_world& world, action what, std::int64_t given = 0) {
  for (int tries = 0; tries < 20; ++tries) {
    if (!world.run_until([&] { return world.leader(0).has_value(); }, milliseconds{5'000}))
      return false;
    const auto asked = world.ask(*world.leader(0), what, world.key(0, 0), given);
    const auto returned = [&] { return world.history().operations()[asked].returned != 0; };
    if (!world.run_until(returned, milliseconds{3'000})) continue;
    if (world.history().operations()[asked].came == outcome::done) return true;
  }
  return false;
}

/// The last answers to a leader come late, and then it is cut off.
void late_leases(replication_world& world) {
  const auto group = group_of_three(world);
  REQUIRE(group.size() == 3);
  network_quality slow;
  slow.loss = 0;
  slow.late = 1;
  slow.latest = milliseconds{1'300};
  world.network().set(slow);
  world.run_for(milliseconds{4'000});
  world.network().divide({group[0]}, world.now() + std::chrono::hours{1});
  network_quality quick;
  quick.late = 0;
  world.network().set(quick);
  world.run_for(milliseconds{5'000});
}

/// Who a leader counts on is restarted while another would lead.
void restarted_follower(replication_world& world) {
  const auto group = group_of_three(world);
  REQUIRE(group.size() == 3);
  const auto hour = world.now() + std::chrono::hours{1};
  const auto rival = group[2];
  world.network().cut(group[0], rival, hour);
  world.network().cut(rival, group[0], hour);
  world.run_for(milliseconds{2'500});
  const auto leads = world.leader(0);
  if (!leads || *leads == group[1]) return;  // the one in the middle took over: nothing to forget
  world.crash(group[1]);
  world.network().cut(*leads, group[1], hour);
  world.network().cut(group[1], *leads, hour);
  world.restart(group[1]);
  world.run_for(milliseconds{3'000});
}

/// A learner that has an old disk and never answers is of the new group, and then its others fail.
void stale_learner(replication_world& world) {
  auto group = group_of_three(world);
  REQUIRE(group.size() == 3);
  REQUIRE(is_answered(world, action::write, 5'000));
  world.run_for(milliseconds{300});
  const auto stale = group[2];
  world.keep_image(stale);
  REQUIRE(is_answered(world, action::erase));
  world.run_for(milliseconds{300});  // the tombstone is forgotten
  const auto hour = world.now() + std::chrono::hours{1};
  world.crash(stale);
  world.network().cut(stale, group[0], hour);
  world.network().cut(stale, group[1], hour);
  world.restart(stale, replication_world::disk::put_back);
  world.run_for(milliseconds{5'000});
  network_quality quick;
  quick.late = 0;
  world.crash(world.leader(0).value_or(group[0]));
  world.network().heal(quick);
  (void)is_answered(world, action::read);
}

/// Everybody writes while a follower is brought up to date, and then stops.
void busy_repairs(replication_world& world) {
  const auto group = group_of_three(world);
  REQUIRE(group.size() == 3);
  for (std::size_t round = 0; round < 8 && world.faults.empty(); ++round) {
    world.work(true);
    world.run_for(milliseconds{100});
    world.crash(group[1]);
    world.run_for(milliseconds{40});
    world.restart(group[1]);
    world.run_for(milliseconds{static_cast<std::int64_t>(150 + 20 * round)});
    world.work(false);
    world.come_in_order(milliseconds{10'000});
  }
}

struct scenario {
  named_rule broken;
  void (*play)(replication_world& world);
};

TEST_CASE("a rule that is not kept is noticed where it is needed") {
  for (const auto& [broken, play] : {
           scenario{{rule::lease_from_sending, "lease_from_sending"}, late_leases},
           scenario{{rule::rest_after_restart, "rest_after_restart"}, restarted_follower},
           scenario{{rule::complete_before_vote, "complete_before_vote"}, stale_learner},
           scenario{{rule::repairs_behind_proposals, "repairs_behind_proposals"}, busy_repairs},
       }) {
    INFO(broken.name);
    std::size_t noticed = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      INFO("seed " << seed);
      replication_world kept{one_range(seed)};
      play(kept);
      kept.settle();
      kept.judge_histories();
      for (const auto& what : kept.faults)
        UNSCOPED_INFO(what);
      CHECK(kept.faults.empty());

      replication_world world{options_without(broken.which, one_range(seed))};
      play(world);
      world.settle();
      world.judge_histories();
      if (!world.faults.empty()) ++noticed;
    }
    CHECK(noticed >= 3);
  }
}

}  // namespace
}  // namespace comet::sim
