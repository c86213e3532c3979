#include <catch2/catch_test_macros.hpp>

#include "object/shard.hpp"
#include "tests/unit/object/linked_shards.hpp"

using namespace comet;
using namespace comet::object;
using namespace comet::object::test;
using namespace std::chrono_literals;

namespace {

/// Objects of which each turn but the first says something to everybody: an answer, a publication
/// and a message to `listener`. Turns of the listener are counted.
struct talking {
  bytes listener = key_of(bert);
  int heard = 0;

  explicit talking(linked_shards& group) {
    for (std::size_t i = 0; i < 3; ++i)
      group[i].execute = executor();
  }
  shard_world::executor executor() {
    return [this](const turn_order& order) {
      turn_outcome outcome;
      outcome.answer = reply::ok();
      const auto kind = order.request->kind;
      if (kind == turn_kind::create || kind == turn_kind::replace) {
        outcome.created = true;
        outcome.state = "state 0";
      } else if (order.request->key == listener) {
        ++heard;
      } else {
        outcome.state = "state 1";
        outcome.publications.emplace_back("channel", "news");
        outcall message;
        message.what = outcall::kind::call;
        message.key = listener;
        message.method = "hear";
        outcome.messages.push_back(std::move(message));
      }
      return outcome;
    };
  }
};

std::size_t published(linked_shards& group) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < 3; ++i)
    count += group[i].publications.size();
  return count;
}

}  // namespace

TEST_CASE("answer, publications and messages of a turn leave when its change is chosen") {
  linked_shards group;
  talking objects{group};
  const auto key = key_of(anna);
  REQUIRE(group.put_object(1, key, "code") == reply::ok());
  REQUIRE(group.put_object(1, objects.listener, "code") == reply::ok());
  group[0].hold_commits = group[2].hold_commits = true;
  const auto call = group.begin(1, asking(op::aso_call, key));
  group.run_for(200ms);
  CHECK(group.on_disk(1, key) == "state 1");
  CHECK_FALSE(group.answered(call).has_value());
  CHECK(published(group) == 0);
  CHECK(objects.heard == 0);
  group[2].hold_commits = false;
  group.settle();
  CHECK(group.answered(call) == reply::ok());
  CHECK(published(group) == 1);
  CHECK(objects.heard == 1);
}

TEST_CASE("a turn whose change is not chosen when its node stops leading sends nothing, ever") {
  linked_shards group;
  talking objects{group};
  const auto key = key_of(anna);
  REQUIRE(group.put_object(1, key, "code") == reply::ok());
  REQUIRE(group.put_object(1, objects.listener, "code") == reply::ok());
  group.silence(1);
  const auto call = group.begin(1, asking(op::aso_call, key));
  CHECK(
      group.run_until([&] { return group.leads(0, key) || group.leads(2, key); }, 5s).has_value());
  group.run_for(5s);
  REQUIRE(group.answered(call).has_value());
  CHECK(group.answered(call)->code == errc::uncertain);
  group.mend();
  group.run_for(10s);
  CHECK(group.copies(key, group.on_disk(0, key)) == 3);  // it may count all the same
  CHECK(published(group) == 0);
  CHECK(objects.heard == 0);
  CHECK(group.subject(1).turns_under_way() == 0);
}

TEST_CASE("a turn that ends after its node stopped leading changes nothing and is told to fail") {
  linked_shards group;
  talking objects{group};
  const auto key = key_of(anna);
  REQUIRE(group.put_object(1, key, "code") == reply::ok());
  group[1].hold_turns = true;
  const auto call = group.begin(1, asking(op::aso_call, key));
  group.silence(1);
  CHECK(
      group.run_until([&] { return group.leads(0, key) || group.leads(2, key); }, 5s).has_value());
  group.mend();
  CHECK(group.run_until([&] { return !group.leads(1, key); }, 5s).has_value());
  group[1].hold_turns = false;
  group[1].release_turns();
  group.settle();
  REQUIRE(group.answered(call).has_value());
  CHECK(group.answered(call)->failed());
  CHECK(published(group) == 0);
  group.run_for(5s);
  CHECK(group.copies(key, "state 0") == 3);
  CHECK(group.ask(1, asking(op::aso_call, key)) == reply::ok());
  CHECK(group.copies(key, "state 1") >= 2);
}

TEST_CASE("an activation is forgotten where its object is led no more") {
  linked_shards group;
  talking objects{group};
  const auto key = key_of(anna);
  REQUIRE(group.put_object(1, key, "code") == reply::ok());
  group[1].forgotten.clear();
  group.silence(1);
  group.run_for(3s);
  group.mend();
  group.run_for(1s);
  CHECK(std::count(group[1].forgotten.begin(), group[1].forgotten.end(), key) > 0);
}

TEST_CASE("a handler's get and put reach objects that other nodes lead") {
  linked_shards group;
  const auto key = key_of(anna);
  const auto other = key_of(bert);
  REQUIRE(group.put_object(1, key, "code") == reply::ok());
  REQUIRE(group.set(2, other, "v") == reply::ok());
  group[1].hold_turns = true;
  group.begin(1, asking(op::aso_call, key));
  REQUIRE(group[1].held_orders.size() == 1);
  const auto asks = [&](outcall::kind what, bytes value) {
    outcall asked;
    asked.what = what;
    asked.key = other;
    asked.value = std::move(value);
    asked.token = 5;
    outcome_batch batch;
    batch.outcalls.push_back({group[1].held_orders.front().id, std::move(asked)});
    group[1].resumed.clear();
    group.subject(1).on_outcomes(std::move(batch), group.now());
    group.settle();
    REQUIRE(group[1].resumed.size() == 1);
    return group[1].resumed.front().answer;
  };
  const auto got = asks(outcall::kind::get, {});
  REQUIRE(got.items.size() == 2);
  CHECK(got.items[0] == reply::bulk("v"));
  const auto& nodes = got.items[1].items;
  REQUIRE(nodes.size() == 3);  // as maps of id and address, who answered first
  CHECK(nodes[0].items.at(1) == hex(bert));
  CHECK_FALSE(asks(outcall::kind::put, "w").failed());
  CHECK(group.get(0, other) == reply::bulk("w"));
}

// ---- timers and expiry ----

namespace {

/// Objects with a timer; counts its fires by node.
struct ticking {
  timer what;
  std::vector<int> fired{0, 0, 0};

  ticking(linked_shards& group, timer_kind kind, std::chrono::milliseconds period) {
    what.name = "tick";
    what.kind = kind;
    what.period = period;
    what.due = group.now().wall + period;
    for (std::size_t i = 0; i < 3; ++i)
      group[i].execute = [this, i](const turn_order& order) {
        turn_outcome outcome;
        if (order.request->kind == turn_kind::timer) ++fired[i];
        if (order.request->kind != turn_kind::create) return outcome;
        outcome.created = true;
        outcome.state = "\x80";
        outcome.timers.push_back({what.name, what});
        outcome.answer = reply::ok();
        return outcome;
      };
  }
};

}  // namespace

TEST_CASE("a timer fires at the leader of its object and nowhere else") {
  linked_shards group;
  ticking timers{group, timer_kind::every, 1s};
  REQUIRE(group.put_object(0, key_of(anna), "code") == reply::ok());
  group.run_for(3'500ms);
  CHECK(timers.fired == std::vector{0, 3, 0});
}

TEST_CASE("a timer fires once at the next leader after its leader died") {
  linked_shards group;
  ticking timers{group, timer_kind::after, 1s};
  REQUIRE(group.put_object(0, key_of(anna), "code") == reply::ok());
  group.run_for(500ms);
  group.kill(1);
  group.run_for(10s);
  CHECK(timers.fired[0] + timers.fired[2] == 1);
  group.start(1);
  group.run_for(10s);
  CHECK(timers.fired[0] + timers.fired[1] + timers.fired[2] == 1);
}

TEST_CASE("a timer whose leader was silent and comes back fires for one of them only") {
  linked_shards group;
  ticking timers{group, timer_kind::after, 2s};
  REQUIRE(group.put_object(0, key_of(anna), "code") == reply::ok());
  group.silence(1);
  group.run_for(10s);
  CHECK(timers.fired[1] == 0);
  CHECK(timers.fired[0] + timers.fired[2] == 1);
  group.mend();
  group.run_for(10s);
  CHECK(timers.fired[1] == 0);
  CHECK(timers.fired[0] + timers.fired[2] == 1);
}

TEST_CASE("a timer that is due while its leader has no leases fires when it has them again") {
  linked_shards group{2, 3};
  ticking timers{group, timer_kind::after, 2s};
  REQUIRE(group.put_object(0, key_of(here), "code") == reply::ok());
  group.cut(0, 1);
  group.run_for(4s);
  CHECK(timers.fired[0] + timers.fired[1] == 0);
  group.mend();
  group.run_for(5s);
  CHECK(timers.fired[0] + timers.fired[1] == 1);
}

TEST_CASE("an object expires everywhere when its leader finds that its time has come") {
  linked_shards group;
  const auto key = key_of(anna);
  command c = setting(key, "v");
  c.when = group.now().wall + 1s;
  REQUIRE(group.ask(0, c) == reply::ok());
  group.run_for(5s);
  CHECK(group.get(2, key) == reply::null());
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(group.subject(i).objects() == 0);
    CHECK(group.subject(i).objects_with_expiry() == 0);
    CHECK(group.on_disk(i, key) == "nothing");
  }
  CHECK(group.subject(1).stats().expired == 1);
  CHECK(group.subject(0).stats().expired == 0);
}

TEST_CASE("an object expires at the next leader when its leader is gone by then") {
  linked_shards group;
  const auto key = key_of(anna);
  command c = setting(key, "v");
  c.when = group.now().wall + 1s;
  REQUIRE(group.ask(0, c) == reply::ok());
  group.kill(1);
  group.run_for(5s);
  CHECK(group.subject(0).objects() == 0);
  CHECK(group.subject(2).objects() == 0);
  CHECK(group.subject(0).stats().expired + group.subject(2).stats().expired == 1);
}
