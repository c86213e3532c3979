#include <catch2/catch_test_macros.hpp>

#include "tests/unit/object/replica/replica_group.hpp"

namespace comet::object::replica::test {

TEST_CASE("a member that was away for long is brought up to date, page by page") {
  replica_group three{3};
  three.terms.page = 7;
  three.terms.window_max = 10;
  three.run(milliseconds{5'000});
  for (int i = 0; i < 20; ++i)
    three.propose(0, "old-" + std::to_string(i), "value");
  three.deliver();
  three.cut.insert(2);
  for (int i = 0; i < 50; ++i) {
    three.propose(0, "new-" + std::to_string(i), "value");
    three.deliver();
  }
  for (int i = 0; i < 20; i += 2)
    three.erase(0, "old-" + std::to_string(i));
  three.deliver();
  CHECK_FALSE(three.nodes[0].replica->is_whole());
  three.cut.clear();
  three.run(milliseconds{5'000});
  REQUIRE(three.leader() == 0);
  CHECK(three.nodes[0].replica->is_whole());
  CHECK(three.nodes[2].stored == three.nodes[0].stored);
  CHECK(three.nodes[2].stored.size() == 60);
}

TEST_CASE("large values bring a member up to date in messages and windows of bounded size") {
  replica_group three{3};
  three.terms.window_bytes_max = 40'000;
  three.terms.message_bytes_max = 5'000;
  three.run(milliseconds{5'000});
  three.cut.insert(2);
  for (int i = 0; i < 100; ++i) {
    three.propose(0, "key-" + std::to_string(100 + i), bytes(i == 50 ? 30'000 : 1'900, 'v'));
    three.deliver();
  }
  three.largest_message = three.most_values = three.most_read = 0;
  three.cut.clear();
  three.run(milliseconds{5'000});
  REQUIRE(three.leader() == 0);
  CHECK(three.nodes[0].replica->is_whole());
  CHECK(three.nodes[2].stored == three.nodes[0].stored);
  CHECK(three.largest_message == 30'000);  // a large value goes alone
  CHECK(three.most_values == 2);
  CHECK(three.most_read == 2);
}

TEST_CASE("a member that is behind by more bytes than are kept for it begins anew") {
  replica_group three{3};
  three.terms.window_bytes_max = 10'000;
  three.run(milliseconds{5'000});
  three.cut.insert(2);
  for (int i = 0; i < 20; ++i) {
    three.propose(0, "key-" + std::to_string(i), bytes(1'000, 'v'));
    three.deliver();
  }
  CHECK_FALSE(three.nodes[0].replica->is_whole());
  three.cut.clear();
  three.run(milliseconds{3'000});
  CHECK(three.nodes[0].replica->is_whole());
  CHECK(three.nodes[2].stored == three.nodes[0].stored);
}

TEST_CASE("a value larger than a window is carried alone") {
  replica_group three{3};
  three.terms.window_bytes_max = 10'000;
  three.terms.message_bytes_max = 1'000;
  three.run(milliseconds{5'000});
  const auto at = three.propose(0, "key", bytes(50'000, 'v'));
  three.deliver();
  CHECK(three.nodes[0].replica->is_chosen(at));
  CHECK(three.nodes[0].replica->is_whole());
}

TEST_CASE(
    "a copy that its disk lost or changed is put right at the next comparison, if one is asked") {
  replica_group three{3};
  three.terms.page = 7;
  three.run(milliseconds{5'000});
  for (int i = 0; i < 20; ++i)
    three.propose(0, "key-" + std::to_string(i), "value");
  three.deliver();
  three.run(milliseconds{1'000});
  REQUIRE(three.nodes[0].replica->is_whole());
  auto& damaged = three.nodes[2].stored;
  const auto good = damaged;
  damaged.erase("key-7");
  damaged["key-9"].at.position = 0;
  damaged["nobody's"] = {"nobody's", {}, false, "value"};
  const auto bad = damaged;
  three.run(milliseconds{60'000});
  CHECK(three.nodes[2].stored == bad);
  for (auto& one : three.nodes)
    one.replica->compare_every(milliseconds{30'000});
  three.run(milliseconds{1'000});
  CHECK(three.nodes[2].stored == good);
  damaged.erase("key-7");
  three.run(milliseconds{15'000});
  CHECK_FALSE(three.nodes[2].stored.contains("key-7"));
  CHECK(three.nodes[0].replica->is_whole());
  three.run(milliseconds{20'000});
  CHECK(three.nodes[2].stored == good);
}

TEST_CASE("a page that promises more and has no key is refused and asked for again") {
  replica_group three{3};
  three.run(milliseconds{5'000});
  three.propose(0, "key", "value");
  three.deliver();
  three.cut.insert(2);
  three.run(milliseconds{3'000});
  auto& leader = *three.nodes[0].replica;
  const auto& now_in_force = leader.registered();
  leader.on_message(three.nodes[1].self,
                    keys_listed{now_in_force.current.epoch, now_in_force.promised, {}, {{}, true}},
                    three.now);
  CHECK(leader.refused().forged == 1);
  three.cut.clear();
  three.run(milliseconds{3'000});
  CHECK(three.nodes[2].stored == three.nodes[0].stored);
}

}  // namespace comet::object::replica::test
