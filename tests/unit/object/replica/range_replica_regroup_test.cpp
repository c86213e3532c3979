#include <catch2/catch_test_macros.hpp>

#include "tests/unit/object/replica/replica_group.hpp"

namespace comet::object::replica::test {

TEST_CASE("new members get everything, and then they vote") {
  replica_group three{3};
  three.want(1);
  three.run(milliseconds{500});
  for (int i = 0; i < 10; ++i)
    three.propose(0, "key-" + std::to_string(i), "value");
  three.want(3);
  three.run(milliseconds{5'000});
  REQUIRE(three.leader() == 0);
  CHECK(three.nodes[0].replica->registered().current.members.size() == 3);
  CHECK(three.nodes[0].replica->is_whole());
  for (const auto& one : three.nodes) {
    CHECK(one.replica->is_member());
    CHECK(one.stored.size() == 10);
  }
}

TEST_CASE("who is wanted no more forgets the range, and the others go on") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  three.propose(0, "key", "value");
  three.deliver();
  three.want(2);
  three.run(milliseconds{5'000});
  CHECK_FALSE(three.nodes[2].replica->is_member());
  CHECK(three.nodes[2].stored.empty());
  REQUIRE(three.leader() == 0);
  CHECK(three.nodes[0].replica->registered().current.members.size() == 2);
  CHECK(three.nodes[0].stored.contains("key"));
}

TEST_CASE("the nearest member takes over when it is back") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  three.cut.insert(0);
  three.run(milliseconds{5'000});
  REQUIRE(three.leader() == 1);
  three.propose(1, "key", "value");
  three.deliver();
  three.cut.clear();
  three.run(milliseconds{5'000});
  CHECK(three.leader() == 0);
  CHECK(three.nodes[0].stored.at("key").value == "value");
}

TEST_CASE("a whole group can be replaced") {
  replica_group six{6};
  six.want(3);
  six.run(milliseconds{5'000});
  REQUIRE(six.leader() == 0);
  six.propose(0, "key", "value");
  six.deliver();
  std::vector<member> others;
  for (std::size_t i = 3; i < 6; ++i)
    others.push_back(six.nodes[i].self);
  for (auto& one : six.nodes)
    one.replica->want(others);
  six.run(milliseconds{8'000});
  REQUIRE(six.leader() == 3);
  CHECK(six.nodes[5].stored.at("key").value == "value");
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(six.nodes[i].stored.empty());
}

}  // namespace comet::object::replica::test
