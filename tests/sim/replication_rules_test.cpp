// Each rule that the proof rests on is needed: without it some seed finds a fault.
#include <catch2/catch_test_macros.hpp>
#include <string_view>

#include "tests/sim/replication_course.hpp"

namespace comet::sim {
namespace {

using replica::rule;

/// The first of `seeds` that finds a fault when the rule is not kept; 0: none does.
std::uint64_t caught_at(rule broken, std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    auto options = drawn_options(seed);
    options.terms.broken.set(static_cast<std::size_t>(broken));
    replication_world world{options};
    if (!run_course(world)) return seed;
  }
  return 0;
}

struct named_rule {
  rule which;
  std::string_view name;
};

// Without complete_before_vote nothing is lost as long as complete_before_install holds: each
// quorum of the new group meets those of it who have everything. It keeps the second one's margin.
TEST_CASE("a rule that is not kept is noticed") {
  for (const auto& [which, name] : {
           named_rule{rule::durable_before_answer, "durable_before_answer"},
           named_rule{rule::no_lower_promise, "no_lower_promise"},
           named_rule{rule::no_lower_vote, "no_lower_vote"},
           named_rule{rule::same_epoch_only, "same_epoch_only"},
           named_rule{rule::majority, "majority"},
           named_rule{rule::newest_value_wins, "newest_value_wins"},
           named_rule{rule::settle_before_serving, "settle_before_serving"},
           named_rule{rule::finish_sealed_change, "finish_sealed_change"},
           named_rule{rule::nothing_after_seal, "nothing_after_seal"},
           named_rule{rule::complete_before_install, "complete_before_install"},
           named_rule{rule::bound_by_lease, "bound_by_lease"},
           named_rule{rule::lease_from_sending, "lease_from_sending"},
           named_rule{rule::rest_after_restart, "rest_after_restart"},
           named_rule{rule::lease_to_read, "lease_to_read"},
           named_rule{rule::chosen_before_told, "chosen_before_told"},
           named_rule{rule::no_gaps, "no_gaps"},
           named_rule{rule::repairs_behind_proposals, "repairs_behind_proposals"},
           named_rule{rule::tombstone_until_all, "tombstone_until_all"},
           named_rule{rule::another_life_no_vote, "another_life_no_vote"},
       }) {
    INFO(name);
    CHECK(caught_at(which, 500) != 0);
  }
}

}  // namespace
}  // namespace comet::sim
