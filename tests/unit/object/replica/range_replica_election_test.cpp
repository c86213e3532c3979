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

TEST_CASE(
    "a new leader serves when it has itself what it took over, although the others chose it") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  three.cut.insert(1);  // hears nothing of it
  three.propose(0, "key", "value");
  three.deliver();
  three.cut = {0};
  three.late = {1};
  three.run(milliseconds{3'000});
  three.cut.clear();
  three.run(milliseconds{3'000});
  REQUIRE(three.nodes[1].replica->is_leader());
  const auto taken_over = three.nodes[1].stored.at("key").at;
  CHECK(three.nodes[1].replica->is_chosen(taken_over));
  CHECK(three.leader() == three.nodes.size());
  three.sync(1);
  three.run(milliseconds{1'000});
  CHECK(three.leader() < three.nodes.size());  // it, or the nearer one to which it handed over
}

TEST_CASE("a new leader fetches and reads what others lack in steps of bounded size") {
  replica_group three{3};
  three.terms.message_bytes_max = 5'000;
  three.run(milliseconds{5'000});
  three.cut.insert(1);
  for (int i = 0; i < 30; ++i) {
    three.propose(0, "key-" + std::to_string(100 + i), bytes(1'900, 'v'));
    three.deliver();
  }
  SECTION("values of another") {
    three.cut = {0};
    three.run(milliseconds{1'400});
    three.most_read = three.most_values = 0;
    three.run(milliseconds{3'000});
    REQUIRE(three.leader() == 1);
  }
  SECTION("its own values") {
    three.cut = {0};
    three.most_read = three.most_values = 0;
    const auto& known = three.nodes[2].replica->registered();
    three.nodes[2].replica->on_message(three.nodes[0].self,
                                       take_over{known.current.epoch, known.promised}, three.now);
    three.run(milliseconds{3'000});
    CHECK(three.nodes[1].stored.at("key-100").at.by == three.nodes[2].stored.at("key-100").at.by);
  }
  CHECK(three.most_read == 2);
  CHECK(three.most_values == 2);
  CHECK(three.nodes[1].stored.size() == 30);
  CHECK(three.nodes[2].stored.size() == 30);
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
