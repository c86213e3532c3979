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

TEST_CASE("a follower that reaches no majority for longer than a lease runs is cut off") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  three.cut = {0, 1};
  const auto& lone = *three.nodes[2].replica;
  three.run(milliseconds{1'600});  // its leases are gone, but an election may be under way
  CHECK(lone.stands(three.now) == replica_group::standing::changes);
  three.run(milliseconds{1'500});
  CHECK(lone.stands(three.now) == replica_group::standing::is_cut_off);
  three.run(milliseconds{10'000});
  CHECK(lone.stands(three.now) == replica_group::standing::is_cut_off);
  three.cut = {0};
  three.run(milliseconds{2'500});
  CHECK(three.leader() == 1);
  CHECK(lone.stands(three.now) == replica_group::standing::follows);
}

TEST_CASE("members that elect another leader are not cut off meanwhile") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  three.cut = {0};
  bool changed = false;
  for (int i = 0; i < 80; ++i) {
    three.run(milliseconds{50});
    for (const std::size_t other : {1U, 2U}) {
      const auto as = three.nodes[other].replica->stands(three.now);
      CHECK(as != replica_group::standing::is_cut_off);
      changed = changed || as == replica_group::standing::changes;
    }
  }
  CHECK(changed);
  CHECK(three.leader() == 1);
}

TEST_CASE("a member that has just started is not cut off before a lease could have run") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  three.cut = {0, 1};
  auto& lone = three.nodes[2];
  lone.leases = std::make_unique<lease_book>(lease_terms{}, three.now);
  lone.replica = std::make_unique<range_replica>(lone.self, three.terms, *lone.leases,
                                                 range_register{lone.replica->registered()});
  CHECK(lone.replica->stands(three.now) == replica_group::standing::changes);
  three.run(milliseconds{1'450});
  CHECK(lone.replica->stands(three.now) == replica_group::standing::changes);
  three.run(milliseconds{100});
  CHECK(lone.replica->stands(three.now) == replica_group::standing::is_cut_off);
}

TEST_CASE("a member whose majority answers, but whom nobody elects, is not cut off") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  auto& third = three.nodes[2];
  three.cut = {0};
  for (int i = 0; i < 100; ++i) {  // leases go on; what the second says of the range is lost
    three.now += milliseconds{50};
    third.leases->on_answer(
        three.nodes[1].self,
        three.nodes[1].leases->answer(third.self, third.leases->ask(three.nodes[1].self, three.now),
                                      three.now),
        three.now);
    third.replica->on_tick(three.now);
    third.replica->take(three.now);
  }
  CHECK(third.replica->stands(three.now) == replica_group::standing::changes);
}

}  // namespace comet::object::replica::test
