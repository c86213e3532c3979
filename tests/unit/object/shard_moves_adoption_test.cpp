#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/networked_shard.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;

TEST_CASE("an object that arrives is durable before its sender hears of it") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(here);
  world.hold_commits = true;
  const auto number = world.arrive(world.adopting(key, passive("v")));
  CHECK_FALSE(world.answer_to(number).has_value());
  world.hold_commits = false;
  world.commit_all();
  world.settle();
  REQUIRE(world.answer_to(number).has_value());
  CHECK(world.answer_to(number)->content == reply::ok());
  CHECK(world.get(key) == reply::bulk("v"));
  CHECK(world.subject->stats().adopted == 1);
}

TEST_CASE("an object that cannot be made durable is not taken") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(here);
  world.fail_commits = true;
  CHECK(world.asked_by_node(world.adopting(key, passive("v"))).code == errc::disk_full);
  world.fail_commits = false;
  CHECK(world.get(key) == reply::null());
}

TEST_CASE("an object that arrives answers those who wait for a claim of its key") {
  networked_shard world;
  world.draw({staying(anna)});
  const auto key = world.key_of(here);
  world.begin(world.of(op::get, key));
  const auto claim = world.sent(op::claim);
  CHECK(world.asked_by_node(world.adopting(key, passive("v"))) == reply::ok());
  CHECK(world.answered(1) == reply::bulk("v"));
  world.outcome(claim, reply::number(0), anna);
  CHECK(world.get(key) == reply::bulk("v"));
}

TEST_CASE("an object that arrives runs here with what it brought") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(here);
  const auto encoded = encode(active("code"));
  auto c = networked_shard::adopting_object(key, encoded, "code");
  accounts brought;
  brought.failures = 4;
  brought.last_error = "boom";
  const auto words = brought.packed(world.now);
  c.args.assign(words.begin(), words.end());
  CHECK(world.asked_by_node(c) == reply::ok());
  CHECK(world.stored.at(layout::code_key(sha256("code"))) == "code");
  world.execute = [](const turn_order& order) {
    CHECK(order.code->source == "code");
    CHECK(order.current->owner == "alice");
    CHECK(order.current->incarnation > 0);
    turn_outcome outcome;
    outcome.answer = reply::bulk("ran");
    return outcome;
  };
  CHECK(world.get(key) == reply::bulk("ran"));
  world.who.user = "alice";
  const auto info = world.ask(world.of(op::aso_info, key));
  const auto value = [&](bytes_view name) {
    for (std::size_t i = 0; i + 1 < info.items.size(); i += 2)
      if (info.items[i].text == name) return info.items[i + 1];
    return reply::null();
  };
  CHECK(value("last-error") == reply::bulk("boom"));
}

TEST_CASE("an object that arrives again, and is older than the one here, is dropped") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(here);
  world.set(key, "new");
  CHECK(world.asked_by_node(world.adopting(key, passive("old"))) == reply::ok());
  CHECK(world.get(key) == reply::bulk("new"));
  CHECK(world.subject->stats().moves_outdated == 1);
}

TEST_CASE("an object of a node that was here before this one replaces what this one has") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(here);
  world.put_object(key, "code");
  CHECK(world.asked_by_node(world.adopting(key, passive("theirs"), true)) == reply::ok());
  CHECK(world.get(key) == reply::bulk("theirs"));
  CHECK(world.subject->objects() == 1);
  CHECK_FALSE(world.stored.contains(layout::code_key(sha256("code"))));
}

TEST_CASE("the elder of two nodes keeps what it has when both have an object") {
  networked_shard world;
  world.set(key_of_anna(), "v");
  auto elder = staying(anna);
  elder.is_elder = true;
  world.draw({elder});
  CHECK_FALSE(world.sent(op::adopt).what->get().replace);
}

TEST_CASE("an object is not replaced while a turn of it is under way") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(here);
  world.put_object(key, "code");
  world.hold_turns = true;
  world.begin(world.of(op::get, key));
  CHECK(world.asked_by_node(world.adopting(key, passive("theirs"), true)).code == errc::busy);
  world.release_turns();
  CHECK(world.answered(1) == reply::bulk("ran"));
}

TEST_CASE("a record that is damaged or of foreign code is refused, and leaves nothing behind") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(here);
  auto damaged = passive("v");
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  CHECK(world.asked_by_node(world.adopting(key, damaged)).code == errc::corrupt);
  CHECK(world.asked_by_node(world.adopting(key, "no record")).failed());
  const auto encoded = encode(active("code"));
  CHECK(world.asked_by_node(networked_shard::adopting_object(key, encoded, "other code")).code ==
        errc::corrupt);
  CHECK(world.subject->objects() == 0);
  CHECK(world.subject->cached_records() == 0);
  CHECK(world.get(key) == reply::null());
}

TEST_CASE("an object for another node is not taken") {
  networked_shard world;
  world.agree({staying(anna)});
  CHECK(world.asked_by_node(world.adopting(world.key_of(anna), passive("v"))).code == errc::busy);
  CHECK(world.subject->objects() == 0);
}

TEST_CASE("what arrives is compared with what the store has, not only with what is in memory") {
  networked_shard world;
  world.set(key_of_here(), "new");
  world.restart();
  world.agree({staying(anna)});
  CHECK(world.asked_by_node(world.adopting(key_of_here(), passive("old"))) == reply::ok());
  CHECK(world.get(key_of_here()) == reply::bulk("new"));
}
