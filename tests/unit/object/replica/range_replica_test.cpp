#include "object/replica/range_replica.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/object/replica/replica_group.hpp"

namespace comet::object::replica::test {

TEST_CASE("the only node of a network leads without anybody's help") {
  replica_group lone{1};
  lone.run(milliseconds{100});
  CHECK(lone.leader() == 0);
  CHECK(lone.nodes[0].replica->leader() == lone.nodes[0].self);
  CHECK(lone.nodes[0].replica->is_chosen(lone.propose(0, "key", "value")));
}

TEST_CASE("a node that keeps nothing of the range stands outside and knows no leader") {
  replica_group two{2};
  two.want(1);
  two.run(milliseconds{500});
  CHECK(two.nodes[1].replica->stands(two.now) == replica_group::standing::outside);
  CHECK_FALSE(two.nodes[1].replica->leader());
}

TEST_CASE("members follow the leader and name it") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  REQUIRE(three.leader() == 0);
  CHECK(three.nodes[2].replica->stands(three.now) == replica_group::standing::follows);
  CHECK(three.nodes[2].replica->leader() == three.nodes[0].self);
}

}  // namespace comet::object::replica::test
