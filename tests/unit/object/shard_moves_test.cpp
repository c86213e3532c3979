#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/networked_shard.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

TEST_CASE("a sweep hands over what is another's and keeps what is this node's") {
  networked_shard world;
  world.set(key_of_anna(0), "a");
  world.set(key_of_anna(1), "b");
  world.set(key_of_here(), "mine");
  world.draw({staying(anna)});
  for (int i = 0; i < 2; ++i) {
    const auto move = world.sent(op::adopt);
    CHECK(move.to == anna);
    const auto arrived = decode(move.what->get().value);
    REQUIRE(arrived.ok());
    CHECK(arrived->value == (move.what->get().key == key_of_anna(0) ? "a" : "b"));
    CHECK_FALSE(world.find_forward(op::settled).has_value());
    world.outcome(move, reply::ok(), anna);
  }
  CHECK_FALSE(world.find_forward(op::adopt).has_value());
  CHECK(world.sent(op::settled).to == anna);
  CHECK(world.subject->objects() == 1);
  CHECK(world.subject->stats().handed_over == 2);
  CHECK_FALSE(world.stored.contains(layout::object_key(key_of_anna(0))));
  CHECK(world.get(key_of_here()) == reply::bulk("mine"));
}

TEST_CASE("objects that are not in memory are loaded and handed over, too") {
  networked_shard world;
  world.set(key_of_anna(), "v");
  world.restart();
  world.draw({staying(anna)});
  CHECK(decode(world.sent(op::adopt).what->get().value)->value == "v");
}

TEST_CASE("an object that cannot be read is still owed, and tried again") {
  networked_shard world;
  world.set(key_of_anna(), "v");
  world.restart();
  world.fail_loads_of = layout::object_key(key_of_anna());
  world.draw({staying(anna)});
  CHECK_FALSE(world.find_forward(op::adopt).has_value());
  CHECK_FALSE(world.find_forward(op::settled).has_value());
  world.fail_loads_of.reset();
  world.advance(200ms);
  world.outcome(world.sent(op::adopt), reply::ok(), anna);
  CHECK(world.find_forward(op::settled).has_value());
}

TEST_CASE("a page of the sweep that cannot be read is read again after a pause") {
  networked_shard world;
  world.set(key_of_anna(), "v");
  world.fail_scans_of = scan_order::kind::objects;
  world.draw({staying(anna)});
  CHECK(world.scans_failed == 1);
  CHECK_FALSE(world.find_forward(op::settled).has_value());
  world.advance(199ms);
  CHECK(world.scans_failed == 1);
  CHECK(world.subject->next_wake() == wall_time{});
  world.fail_scans_of.reset();
  world.advance(1ms);
  CHECK(world.subject->next_wake() == wall_time{});
  world.outcome(world.sent(op::adopt), reply::ok(), anna);
  CHECK(world.find_forward(op::settled).has_value());
  CHECK(world.subject->next_wake() > world.now.wall);
}

TEST_CASE("a page of the sweep is read anew after each failure") {
  networked_shard world;
  world.set(key_of_anna(), "v");
  world.fail_scans_of = scan_order::kind::objects;
  world.draw({staying(anna)});
  for (int failed = 1; failed < 5; ++failed) {
    CHECK(world.scans_failed == failed);
    world.advance(200ms);
  }
  CHECK_FALSE(world.find_forward(op::settled).has_value());
}

TEST_CASE("an object whose code cannot be read is tried again, too") {
  networked_shard world;
  world.put_object(key_of_anna(), "code");
  world.restart();
  world.fail_loads_of = layout::code_key(sha256("code"));
  world.draw({staying(anna)});
  CHECK_FALSE(world.find_forward(op::adopt).has_value());
  CHECK_FALSE(world.find_forward(op::settled).has_value());
  world.fail_loads_of.reset();
  world.advance(200ms);
  CHECK(world.sent(op::adopt).what->get().source == "code");
}

TEST_CASE("an active object goes with its code, limits, timers and what is known of its running") {
  networked_shard world;
  const auto key = key_of_anna();
  ticking tick{due_after(world, 10s)};
  world.execute = tick.executor();
  world.who.user = "alice";
  command put = world.of(op::aso_put, key);
  put.source = "code";
  put.args = {"one", "two"};
  put.limits = {{limit::mailbox, 7}};
  CHECK(world.ask(put) == reply::ok());
  world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.fuel = 120;
    outcome.memory_peak = 9'000;
    outcome.failure = error{errc::script, "boom"};
    return outcome;
  };
  CHECK(world.get(key).failed());
  world.draw({staying(anna)});

  const auto move = world.sent(op::adopt);
  const auto& c = move.what->get();
  CHECK(c.source == "code");
  const auto sent = decode(c.value);
  REQUIRE(sent.ok());
  REQUIRE(sent->is_active());
  CHECK(sent->owner == "alice");
  CHECK(sent->active->args == std::vector<bytes>{"one", "two"});
  CHECK(sent->active->limits == asked_limits{{limit::mailbox, 7}});
  CHECK(sent->active->timers == std::vector{tick.what});
  CHECK(sent->active->fuel == 120);
  const auto account = accounts::unpacked(c.args, world.now);
  CHECK(account.failures == 1);
  CHECK(account.memory_peak == 9'000);
  CHECK(account.last_error == "boom");
  world.outcome(move, reply::ok(), anna);
  CHECK_FALSE(world.stored.contains(layout::code_key(sha256("code"))));
  CHECK(world.forgotten == std::vector{key});
}

TEST_CASE("commands for an object that leaves wait, and follow it in their order") {
  networked_shard world;
  const auto key = key_of_anna();
  world.set(key, "v");
  world.draw({staying(anna)});
  const auto move = world.sent(op::adopt);
  world.begin(world.of(op::get, key), 1);
  world.begin(world.setting(key, "w"), 2);
  CHECK_FALSE(world.find_forward(op::get).has_value());
  world.outcome(move, reply::ok(), anna);
  REQUIRE(world.forwards.size() >= 2);
  CHECK(world.forwards[0].what->get().what == op::get);
  CHECK(world.forwards[1].what->get().what == op::set);
  CHECK(world.forwards[0].to == anna);
  world.outcome(world.sent(op::get), reply::bulk("v"), anna);
  CHECK(world.answered(1) == reply::bulk("v"));
}

TEST_CASE("turns under way finish before their object leaves, with what they changed") {
  networked_shard world;
  const auto key = key_of_anna();
  world.put_object(key, "code");
  world.hold_turns = true;
  world.begin(world.of(op::get, key), 1);
  world.draw({staying(anna)});
  world.begin(world.of(op::get, key), 2);
  CHECK(world.subject->moves_under_way() == 1);
  CHECK_FALSE(world.find_forward(op::adopt).has_value());
  CHECK(world.held_orders.size() == 1);
  world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.state = "new state";
    outcome.answer = reply::bulk("v");
    return outcome;
  };
  world.release_turns();
  CHECK(world.answered(1) == reply::bulk("v"));
  const auto move = world.sent(op::adopt);
  CHECK(decode(move.what->get().value)->active->state == "new state");
  world.outcome(move, reply::ok(), anna);
  CHECK(world.find_forward(op::get).has_value());
}

TEST_CASE("a change leaves this node when it is durable here") {
  networked_shard world;
  const auto key = key_of_anna();
  world.set(key, "old");
  world.hold_commits = true;
  world.begin(world.setting(key, "new"));
  world.draw({staying(anna)});
  CHECK_FALSE(world.find_forward(op::adopt).has_value());
  world.hold_commits = false;
  world.commit_all();
  world.settle();
  CHECK(decode(world.sent(op::adopt).what->get().value)->value == "new");
}

TEST_CASE("an object whose arrival is uncertain is sent again, and nobody is answered meanwhile") {
  networked_shard world;
  const auto key = key_of_anna();
  world.set(key, "v");
  world.draw({staying(anna)});
  const auto first = world.sent(op::adopt);
  CHECK(first.what->get().replace);
  world.outcome(first, reply::failure(errc::uncertain, "the link broke"), {});
  world.begin(world.of(op::get, key));
  world.advance(199ms);
  CHECK_FALSE(world.find_forward(op::adopt).has_value());
  world.advance(1ms);
  const auto again = world.sent(op::adopt);
  CHECK_FALSE(again.what->get().replace);
  CHECK_FALSE(world.answered(1).has_value());
  world.outcome(again, reply::ok(), anna);
  CHECK(world.find_forward(op::get).has_value());
  CHECK(world.subject->objects() == 0);
}

TEST_CASE("an object that was not taken is served here, and offered again a little later") {
  networked_shard world;
  const auto key = key_of_anna();
  world.set(key, "v");
  world.draw({staying(anna)});
  const auto move = world.sent(op::adopt);
  world.begin(world.of(op::get, key));
  world.outcome(move, reply::failure(errc::busy, "not now"), anna);
  CHECK(world.answered(1) == reply::bulk("v"));
  CHECK(world.set(key, "w") == reply::ok());
  CHECK(world.subject->stats().moves_failed == 1);
  CHECK_FALSE(world.find_forward(op::settled).has_value());
  world.advance(199ms);
  CHECK_FALSE(world.find_forward(op::adopt).has_value());
  world.advance(1ms);
  CHECK(decode(world.sent(op::adopt).what->get().value)->value == "w");
}

TEST_CASE("an object that has become this node's again stays, and what waits for it is served") {
  networked_shard world;
  const auto key = key_of_anna();
  world.put_object(key, "code");
  world.hold_turns = true;
  world.begin(world.of(op::get, key), 1);
  world.draw({staying(anna)});
  world.begin(world.of(op::get, key), 2);
  world.draw({});
  world.release_turns();
  world.release_turns();
  CHECK(world.answered(2) == reply::bulk("ran"));
  CHECK_FALSE(world.find_forward(op::adopt).has_value());
  CHECK(world.subject->moves_under_way() == 0);
}

TEST_CASE("an object with many others leaves in pieces of bounded number") {
  networked_shard world;
  for (int i = 0; i < 100; ++i)
    world.set(key_of_anna(i), "v");
  world.draw({staying(anna)});
  CHECK(world.subject->moves_under_way() == 64);
  int moved = 0;
  while (auto move = world.find_forward(op::adopt)) {
    world.outcome(*move, reply::ok(), anna);
    ++moved;
  }
  CHECK(moved == 100);
  CHECK(world.subject->objects() == 0);
}

TEST_CASE("an object that expired on its way stays nowhere") {
  networked_shard world;
  const auto key = key_of_anna();
  command put = world.setting(key, "v");
  put.when = world.now.wall + 1s;
  world.ask(put);
  world.draw({staying(anna)});
  const auto move = world.sent(op::adopt);
  CHECK(decode(move.what->get().value)->expires == put.when);

  networked_shard receiver;
  receiver.agree({staying(bert)});
  const auto own = receiver.key_of(here);
  receiver.now.wall += 2s;
  CHECK(receiver.asked_by_node(receiver.adopting(own, move.what->get().value)) == reply::ok());
  CHECK(receiver.get(own) == reply::null());
  CHECK(receiver.subject->objects() == 0);
}

// ---- claims of others ----

TEST_CASE("an object that is claimed by its holder is handed over, and then the claim answered") {
  networked_shard world;
  world.hold_commits = true;
  const auto key = key_of_anna();
  world.begin(world.setting(key, "v"));  // the sweep cannot look at it yet
  world.draw({staying(anna)});
  const auto number = world.arrive(world.claiming(key, anna));
  CHECK_FALSE(world.answer_to(number).has_value());
  world.hold_commits = false;
  world.commit_all();
  world.settle();
  const auto move = world.sent(op::adopt);
  CHECK_FALSE(world.answer_to(number).has_value());
  world.outcome(move, reply::ok(), anna);
  REQUIRE(world.answer_to(number).has_value());
  CHECK_FALSE(world.answer_to(number)->content.failed());
}

TEST_CASE("a claim of what is not here says whether anything else may be") {
  networked_shard world;
  world.set(key_of_anna(0), "v");
  world.draw({staying(anna)});
  const auto move = world.sent(op::adopt);
  CHECK(world.asked_by_node(world.claiming(key_of_anna(1), anna)) == reply::number(0));
  world.outcome(move, reply::ok(), anna);
  const auto cached = world.subject->cached_records();
  CHECK(world.asked_by_node(world.claiming(key_of_anna(1), anna)) == reply::number(1));
  CHECK(world.subject->cached_records() == cached);
}

TEST_CASE("a claim by a node that is not the holder is refused, for it does not know who is") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(here);
  world.set(key, "v");
  CHECK(world.asked_by_node(world.claiming(key, anna)).code == errc::busy);
  CHECK(world.asked_by_node(world.claiming(world.key_of(here, 1), anna)).code == errc::busy);
  CHECK(world.asked_by_node(world.claiming(key, bert)).code == errc::busy);
  CHECK(world.asked_by_node(world.of(op::claim, key)).code == errc::busy);
  CHECK(world.get(key) == reply::bulk("v"));
}

TEST_CASE("a claim whose object the claimant does not take is refused, and nothing moves at once") {
  networked_shard world;
  const auto key = key_of_anna();
  world.set(key, "v");
  world.draw({staying(anna)});
  const auto move = world.sent(op::adopt);
  const auto number = world.arrive(world.claiming(key, anna));
  world.outcome(move, reply::failure(errc::busy, "it is at work"), anna);
  REQUIRE(world.answer_to(number).has_value());
  CHECK(world.answer_to(number)->content.code == errc::busy);
  CHECK_FALSE(world.find_forward(op::adopt).has_value());
  CHECK(world.get(key) == reply::bulk("v"));
}
