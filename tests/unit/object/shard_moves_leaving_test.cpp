#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/networked_shard.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

TEST_CASE("a node that leaves hands everything over, takes nothing, and says so at the end") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(here);
  world.set(key, "v");
  CHECK_FALSE(world.subject->handed_over());
  world.draw({staying(anna)}, true);
  const auto move = world.sent(op::adopt);
  CHECK(move.what->get().key == key);
  CHECK(world.asked_by_node(world.adopting(world.key_of(anna), passive("v"))).code == errc::busy);
  CHECK_FALSE(world.subject->handed_over());
  world.outcome(move, reply::ok(), anna);
  CHECK(world.sent(op::settled).to == anna);
  CHECK(world.subject->handed_over());
  CHECK(world.subject->objects() == 0);
  world.begin(world.of(op::get, key));
  CHECK(world.sent(op::get).to == anna);
}

TEST_CASE("a lone node that leaves has nobody to hand anything to") {
  networked_shard world;
  world.set("key", "v");
  world.draw({}, true);
  CHECK(world.subject->handed_over());
  CHECK(world.get("key") == reply::bulk("v"));
}

TEST_CASE("timers do not fire while their object leaves, and fire at its new node") {
  networked_shard world;
  world.advance(0ms);
  ticking tick{due_after(world, 10s)};
  world.execute = tick.executor();
  const auto key = key_of_anna();
  world.put_object(key, "code");
  world.draw({staying(anna)});
  const auto move = world.sent(op::adopt);
  world.advance(10s);
  world.advance(1s);
  CHECK(tick.fired == 0);

  networked_shard receiver;
  receiver.now = world.now;
  receiver.agree({staying(bert)});
  receiver.advance(0ms);
  receiver.execute = tick.executor();
  const auto& c = move.what->get();
  CHECK(receiver.asked_by_node(networked_shard::adopting_object(receiver.key_of(here), c.value,
                                                                c.source)) == reply::ok());
  receiver.advance(0ms);
  CHECK(tick.fired == 1);

  world.outcome(move, reply::ok(), anna);
  world.advance(10s);
  CHECK(tick.fired == 1);
}

TEST_CASE("timers of an object that was not taken fire here after all") {
  networked_shard world;
  world.advance(0ms);
  ticking tick{due_after(world, 10s)};
  world.execute = tick.executor();
  world.put_object(key_of_anna(), "code");
  world.draw({staying(anna)});
  const auto move = world.sent(op::adopt);
  world.advance(10s);
  CHECK(tick.fired == 0);
  world.outcome(move, reply::failure(errc::busy, "not now"), anna);
  world.advance(10ms);
  CHECK(tick.fired == 1);
}

TEST_CASE("a quarantined object stays quarantined wherever it goes, and nearly so stays near it") {
  networked_shard world;
  world.agree({staying(anna)});
  const auto key = world.key_of(here);
  auto suspended = active("code");
  suspended.active->quarantine = "8 breaches";
  const auto encoded = encode(suspended);
  CHECK(world.asked_by_node(networked_shard::adopting_object(key, encoded, "code")) == reply::ok());
  CHECK(world.ask(world.of(op::aso_call, key)).code == errc::quarantined);
  world.draw({staying(anna)}, true);
  const auto sent = decode(world.sent(op::adopt).what->get().value);
  CHECK(sent->active->quarantine == "8 breaches");
}

TEST_CASE("breaches in a row are counted on at the new node") {
  networked_shard world;
  const auto key = key_of_anna();
  world.put_object(key, "code");
  world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.failure = error{errc::fuel, "too much"};
    outcome.breach = true;
    return outcome;
  };
  world.get(key);
  world.get(key);
  world.draw({staying(anna)});
  CHECK(decode(world.sent(op::adopt).what->get().value)->active->breaches == 2);
}

TEST_CASE("the messages of this minute are counted on at the new node") {
  policy limits;
  limits.messages_per_minute = 2;
  networked_shard world{limits};
  world.agree({staying(anna)});
  const auto key = world.key_of(here);
  accounts brought;
  CHECK(brought.take_message(world.now.mono, 2));
  const auto words = brought.packed(world.now);
  const auto encoded = encode(active("code"));
  auto c = networked_shard::adopting_object(key, encoded, "code");
  c.args.assign(words.begin(), words.end());
  CHECK(world.asked_by_node(c) == reply::ok());
  const auto other = world.key_of(anna);
  world.execute = [&](const turn_order&) {
    turn_outcome outcome;
    outcome.answer = reply::ok();
    for (int i = 0; i < 2; ++i)
      outcome.messages.push_back({outcall::kind::call, other, false, {}, "method", {}, 0, false});
    return outcome;
  };
  world.get(key);
  CHECK(world.find_forward(op::aso_call).has_value());
  CHECK_FALSE(world.find_forward(op::aso_call).has_value());
  CHECK(world.subject->stats().refusals.messages_per_minute == 1);
}
