#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/networked_shard.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

namespace {

void begin(networked_shard& world, const command& c, std::uint64_t slot = 1) {
  REQUIRE_FALSE(world.submit(c, slot).has_value());
  world.settle();
}

bytes passive(bytes_view value) {
  record r;
  r.version = 1;
  r.value = bytes{value};
  return encode(r);
}

record active(bytes_view source) {
  record r;
  r.version = 3;
  r.owner = "alice";
  r.active = std::make_unique<activity>();
  r.active->code_hash = sha256(source);
  r.active->state = "\x80";
  return r;
}

command adopting(bytes_view key, bytes_view encoded, bytes_view source) {
  command c = networked_shard::adopting(key, encoded);
  c.source = source;
  return c;
}

timer due_after(const networked_shard& world, std::chrono::milliseconds period) {
  timer t;
  t.name = "tick";
  t.kind = timer_kind::every;
  t.period = period;
  t.due = world.now.wall + period;
  return t;
}

/// Puts objects with this timer and counts its fires.
struct ticking {
  timer what;
  int fired = 0;
  shard_world::executor executor() {
    return [this](const turn_order& order) {
      turn_outcome outcome;
      if (order.request->kind == turn_kind::timer) ++fired;
      if (order.request->kind != turn_kind::create) return outcome;
      outcome.created = true;
      outcome.state = "\x80";
      outcome.timers.push_back({what.name, what});
      outcome.answer = reply::ok();
      return outcome;
    };
  }
};

/// Keys that are anna's once she is there; they are set while the node is alone.
bytes key_of_anna(int index = 0) {
  networked_shard world;
  world.draw({staying(anna)});
  return world.key_of(anna, index);
}
bytes key_of_here() {
  networked_shard world;
  world.draw({staying(anna)});
  return world.key_of(here);
}

}  // namespace

// ---- handing over ----

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
  begin(world, world.of(op::get, key), 1);
  begin(world, world.setting(key, "w"), 2);
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
  begin(world, world.of(op::get, key), 1);
  world.draw({staying(anna)});
  begin(world, world.of(op::get, key), 2);
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
  begin(world, world.setting(key, "new"));
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
  begin(world, world.of(op::get, key));
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
  begin(world, world.of(op::get, key));
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
  begin(world, world.of(op::get, key), 1);
  world.draw({staying(anna)});
  begin(world, world.of(op::get, key), 2);
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
  begin(world, world.setting(key, "v"));  // the sweep cannot look at it yet
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

// ---- taking over ----

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
  begin(world, world.of(op::get, key));
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
  auto c = adopting(key, encoded, "code");
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
  begin(world, world.of(op::get, key));
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
  CHECK(world.asked_by_node(adopting(key, encoded, "other code")).code == errc::corrupt);
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

// ---- leaving ----

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
  begin(world, world.of(op::get, key));
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
  CHECK(receiver.asked_by_node(adopting(receiver.key_of(here), c.value, c.source)) == reply::ok());
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
  CHECK(world.asked_by_node(adopting(key, encoded, "code")) == reply::ok());
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
  auto c = adopting(key, encoded, "code");
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
