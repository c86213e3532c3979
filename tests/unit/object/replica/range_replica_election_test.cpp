#include <catch2/catch_test_macros.hpp>

#include "tests/unit/object/replica/replica_group.hpp"

namespace comet::object::replica::test {

TEST_CASE("when the leader is gone the next member leads, and has everything") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  three.propose(0, "key", "value");
  three.deliver();
  three.cut.insert(0);
  three.run(milliseconds{3'000});
  REQUIRE(three.leader() == 1);
  CHECK(three.nodes[1].stored.at("key").value == "value");
}

TEST_CASE(
    "a value that one member of the majority has is proposed again before the leader serves") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  three.cut.insert(1);  // hears nothing of it
  const auto at = three.propose(0, "key", "value");
  three.deliver();
  CHECK(three.nodes[0].replica->is_chosen(at));
  three.cut = {0};
  three.run(milliseconds{3'000});
  REQUIRE(three.leader() == 1);
  CHECK(three.nodes[1].stored.at("key").value == "value");
  CHECK(three.nodes[1].stored.at("key").at.by > at.by);
}

TEST_CASE("nobody is deposed while its leases run") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  auto& second = three.nodes[1];
  const auto before = second.replica->registered().promised;
  second.replica->on_message(
      three.nodes[2].self,
      prepare{second.replica->registered().current.epoch, make_ballot(99, 2), 0}, three.now);
  auto todo = second.replica->take(three.now);
  REQUIRE(todo.sends.size() == 1);
  CHECK(std::get<refusal>(todo.sends.front().second).why == refusal_reason::leased);
  CHECK(second.replica->registered().promised == before);
}

TEST_CASE("without a majority nobody leads") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  three.cut = {0, 1};
  three.run(milliseconds{5'000});
  CHECK(three.leader() == three.nodes.size());
}

}  // namespace comet::object::replica::test
