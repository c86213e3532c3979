// What a shard tells its observer.
#include "object/observer.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/object/shard_world.hpp"

using namespace comet;
using namespace comet::object;
using comet::object::test::shard_world;
using namespace std::chrono_literals;

namespace {

struct turn_told {
  bytes key;
  digest code{};
  std::optional<errc> failed;
  turn_seen what;
};

struct witness final : observer {
  std::vector<turn_told> turns;
  std::vector<digest> messages;
  std::vector<digest> suspended;
  std::vector<digest> put_away;
  std::vector<std::chrono::milliseconds> late;
  std::vector<std::chrono::nanoseconds> settled;

  void turn_ended(const turn_seen& seen, untold_work& work) override {
    turns.push_back({bytes{seen.key}, seen.code,
                     seen.failure != nullptr ? std::optional{seen.failure->code} : std::nullopt,
                     seen});
    ++work.turns;
    last_turns = work.turns;
  }
  void message_sent(const digest& code, untold_work&) override { messages.push_back(code); }
  void quarantined(const digest& code) override { suspended.push_back(code); }
  void passivated(const digest& code) override { put_away.push_back(code); }
  void timer_fired(const digest&, std::chrono::milliseconds by) override { late.push_back(by); }
  void batch_settled(std::chrono::nanoseconds took) override { settled.push_back(took); }

  std::uint64_t last_turns = 0;  ///< of the object that ran last, as its `untold_work` has it
};

struct watched {
  witness seen;
  shard_world world;

  explicit watched(policy limits = {}) : world(limits) {
    world.watched_by = &seen;
    world.restart();
  }
};

}  // namespace

TEST_CASE("a turn is told of with its object, its code and what it took") {
  watched w;
  w.world.put_object("k", "source");
  REQUIRE(w.seen.turns.size() == 1);
  CHECK(w.seen.turns[0].key == "k");
  CHECK(w.seen.turns[0].code == sha256("source"));
  CHECK(w.seen.turns[0].failed == std::nullopt);
  CHECK(w.seen.turns[0].what.state_bytes == 9);

  w.world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.fuel = 77;
    outcome.memory = 1'000;
    outcome.memory_peak = 2'000;
    outcome.answer = reply::bulk("v");
    return outcome;
  };
  w.world.get("k");
  REQUIRE(w.seen.turns.size() == 2);
  const auto& told = w.seen.turns[1];
  CHECK(told.code == sha256("source"));
  CHECK(told.what.fuel == 77);
  CHECK(told.what.memory == 1'000);
  CHECK(told.what.memory_peak == 2'000);
  CHECK(told.what.state_bytes == 0);
  CHECK(w.seen.last_turns == 2);
}

TEST_CASE("an order says when it was sent, and the outcome's times are passed on") {
  watched w;
  w.world.put_object("k", "source");
  w.world.hold_turns = true;
  command c;
  c.key = "k";
  w.world.submit(c);
  w.world.settle();
  REQUIRE(w.world.held_orders.size() == 1);
  CHECK(w.world.held_orders[0].sent == w.world.now.mono);
  outcome_batch outcomes;
  outcomes.finished.push_back({w.world.held_orders[0].id, false, {}});
  outcomes.finished[0].activated = true;
  outcomes.finished[0].waited = 3ms;
  outcomes.finished[0].ran = 4ms;
  outcomes.passivated = {sha256("gone")};
  w.world.subject->on_outcomes(std::move(outcomes), w.world.now);
  CHECK(w.seen.turns.back().what.activated);
  CHECK(w.seen.turns.back().what.waited == 3ms);
  CHECK(w.seen.turns.back().what.ran == 4ms);
  CHECK(w.seen.put_away == std::vector{sha256("gone")});
}

TEST_CASE("a failed turn is told of with its cause, and the last breach as a quarantine") {
  policy limits;
  limits.breaches_until_quarantine = 2;
  watched w(limits);
  w.world.put_object("k", "source");
  w.world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.failure = error{errc::fuel, "fuel"};
    outcome.breach = true;
    return outcome;
  };
  w.world.get("k");
  CHECK(w.seen.turns.back().failed == errc::fuel);
  CHECK(w.seen.turns.back().what.breach);
  CHECK(w.seen.suspended.empty());
  w.world.get("k");
  CHECK(w.seen.suspended == std::vector{sha256("source")});
}

TEST_CASE("a creation that fails is told of, though there is no object") {
  watched w;
  w.world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.failure = error{errc::script, "no table"};
    return outcome;
  };
  w.world.put_object("k", "bad");
  REQUIRE(w.seen.turns.size() == 1);
  CHECK(w.seen.turns[0].code == sha256("bad"));
  CHECK(w.seen.turns[0].failed == errc::script);
}

TEST_CASE("the turn that ends its object is told of with the object's code") {
  watched w;
  w.world.put_object("k", "source");
  w.world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcome.fate = disposition::erase;
    return outcome;
  };
  w.world.get("k");
  CHECK(w.seen.turns.back().code == sha256("source"));
  CHECK(w.seen.last_turns == 1);
}

TEST_CASE("each batch is told of when it is settled, with how long that took") {
  watched w;
  w.world.hold_commits = true;
  w.world.set("k", "v");
  CHECK(w.seen.settled.empty());
  w.world.now.mono += 8ms;
  w.world.commit_all();
  CHECK(w.seen.settled == std::vector<std::chrono::nanoseconds>{8ms});
}

TEST_CASE("a timer is told of with how late it runs") {
  watched w;
  const auto due = w.world.now.wall + 1'000ms;
  w.world.execute = [due](const turn_order& order) {
    turn_outcome outcome;
    if (order.request->kind != turn_kind::create) return outcome;
    outcome.created = true;
    outcome.state = bytes("\x80", 1);
    timer alarm;
    alarm.name = "alarm";
    alarm.due = due;
    outcome.timers.push_back({"alarm", alarm});
    return outcome;
  };
  w.world.advance(0ms);
  w.world.put_object("k", "source");
  w.world.advance(1'250ms);
  CHECK(w.seen.late == std::vector<std::chrono::milliseconds>{250ms});
}

TEST_CASE("messages are told of with the code that sends them, unless a limit refuses them") {
  policy limits;
  limits.messages_per_minute = 1;
  watched w(limits);
  w.world.put_object("k", "source");
  w.world.execute = [](const turn_order&) {
    turn_outcome outcome;
    outcall asked;
    asked.key = "other";
    outcome.messages = {asked, asked};
    return outcome;
  };
  w.world.get("k");
  CHECK(w.seen.messages == std::vector{sha256("source")});
}
