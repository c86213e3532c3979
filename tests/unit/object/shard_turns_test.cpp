#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/shard_world.hpp"

using namespace comet;
using namespace comet::object;
using comet::object::test::shard_world;

namespace {

command get_of(bytes_view key) {
  command c;
  c.key = key;
  return c;
}

}  // namespace

TEST_CASE("putting an object stores its record and one copy of its code") {
  shard_world world;
  CHECK(world.put_object("a", "return {}") == reply::ok());
  CHECK(world.put_object("b", "return {}") == reply::ok());
  const digest hash = sha256("return {}");
  CHECK(world.stored.at(layout::code_key(hash)) == "return {}");
  CHECK(*layout::decode_number(world.stored.at(layout::code_count_key(hash))) == 2);
  CHECK(world.subject->objects() == 2);
}

TEST_CASE("code that no object names any more leaves the store") {
  shard_world world;
  world.put_object("a", "return {}");
  world.put_object("b", "return {}");
  world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.fate = disposition::erase;
    outcome.answer = reply::number(1);
    return outcome;
  };
  CHECK(world.del("a") == reply::number(1));
  CHECK(world.stored.contains(layout::code_key(sha256("return {}"))));
  CHECK(world.del("b") == reply::number(1));
  CHECK_FALSE(world.stored.contains(layout::code_key(sha256("return {}"))));
  CHECK(world.subject->objects() == 0);
}

TEST_CASE("a get of an active object runs a turn and its new state is stored") {
  shard_world world;
  world.put_object("a", "code");
  world.execute = [](const turn_order& order) {
    CHECK(order.request->kind == turn_kind::operate);
    CHECK(order.code->source == "code");
    turn_outcome outcome;
    outcome.state = "state2";
    outcome.answer = reply::bulk("v2");
    return outcome;
  };
  CHECK(world.get("a") == reply::bulk("v2"));
  CHECK(decode(world.stored.at(layout::object_key("a")))->active->state == "state2");
}

TEST_CASE("the answer of a turn that changed state waits until that is durable") {
  shard_world world;
  world.put_object("a", "code");
  world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.state = "state2";
    outcome.answer = reply::bulk("v2");
    return outcome;
  };
  world.hold_commits = true;
  world.submit(get_of("a"), 5);
  world.settle();
  CHECK(world.answers.empty());
  world.hold_commits = false;
  world.settle();
  world.commit_all();
  world.settle();
  REQUIRE(world.answers.size() == 1);
  CHECK(world.answers[0].content == reply::bulk("v2"));
}

TEST_CASE("a failed turn leaves the state and answers with its traceback") {
  shard_world world;
  world.put_object("a", "code");
  const bytes before = world.stored.at(layout::object_key("a"));
  world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.failure = error{errc::script, "line 3: boom"};
    outcome.traceback = "stack traceback: ...";
    return outcome;
  };
  const auto answer = world.get("a");
  CHECK(answer.code == errc::script);
  CHECK(answer.text == "line 3: boom\nstack traceback: ...");
  CHECK(world.stored.at(layout::object_key("a")) == before);
}

TEST_CASE("what is not a turn waits for the turns before it, and later turns wait behind it") {
  shard_world world;
  world.put_object("a", "code");
  world.hold_turns = true;
  world.submit(get_of("a"), 1);
  command ttl;
  ttl.what = op::ttl;
  ttl.key = "a";
  CHECK_FALSE(world.submit(ttl, 2));
  CHECK_FALSE(world.submit(get_of("a"), 3));
  world.settle();
  CHECK(world.held_orders.size() == 1);
  CHECK(world.answers.empty());
  world.release_turns();
  REQUIRE(world.answers.size() == 2);
  CHECK(world.answers[0].slot == 1);
  CHECK(world.answers[1].content == reply::number(-1));
  CHECK(world.held_orders.size() == 1);
  world.release_turns();
  CHECK(world.answers.back().slot == 3);
}

TEST_CASE("a turn that never began because its object went is asked again of what is there") {
  shard_world world;
  world.put_object("a", "code");
  world.hold_turns = true;
  command erase;
  erase.what = op::del;
  erase.key = "a";
  erase.keys = {"a"};
  world.submit(erase, 1);
  world.submit(get_of("a"), 2);
  world.settle();
  REQUIRE(world.held_orders.size() == 2);
  outcome_batch outcomes;
  turn_outcome erased;
  erased.fate = disposition::erase;
  erased.answer = reply::number(1);
  outcomes.finished.push_back({world.held_orders[0].id, false, erased});
  outcomes.finished.push_back({world.held_orders[1].id, true, {}});
  world.held_orders.clear();
  world.subject->on_outcomes(std::move(outcomes), world.now);
  world.settle();
  REQUIRE(world.answers.size() == 2);
  for (const auto& a : world.answers) {
    CHECK(a.content == (a.slot == 1 ? reply::number(1) : reply::null()));
  }
}

TEST_CASE("a full mailbox answers busy") {
  policy limits;
  limits.mailbox_max = 3;
  shard_world world(limits);
  world.put_object("a", "code");
  world.hold_turns = true;
  for (std::uint64_t i = 1; i <= 3; ++i)
    CHECK_FALSE(world.submit(get_of("a"), i));
  const auto refused = world.submit(get_of("a"), 4);
  REQUIRE(refused);
  CHECK(refused->code == errc::busy);
  CHECK(refused->text == "the object at 'a' has a full mailbox; try again later");
  CHECK(world.subject->stats().refusals.mailbox == 1);
}

TEST_CASE("a source over its limit is refused before it runs") {
  policy limits;
  limits.source_bytes_max = 10;
  shard_world world(limits);
  const auto refused = world.put_object("a", "return {} ");
  CHECK(refused == reply::ok());
  const auto long_one = world.put_object("a", "return {}  ");
  CHECK(long_one.code == errc::too_large);
  CHECK(long_one.text == "source of 11 bytes is over the limit of 10");
  CHECK(world.subject->stats().refusals.source == 1);
  CHECK(world.subject->stats().turns == 1);
}

TEST_CASE(
    "breaches are counted by what the turn had too much of, also of objects that never were") {
  shard_world world;
  const auto breaking = [&world](errc code) {
    world.execute = [code](const turn_order&) {
      turn_outcome outcome;
      outcome.failure = error{code, "too much"};
      outcome.breach = true;
      return outcome;
    };
    CHECK(world.put_object("never stored", "code").code == code);
  };
  breaking(errc::fuel);
  breaking(errc::memory);
  breaking(errc::memory);
  for (int i = 0; i < 3; ++i)
    breaking(errc::state);
  for (int i = 0; i < 4; ++i)
    breaking(errc::messages);
  for (int i = 0; i < 5; ++i)
    breaking(errc::wall_time);
  const auto& breaches = world.subject->stats().breaches;
  CHECK(breaches.fuel == 1);
  CHECK(breaches.memory == 2);
  CHECK(breaches.state == 3);
  CHECK(breaches.messages == 4);
  CHECK(breaches.wall_time == 5);
  CHECK(breaches.total() == 15);
  CHECK(world.subject->stats().turn_failures == 15);
}

TEST_CASE("a turn that its owner's fuel held back is refused and leads to no quarantine") {
  policy limits;
  limits.breaches_until_quarantine = 1;
  shard_world world(limits);
  world.put_object("a", "code");
  world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.failure = error{errc::busy, "the owner's share of fuel is used up"};
    return outcome;
  };
  for (int i = 0; i < 3; ++i)
    CHECK(world.get("a").code == errc::busy);
  CHECK(world.subject->stats().refusals.owner_fuel == 3);
  CHECK(world.subject->stats().breaches.total() == 0);
  CHECK(world.subject->stats().quarantined == 0);
}

TEST_CASE("an object sends so many messages a minute, and the next is told why it is refused") {
  policy limits;
  limits.messages_per_minute = 2;
  shard_world world(limits);
  world.set("other", "passive");
  world.put_object("a", "code");
  world.hold_turns = true;
  world.submit(get_of("a"), 1);
  world.settle();
  const auto turn = world.held_orders.at(0).id;
  const auto ask = [&] {
    outcome_batch asks;
    outcall wants;
    wants.key = "other";
    wants.token = 1;
    asks.outcalls.push_back({turn, wants});
    world.subject->effects().work_items.clear();
    world.subject->on_outcomes(std::move(asks), world.now);
    return world.subject->effects().work_items.at(0).resumed.answer;
  };
  CHECK_FALSE(ask().failed());
  CHECK_FALSE(ask().failed());
  const auto refused = ask();
  CHECK(refused.code == errc::messages);
  CHECK(refused.text == "messages: the 2 of this minute are used up");
  CHECK(world.subject->stats().refusals.messages_per_minute == 1);
  world.now.mono += std::chrono::minutes{1};
  CHECK_FALSE(ask().failed());
}

TEST_CASE("turns that together set too many timers are undone but for those that fit") {
  policy limits;
  limits.timers_max = 1;
  shard_world world(limits);
  world.put_object("a", "code");
  int runs = 0;
  world.execute = [&](const turn_order&) {
    turn_outcome outcome;
    timer t;
    t.name = "t" + std::to_string(++runs);
    t.due = world.now.wall + std::chrono::hours{2};
    outcome.timers.push_back({t.name, t});
    outcome.answer = reply::ok();
    return outcome;
  };
  CHECK(world.get("a") == reply::ok());
  const auto refused = world.get("a");
  CHECK(refused.code == errc::state);
  CHECK(refused.text == "timers: an object may have at most 1");
  CHECK(world.subject->stats().refusals.timers == 1);
  CHECK(world.subject->stats().breaches.total() == 0);
}

TEST_CASE("repeated breaches suspend the code until its owner resumes it") {
  policy limits;
  limits.breaches_until_quarantine = 3;
  shard_world world(limits);
  world.put_object("a", "code");
  const auto ordinary = world.execute;
  world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.failure = error{errc::fuel, "fuel: used up"};
    outcome.breach = true;
    return outcome;
  };
  for (int i = 0; i < 3; ++i)
    CHECK(world.get("a").code == errc::fuel);
  CHECK(world.get("a") == reply::bulk("v"));  // the owner reads the value without its code
  world.who.user = "somebody";
  CHECK(world.get("a").code == errc::quarantined);
  command resume;
  resume.what = op::aso_resume;
  resume.key = "a";
  CHECK(world.ask(resume).code == errc::no_permission);
  world.who.user = "";
  world.restart();  // the suspension is part of the record
  CHECK(world.get("a") == reply::bulk("v"));
  CHECK(world.ask(resume) == reply::number(1));
  world.execute = ordinary;
  CHECK(world.get("a") == reply::bulk("ran"));
}

TEST_CASE("a suspended turn's call reaches the other object and its answer comes back") {
  shard_world world;
  world.set("other", "passive");
  world.put_object("a", "code");
  world.hold_turns = true;
  world.submit(get_of("a"), 1);
  world.settle();
  const auto turn = world.held_orders.at(0).id;
  outcome_batch asks;
  outcall wants;
  wants.key = "other";
  wants.token = 9;
  asks.outcalls.push_back({turn, wants});
  world.subject->on_outcomes(std::move(asks), world.now);
  const auto& items = world.subject->effects().work_items;
  REQUIRE(items.size() == 1);
  CHECK(items[0].what == work::kind::resume);
  CHECK(items[0].resumed.turn == turn);
  CHECK(items[0].resumed.token == 9);
  CHECK(items[0].resumed.answer.items.at(0) == reply::bulk("passive"));
}

TEST_CASE("a call chain that comes back to a waiting object is refused") {
  shard_world world;
  world.put_object("a", "code");
  world.hold_turns = true;
  world.submit(get_of("a"), 1);
  world.settle();
  outcome_batch asks;
  outcall wants;
  wants.what = outcall::kind::call;
  wants.method = "m";
  wants.key = "a";
  wants.token = 1;
  asks.outcalls.push_back({world.held_orders.at(0).id, wants});
  world.subject->on_outcomes(std::move(asks), world.now);
  const auto& items = world.subject->effects().work_items;
  REQUIRE(items.size() == 1);
  CHECK(items[0].resumed.answer.code == errc::cycle);
}

TEST_CASE("a failure in the code's own words is told without its traceback") {
  shard_world world;
  world.put_object("a", "code");
  world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.failure = error{errc::script, "closed until noon"};
    outcome.traceback = "aso:3: in a function";
    outcome.in_own_words = true;
    return outcome;
  };
  CHECK(world.get("a") == reply::failure(errc::script, "closed until noon"));
}

TEST_CASE("a timer wakes its object at its time, also after a restart") {
  shard_world world;
  world.subject->on_tick(world.now);
  world.settle();
  world.execute = [&](const turn_order&) {
    turn_outcome outcome;
    outcome.created = true;
    outcome.state = "s";
    outcome.answer = reply::ok();
    timer t;
    t.name = "t";
    t.due = world.now.wall + std::chrono::hours{2};
    outcome.timers.push_back({"t", t});
    return outcome;
  };
  world.put_object("a", "code");
  world.restart();
  int fired = 0;
  world.execute = [&](const turn_order& order) {
    CHECK(order.request->timer_name == "t");
    ++fired;
    turn_outcome outcome;
    outcome.state = "fired";
    return outcome;
  };
  world.advance(std::chrono::minutes{119});
  CHECK(fired == 0);
  world.advance(std::chrono::minutes{1});
  world.advance(std::chrono::milliseconds{10});
  CHECK(fired == 1);
  world.advance(std::chrono::hours{5});
  CHECK(fired == 1);
  const auto now_stored = decode(world.stored.at(layout::object_key("a")));
  CHECK(now_stored->active->timers.empty());
  CHECK(now_stored->active->state == "fired");
}

TEST_CASE("code that is put as the prototype's carries its mark, in text and hash") {
  shard_world world;
  command c = get_of("a");
  c.what = op::aso_put;
  c.source = "object = {}";
  c.compat = true;
  REQUIRE(world.ask(c) == reply::ok());
  const bytes marked = "--[[comet:compat]] object = {}";
  world.restart();
  command query = get_of("a");
  query.what = op::aso_code;
  CHECK(world.ask(query) == reply::bulk(marked));
  query.what = op::aso_hash;
  CHECK(world.ask(query) == reply::bulk(to_hex(as_bytes(sha256(marked)))));
  policy small;
  small.source_bytes_max = c.source.size();
  shard_world strict(small);
  CHECK(strict.ask(c).code == errc::too_large);
}

TEST_CASE("only the owner or an administrator replaces the code of an object") {
  shard_world world;
  world.who.user = "anna";
  world.put_object("a", "return { 1 }");
  world.who.user = "bert";
  int runs = 0;
  const auto run = world.execute;
  world.execute = [&](const turn_order& order) {
    ++runs;
    return run(order);
  };
  CHECK(world.put_object("a", "return { 2 }").code == errc::no_permission);
  CHECK(runs == 0);  // no handler has seen it
  world.who.administrator = true;
  CHECK(world.put_object("a", "return { 2 }") == reply::ok());
  CHECK(decode(world.stored.at(layout::object_key("a")))->owner == "anna");
  world.who = caller{};
  world.who.user = "anna";
  CHECK(world.put_object("a", "return { 3 }") == reply::ok());
  CHECK(runs == 2);
}

TEST_CASE("a passive value that becomes an object belongs to who puts it") {
  shard_world world;
  world.who.user = "anna";
  world.set("a", "v");
  world.who.user = "bert";
  CHECK(world.put_object("a", "return {}") == reply::ok());
  CHECK(decode(world.stored.at(layout::object_key("a")))->owner == "bert");
}

TEST_CASE("who does not own an object changes its value through its handlers, not its lifetime") {
  shard_world world;
  world.who.user = "anna";
  world.put_object("a", "return {}");
  world.who.user = "bert";
  command c = get_of("a");
  c.what = op::set;
  CHECK(world.ask(c) == reply::bulk("ran"));
  c.when = world.now.wall + std::chrono::seconds{1};
  CHECK(world.ask(c).code == errc::no_permission);
  c.what = op::getex;
  CHECK(world.ask(c).code == errc::no_permission);
  c.when.reset();
  CHECK(world.ask(c) == reply::bulk("ran"));
}

TEST_CASE("a mailbox is as large as the object asked for") {
  shard_world world;
  command c = get_of("a");
  c.what = op::aso_put;
  c.source = "return {}";
  c.limits = {{limit::mailbox, 2}};
  REQUIRE(world.ask(c) == reply::ok());
  world.hold_turns = true;
  CHECK_FALSE(world.submit(get_of("a"), 1));
  CHECK_FALSE(world.submit(get_of("a"), 2));
  const auto third = world.submit(get_of("a"), 3);
  REQUIRE(third);
  CHECK(third->code == errc::busy);
}

TEST_CASE("an object has as many timers as it asked for") {
  shard_world world;
  command c = get_of("a");
  c.what = op::aso_put;
  c.source = "return {}";
  c.limits = {{limit::timers, 1}};
  REQUIRE(world.ask(c) == reply::ok());
  world.execute = [&](const turn_order&) {
    turn_outcome outcome;
    for (const char* name : {"one", "two"}) {
      timer t;
      t.name = name;
      t.due = world.now.wall + std::chrono::hours{1};
      outcome.timers.push_back({name, t});
    }
    return outcome;
  };
  CHECK(world.get("a").text.find("timers: an object may have at most 1") != bytes::npos);
}
