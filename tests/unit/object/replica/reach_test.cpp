#include "object/replica/reach.hpp"

#include <catch2/catch_test_macros.hpp>
#include <vector>

namespace comet::object::replica {

namespace {

constexpr std::uint64_t far = 7 + epochs_ahead_max + 1;
const reach known{7, make_ballot(5, 1)};

group group_of(std::uint64_t epoch) {
  return {epoch, {member{}}, 0};
}

}  // namespace

TEST_CASE("an epoch can be reached up to a bound beyond the known one") {
  CHECK(can_be_reached({far - 1, 0}, known));
  CHECK_FALSE(can_be_reached({far, 0}, known));
  CHECK(can_be_reached({3, 0}, known));
}

TEST_CASE("of a range that a node knows nothing of any epoch is believed that is not absurd") {
  CHECK(can_be_reached({first_epoch_max, 0}, {}));
  CHECK_FALSE(can_be_reached({first_epoch_max + 1, 0}, {}));
}

TEST_CASE("a ballot can be reached up to a bound beyond the promised one, anew in each epoch") {
  CHECK(can_be_reached({7, make_ballot(5 + attempts_ahead_max, 3)}, known));
  CHECK_FALSE(can_be_reached({7, make_ballot(6 + attempts_ahead_max, 3)}, known));
  CHECK(can_be_reached({8, make_ballot(attempts_ahead_max, 3)}, known));
  CHECK_FALSE(can_be_reached({8, make_ballot(1 + attempts_ahead_max, 3)}, known));
}

TEST_CASE("a message that names the far future anywhere is told from one that does not") {
  refusal no;
  no.current = group_of(far);
  stream grouped{7, 1, 1, 1, group_of(far), {}};
  const std::vector<message> absurd{
      prepare{far, 1, 0},
      prepare{7, make_ballot(1ULL << 40U, 0), 0},
      promise{7, 1, group_of(far), 1},
      no,
      keys_listed{7, 1, {}, {{{"a", {7, 1, 1}, false, 0}, {"b", {far, 1, 1}, false, 0}}, false}},
      values_fetched{7, 1, {{"a", {far, 1, 1}, false, ""}}},
      stream{far, 1, 1, 1, {}, {}},
      stream{7, make_ballot(1ULL << 40U, 0), 1, 1, {}, {}},
      grouped,
      stream{7, 1, 1, 1, {}, {entry{"a", {far, 1, 1}, false, ""}}},
      stream{7, 1, 1, 1, {}, {seal{group_of(far), true}}},
      install{group_of(far)},
      leading{far, 1},
  };
  for (const auto& one : absurd) {
    INFO("message " << one.index());
    CHECK(is_far_future(one, known));
  }
  no.current = group_of(8);
  grouped.group_of_epoch = group_of(8);
  for (const auto& one :
       {message{prepare{8, 1, 0}}, message{promise{7, 1, group_of(8), 1}}, message{no},
        message{grouped}, message{install{group_of(8)}}, message{leading{8, 1}},
        message{stream{7, 1, 1, 1, {}, {entry{"a", {7, 1, 1}, false, ""}, may_vote{}}}}}) {
    INFO("message " << one.index());
    CHECK_FALSE(is_far_future(one, known));
  }
}

}  // namespace comet::object::replica
