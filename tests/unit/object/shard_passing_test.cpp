#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/networked_shard.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

namespace {

/// A key that anna has among {here, anna}, and bert as soon as he is there, too.
bytes key_that_changes_hands() {
  const key_map before(here, false, {staying(anna)});
  const key_map after(here, false, {staying(anna), staying(bert)});
  for (int i = 0;; ++i) {
    bytes key = "key-" + std::to_string(i);
    const auto id = sha256(key);
    if (before.holder_of(id) == anna && after.holder_of(id) == bert) return key;
  }
}

}  // namespace

TEST_CASE("a command for another's key is passed on, and its answer is the client's") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto key = key_of(anna);
  world.who.user = "alice";
  world.begin(setting(key, "v"));
  const auto passed = world.sent(op::set);
  CHECK(passed.to == anna);
  CHECK(passed.what->get().value == "v");
  CHECK(passed.from.user == "alice");
  CHECK(passed.name.origin == here);
  CHECK(passed.name.number > 0);
  CHECK(passed.hops_left == hops_max - 1);
  CHECK_FALSE(world.subject->idle());
  world.outcome(passed, reply::ok(), anna);
  CHECK(world.answered(1) == reply::ok());
  CHECK(world.subject->idle());
  CHECK(world.subject->objects() == 0);
  CHECK(world.subject->cached_records() == 0);
}

TEST_CASE("an own key is served here, to clients and to other nodes") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto key = key_of(here);
  CHECK(world.set(key, "v") == reply::ok());
  CHECK(world.get(key) == reply::bulk("v"));
  const auto number = world.arrive(asking(op::get, key));
  REQUIRE(world.answer_to(number).has_value());
  CHECK(world.answer_to(number)->content == reply::bulk("v"));
  CHECK(world.answer_to(number)->holder == here);
  CHECK(world.forwards.empty());
}

TEST_CASE("what another node sent for a third keeps its name, and the answer says whose it is") {
  networked_shard world;
  world.draw({staying(anna), staying(bert)});
  const auto key = key_of(bert);
  const auto number = world.arrive(asking(op::get, key), {"waits"}, 13);
  const auto passed = world.sent(op::get);
  CHECK(passed.to == bert);
  CHECK(passed.name == command_name{anna, number});
  CHECK(passed.chain == std::vector<bytes>{"waits"});
  CHECK(passed.hops_left == 12);
  world.outcome(passed, reply::bulk("v"), bert);
  REQUIRE(world.answer_to(number).has_value());
  CHECK(world.answer_to(number)->content == reply::bulk("v"));
  CHECK(world.answer_to(number)->holder == bert);
}

TEST_CASE("a write that another node sent is answered when it is durable") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto key = key_of(here);
  world.hold_commits = true;
  const auto number = world.arrive(setting(key, "v"));
  CHECK_FALSE(world.answer_to(number).has_value());
  world.hold_commits = false;
  world.commit_all();
  world.settle();
  REQUIRE(world.answer_to(number).has_value());
  CHECK(world.answer_to(number)->content == reply::ok());
}

// ---- the way there ----

TEST_CASE("commands for one key follow each other without waiting for answers") {
  networked_shard world;
  world.draw({staying(anna)});
  world.hear_that_others_lead();
  const auto key = key_of(anna);
  world.begin(setting(key, "1"), 1);
  world.begin(setting(key, "2"), 2);
  CHECK(world.sent(op::set).what->get().value == "1");
  CHECK(world.sent(op::set).what->get().value == "2");
}

TEST_CASE("commands that never left are decided anew in their order, and what came later waits") {
  networked_shard world;
  world.draw({staying(anna)});
  world.hear_that_others_lead();
  const auto key = key_of(anna);
  world.begin(setting(key, "1"), 1);
  world.begin(setting(key, "2"), 2);
  const auto first = world.sent(op::set);
  const auto second = world.sent(op::set);
  world.never_left(first);
  world.begin(setting(key, "3"), 3);
  world.never_left(second);
  CHECK(world.forwards.empty());
  world.advance(50ms);
  for (const bytes_view value : {"1", "2", "3"})
    CHECK(world.sent(op::set).what->get().value == value);
  CHECK(world.forwards.empty());
}

TEST_CASE("a command that never left keeps its name, so that no node takes it for two") {
  networked_shard world;
  world.draw({staying(anna)});
  world.begin(asking(op::get, key_of(anna)));
  const auto first = world.sent(op::get);
  world.never_left(first);
  world.advance(50ms);
  const auto again = world.sent(op::get);
  CHECK(again.name == first.name);
  CHECK(again.number != first.number);
}

TEST_CASE(
    "a command that never leaves is tried for longer than an election takes, and then told so") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto began = world.now.mono;
  world.begin(asking(op::get, key_of(anna)));
  int tries = 0;
  for (int i = 0; !world.answered(1) && i < 500; ++i) {
    if (const auto sent = world.find_forward(op::get)) {
      ++tries;
      world.never_left(*sent);
    }
    world.advance(10ms);
  }
  CHECK(tries == hops_max);
  CHECK(world.now.mono - began > 3s);
  CHECK(world.now.mono - began < 5s);
  REQUIRE(world.answered(1).has_value());
  CHECK(world.answered(1)->code == errc::unavailable);
  CHECK(world.subject->idle());
}

TEST_CASE("an uncertain outcome is the client's to judge: nothing is sent twice") {
  networked_shard world;
  world.draw({staying(anna)});
  world.begin(setting(key_of(anna), "v"));
  world.outcome(world.sent(op::set), reply::failure(errc::uncertain, "the link broke"), {});
  REQUIRE(world.answered(1).has_value());
  CHECK(world.answered(1)->code == errc::uncertain);
  world.advance(1s);
  CHECK(world.forwards.empty());
}

TEST_CASE("a command that has seen many nodes waits for news before it goes on") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto key = key_of(anna);
  world.arrive(asking(op::get, key), {}, 10);
  CHECK(world.forwards.empty());
  world.advance(49ms);
  CHECK(world.forwards.empty());
  world.advance(1ms);
  CHECK(world.sent(op::get).hops_left == 9);
}

TEST_CASE("a new picture of the network ends the wait of a command that wanders") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto key = key_that_changes_hands();
  world.arrive(asking(op::get, key), {}, 10);
  world.draw({staying(anna), staying(bert)});
  CHECK(world.sent(op::get).to == bert);
}

TEST_CASE("a command that has used up its hops ends, and nobody waits for it") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto number = world.arrive(asking(op::get, key_of(anna)), {}, 0);
  world.advance(550ms);
  CHECK(world.forwards.empty());
  REQUIRE(world.answer_to(number).has_value());
  CHECK(world.answer_to(number)->content.code == errc::unavailable);
  CHECK(world.subject->idle());
}

TEST_CASE("a command that would go another way waits for those that were passed on before") {
  networked_shard world;
  const auto key = key_of(anna);
  world.draw({staying(anna), staying(bert)});
  world.hear_that_leads(anna, key, 1);
  world.begin(setting(key, "1"), 1);
  const auto first = world.sent(op::set);
  CHECK(first.to == anna);
  world.hear_that_leads(bert, key, 2);
  world.begin(setting(key, "2"), 2);
  world.begin(setting(key, "3"), 3);
  CHECK_FALSE(world.find_forward(op::set).has_value());
  world.outcome(first, reply::ok(), bert);
  for (const bytes_view value : {"2", "3"}) {
    const auto passed = world.sent(op::set);
    CHECK(passed.to == bert);
    CHECK(passed.what->get().value == value);
  }
}

TEST_CASE("what waits behind a command that is not answered waits for a second at most") {
  networked_shard world;
  const auto key = key_of(anna);
  world.draw({staying(anna), staying(bert)});
  world.hear_that_leads(anna, key, 1);
  world.begin(setting(key, "1"), 1);
  world.hear_that_leads(bert, key, 2);
  world.begin(setting(key, "2"), 2);
  world.sent(op::set);
  world.advance(999ms);
  CHECK_FALSE(world.find_forward(op::set).has_value());
  world.advance(1ms);
  CHECK(world.sent(op::set).what->get().value == "2");
}

TEST_CASE("a command that comes back on its way round does not wait for itself") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto key = key_of(anna);
  command_name name;
  world.begin(asking(op::get, key), 1);
  name = world.sent(op::get).name;
  world.subject->on_arrived({1,
                             name,
                             std::make_shared<const owned_command>(asking(op::get, key)),
                             world.who,
                             {},
                             hops_max - 2},
                            world.now);
  world.settle();
  CHECK(world.sent(op::get).name == name);
}

TEST_CASE("no more commands wait for one key than a mailbox holds") {
  policy limits;
  limits.mailbox_max = 2;
  networked_shard world{limits};
  world.draw({});
  const auto key = key_of(anna);  // nobody leads it
  world.begin(asking(op::get, key), 1);
  world.begin(asking(op::get, key), 2);
  const auto refused = world.submit(asking(op::get, key), 3);
  REQUIRE(refused.has_value());
  CHECK(refused->code == errc::busy);
}
