#include <catch2/catch_test_macros.hpp>

#include "tests/unit/object/replica/replica_group.hpp"

namespace comet::object::replica::test {

TEST_CASE("a value is chosen when a majority has it, and not before") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  const auto at = three.propose(0, "key", "value");
  CHECK_FALSE(three.nodes[0].replica->is_chosen(at));
  three.deliver();
  CHECK(three.nodes[0].replica->is_chosen(at));
}

TEST_CASE("one member of three may be away: the others choose") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  three.cut.insert(2);
  const auto at = three.propose(0, "key", "value");
  three.deliver();
  CHECK(three.nodes[0].replica->is_chosen(at));
}

TEST_CASE("a leader whose leases have run out reads nothing, and is cut off a lease later") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  three.cut = {1, 2};
  CHECK(three.nodes[0].replica->stands(three.now) == replica_group::standing::leads);
  three.run(milliseconds{1'600});
  CHECK(three.nodes[0].replica->stands(three.now) == replica_group::standing::changes);
  three.run(milliseconds{1'500});
  CHECK(three.nodes[0].replica->stands(three.now) == replica_group::standing::is_cut_off);
}

TEST_CASE("a leader knows how many members have a value on disk") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  const auto& leader = *three.nodes[0].replica;
  const auto first = three.propose(0, "key", "value");
  CHECK(leader.copies_of(first) == 1);
  three.deliver();
  CHECK(leader.copies_of(first) == 3);
  three.cut.insert(2);
  const auto second = three.propose(0, "key", "other");
  three.deliver();
  CHECK(leader.copies_of(second) == 2);
  CHECK(leader.copies_of(first) == 3);
  CHECK(three.nodes[1].replica->copies_of(first) == 0);  // it does not lead, and does not know
}

TEST_CASE("of an earlier leader's value the new one counts those that were compared with it") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  const auto at = three.propose(0, "key", "value");
  three.deliver();
  three.cut.insert(0);
  three.run(milliseconds{5'000});
  const auto leader = three.leader();
  REQUIRE(leader != 0);
  REQUIRE(leader < 3);
  CHECK(three.nodes[leader].replica->copies_of(at) == 2);
  three.cut.clear();
  three.run(milliseconds{3'000});
  CHECK(three.nodes[three.leader()].replica->copies_of(at) == 3);
}

TEST_CASE("a member that lacks what is chosen is not told that its copy is whole") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  const auto before = three.now;
  three.cut.insert(2);
  three.propose(0, "key", "value");
  three.deliver();
  three.run(milliseconds{2'000});
  REQUIRE(three.nodes[1].replica->copy());
  CHECK(three.nodes[1].replica->copy()->as_of > before);
  CHECK(three.nodes[1].replica->copy()->chosen.position == 1);
  REQUIRE(three.nodes[2].replica->copy());
  CHECK(three.nodes[2].replica->copy()->as_of < before);
  three.cut.clear();
  three.run(milliseconds{2'000});
  CHECK(three.nodes[2].replica->copy()->as_of > before);
}

TEST_CASE("a leader without a majority's leases tells nobody that a copy is whole") {
  replica_group five{5};
  five.run(milliseconds{5'000});
  five.cut = {2, 3, 4};
  five.run(milliseconds{2'000});
  const auto by_then = five.now;
  five.run(milliseconds{5'000});
  REQUIRE(five.nodes[1].replica->copy());
  CHECK(five.nodes[1].replica->copy()->as_of < by_then);
}

TEST_CASE("a tombstone stays while a member lacks it, and goes when all have it") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  three.propose(0, "key", "value");
  three.deliver();
  three.cut.insert(2);
  three.erase(0, "key");
  three.deliver();
  CHECK(three.nodes[0].stored.at("key").erased);
  three.cut.clear();
  three.run(milliseconds{2'000});
  for (const auto& one : three.nodes)
    CHECK_FALSE(one.stored.contains("key"));
}

}  // namespace comet::object::replica::test
