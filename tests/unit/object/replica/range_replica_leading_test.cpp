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
