#include "lua/host.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

#include "tests/unit/lua/lone_node.hpp"

using namespace comet;
using namespace comet::object;
using comet::lua::test::lone_node;
using namespace std::chrono_literals;

namespace {

constexpr bytes_view counter = R"(
local aso = { value = 0 }
function aso:onGet() self.value = self.value + 1 return tostring(self.value) end
function aso:add(n) self.value = self.value + math.tointeger(tonumber(n)) return self.value end
function aso:fail() self.value = -1 error("boom") end
return aso
)";

}  // namespace

TEST_CASE("a handler's change of state lasts from turn to turn and over a restart") {
  lone_node node;
  REQUIRE_FALSE(node.put("n", counter).failed());
  CHECK(node.get("n") == reply::bulk("1"));
  CHECK(node.get("n") == reply::bulk("2"));
  node.restart();
  CHECK(node.get("n") == reply::bulk("3"));
}

TEST_CASE("a failed turn leaves nothing behind") {
  lone_node node;
  node.put("n", counter);
  node.get("n");
  const auto failed = node.call("n", "fail");
  CHECK(failed.code == errc::script);
  CHECK(failed.text.find("boom") != bytes::npos);
  CHECK(node.get("n") == reply::bulk("2"));
}

TEST_CASE("many commands for one object in one round run one after the other") {
  lone_node node;
  node.put("n", counter);
  command c;
  c.key = "n";
  for (std::uint64_t i = 1; i <= 50; ++i)
    node.submit(c, i);
  node.settle();
  REQUIRE(node.answers.size() == 50);
  for (std::size_t i = 0; i < 50; ++i) {
    CHECK(node.answers[i].content == reply::bulk(std::to_string(i + 1)));
  }
}

TEST_CASE("objects beyond the hot set are passivated and lose nothing") {
  policy limits;
  limits.hot_objects_max = 4;
  lone_node node(limits);
  for (int i = 0; i < 20; ++i)
    node.put("n" + std::to_string(i), counter);
  for (int round = 1; round <= 3; ++round) {
    for (int i = 0; i < 20; ++i) {
      CHECK(node.get("n" + std::to_string(i)) == reply::bulk(std::to_string(round)));
    }
  }
  CHECK(node.workers->take_outcomes().hot_objects <= 4);
}

TEST_CASE("what was activated, put away for others and preempted is counted") {
  policy limits;
  limits.hot_objects_max = 1;
  limits.fuel_per_slice = 1'000;
  lone_node node(limits);
  node.put("a", counter);
  CHECK(node.workers->take_outcomes().passivations == 0);  // a created object leaves by itself
  node.get("a");
  node.get("a");
  auto figures = node.workers->take_outcomes();
  CHECK(figures.activations == 2);  // once to be created, once to be read
  CHECK(figures.passivations == 0);
  CHECK(figures.preemptions == 0);
  node.put("b", "return { get = function() for i = 1, 5000 do end end }");
  figures = node.workers->take_outcomes();
  CHECK(figures.activations == 3);
  CHECK(figures.passivations == 1);
  CHECK(figures.preemptions == 0);
  node.call("b", "get");
  CHECK(node.workers->take_outcomes().preemptions >= 5);
}

TEST_CASE("an object passivated before the shard knew its last state goes on from that state") {
  policy limits;
  limits.hot_objects_max = 1;
  lone_node node(limits);
  node.put("a", counter);
  node.put("b", counter);
  command c;
  for (std::uint64_t i = 1; i <= 40; ++i) {  // all in one round, so every order carries old records
    c.key = i % 2 == 0 ? "a" : "b";
    node.submit(c, i);
  }
  node.settle();
  REQUIRE(node.answers.size() == 40);
  CHECK(node.get("a") == reply::bulk("21"));
  CHECK(node.get("b") == reply::bulk("21"));
}

TEST_CASE("a turn that waits too long is aborted and the next one runs") {
  policy limits;
  limits.handlers_reach = reach::any;
  lone_node node(limits);
  node.put("busy", "local aso = {} function aso:onGet() while true do end end return aso");
  node.put("n", R"(
    local aso = { value = "v" }
    function aso:ask(key) return dht.call(key, "never") end
    return aso)");
  CHECK(node.get("busy").code == errc::fuel);
  CHECK(node.get("n") == reply::bulk("v"));
}

TEST_CASE("a call reaches another object and its answer comes back into the handler") {
  policy limits;
  limits.handlers_reach = reach::any;
  lone_node node(limits);
  node.put("n", counter);
  node.put("front", R"(
    local aso = { calls = 0 }
    function aso:twice(key)
      self.calls = self.calls + 1
      local first = dht.call(key, "add", "5")
      local second = dht.call(key, "add", "5")
      return { first, second, self.calls }
    end
    return aso)");
  CHECK(node.call("front", "twice", {"n"}) ==
        reply::list({reply::number(5), reply::number(10), reply::number(1)}));
}

TEST_CASE("a call chain that comes back is refused as a cycle") {
  policy limits;
  limits.handlers_reach = reach::any;
  lone_node node(limits);
  constexpr bytes_view source = R"(
    local aso = {}
    function aso:ping(a, b)
      local value, message = dht.call(a, "ping", b, a)
      return message or value
    end
    return aso)";
  node.put("x", source);
  node.put("y", source);
  const auto answer = node.call("x", "ping", {"y", "x"});
  CHECK(answer.text.find("cycle") != bytes::npos);
}

TEST_CASE("an object asks for its own key without waiting for itself") {
  lone_node node;
  node.put("n", R"(
    local aso = { value = "v" }
    function aso:onGet()
      dht.put(dht.getKey(), "w")
      local value, nodes = dht.get(dht.getKey())
      return value .. " " .. #nodes .. nodes[1].id .. " " .. self.value
    end
    function aso:later()
      dht.get(dht.getKey(), function(value, nodes) self.seen = value .. #nodes end)
      self.value = "x"
    end
    function aso:look() return self.seen end
    return aso)");
  CHECK(node.get("n") == reply::bulk("v 1node w"));  // as committed, and as it will be
  CHECK(node.get("n") == reply::bulk("w 1node w"));
  node.call("n", "later");
  CHECK(node.call("n", "look") == reply::bulk("x1"));
}

TEST_CASE("an object is told which object's handler asks") {
  policy limits;
  limits.handlers_reach = reach::any;
  lone_node node(limits);
  node.put("door", "return { onGet = function(self, caller) return caller.key or 'a client' end }");
  node.put("guest", R"(
    local aso = {}
    function aso:ask() return (dht.get("door")) end
    function aso:later() dht.get("door", function(value) self.seen = value end) end
    function aso:look() return self.seen end
    return aso)");
  CHECK(node.get("door") == reply::bulk("a client"));
  CHECK(node.call("guest", "ask") == reply::bulk("guest"));
  node.call("guest", "later");
  CHECK(node.call("guest", "look") == reply::bulk("guest"));
}

TEST_CASE("callback keys outlast turns that fail, and the state is the committed one") {
  lone_node node;
  node.put("n", R"(
    local aso = { value = 1 }
    function aso:onGet(caller, callback) self.value = self.value + 1 return self.value end
    function aso:send(key, fail)
      self.value = 100
      dht.put(key, "news " .. self.value, function() end)
      if fail then error("no") end
    end
    return aso)");
  command fetch;
  fetch.what = op::aso_get;
  fetch.key = "n";
  fetch.callback_key = "mailbox";
  CHECK(node.ask(fetch) == reply::number(2));
  CHECK(node.call("n", "send", {"mailbox", "fail"}).failed());
  CHECK(node.get("n") == reply::bulk("3"));
  CHECK_FALSE(node.call("n", "send", {"mailbox"}).failed());
  CHECK(node.get("mailbox") == reply::bulk("news 100"));
  CHECK(node.call("n", "send", {"mailbox"}).failed());
}

TEST_CASE("a function left as last argument runs as a turn of its own after the commit") {
  policy limits;
  limits.handlers_reach = reach::any;
  lone_node node(limits);
  node.put("n", counter);
  node.put("front", R"(
    local aso = { seen = "nothing" }
    function aso:start(key)
      dht.call(key, "add", "7", function(value) self.seen = "got " .. tostring(value) end)
      return self.seen
    end
    function aso:look() return self.seen end
    return aso)");
  CHECK(node.call("front", "start", {"n"}) == reply::bulk("nothing"));
  CHECK(node.call("front", "look") == reply::bulk("got 7"));
}

TEST_CASE("a repeating timer of a passivated object wakes it") {
  policy limits;
  limits.hot_objects_max = 1;
  lone_node node(limits);
  node.put("t", R"(
    local aso = { value = 0 }
    function aso:onPut() dht.setTimer("tick", { every = 10 }) return self end
    function aso:onTimer(name) self.value = self.value + 1 end
    function aso:onGet() return tostring(self.value) end
    return aso)");
  node.put("n", counter);
  node.get("n");
  node.pass(35s, 1s);
  CHECK(node.get("t") == reply::bulk("3"));
  node.restart();
  node.pass(10s, 1s);
  CHECK(node.get("t") == reply::bulk("4"));
}

TEST_CASE("a deleted object is gone for the commands that were queued behind the deletion") {
  lone_node node;
  node.put("n", counter);
  command erase;
  erase.what = op::del;
  erase.key = "n";
  erase.keys = {"n"};
  command get;
  get.key = "n";
  node.submit(get, 1);
  node.submit(erase, 2);
  node.submit(get, 3);
  node.settle();
  REQUIRE(node.answers.size() == 3);
  CHECK(node.answers[0].content == reply::bulk("1"));
  CHECK(node.answers[1].content == reply::number(1));
  CHECK(node.answers[2].content == reply::null());
}

TEST_CASE("replaced code takes over with its own state") {
  lone_node node;
  node.put("n", counter);
  node.get("n");
  REQUIRE_FALSE(node.put("n", "return { value = 'fresh' }").failed());
  CHECK(node.get("n") == reply::bulk("fresh"));
}

TEST_CASE("source that does not compile is refused with its line and stores nothing") {
  lone_node node;
  const auto refused = node.put("n", "local a = \n = 3");
  CHECK(refused.code == errc::compile);
  CHECK(refused.text.find("2") != bytes::npos);
  CHECK(node.get("n") == reply::null());
}

TEST_CASE("turns over their owner's share of fuel wait for it, and none is lost") {
  policy limits;
  limits.owner_fuel_per_second = 20'000;
  lone_node node(limits);
  node.put("busy", R"(
    local aso = { n = 0 }
    function aso:onGet() for i = 1, 10000 do end self.n = self.n + 1 return self.n end
    return aso)");
  command c;
  c.key = "busy";
  constexpr std::uint64_t turns = 20;
  for (std::uint64_t slot = 1; slot <= turns; ++slot)
    CHECK_FALSE(node.submit(c, slot));
  node.settle();
  CHECK(node.answers.size() < 5);
  CHECK(node.workers->next_wake());
  int seconds = 0;
  for (; seconds < 30 && node.answers.size() < turns; ++seconds)
    node.pass(1s, 100ms);
  REQUIRE(node.answers.size() == turns);
  CHECK(seconds >= 8);  // 200,000 instructions and more
  CHECK(node.answers.back().content == reply::bulk("20"));
}

namespace {

constexpr bytes_view burner = R"(
  local aso = { n = 0 }
  function aso:onGet() self.n = self.n + 1 for i = 1, 50000 do end return "done" end
  function aso:look() return self.n end
  return aso)";

policy short_of_fuel() {
  policy limits;
  limits.owner_fuel_per_second = 10'000;
  limits.turn_time_max = 2s;
  limits.breaches_until_quarantine = 1;
  limits.handlers_reach = reach::any;
  return limits;
}

command get_of(bytes_view key) {
  command c;
  c.key = key;
  return c;
}

}  // namespace

TEST_CASE("a turn that its owner's rate holds back past its time is answered busy, not blamed") {
  lone_node node(short_of_fuel());
  node.put("n", burner);
  node.pass(10s, 1s);
  CHECK_FALSE(node.submit(get_of("n"), 1));
  node.settle();
  REQUIRE(node.answers.empty());
  node.pass(2s, 100ms);
  REQUIRE(node.answers.size() == 1);
  CHECK(node.answers[0].content.code == errc::busy);
  CHECK(node.answers[0].content.text.starts_with(
      "the owner's share of fuel (owner-fuel-per-second) is used up; try again later"));
  node.answers.clear();
  node.pass(60s, 1s);
  CHECK(node.call("n", "look") == reply::number(0));  // nothing changed, nothing suspended
  CHECK(node.subject->stats().quarantined == 0);
}

TEST_CASE("a turn that was held back is answered busy even if it may go on at that moment") {
  lone_node node(short_of_fuel());
  node.put("n", burner);
  node.pass(10s, 1s);
  CHECK_FALSE(node.submit(get_of("n"), 1));
  node.settle();
  policy unlimited = short_of_fuel();
  unlimited.owner_fuel_per_second = 0;
  node.workers->set_limits(unlimited);  // it stands in line again
  node.now.mono += 2s;
  node.workers->expire(node.now);
  const auto outcomes = node.workers->take_outcomes();
  REQUIRE(outcomes.finished.size() == 1);
  CHECK(outcomes.finished[0].outcome.failure->code == errc::busy);
  CHECK_FALSE(outcomes.finished[0].outcome.breach);
}

TEST_CASE("a turn that waits past its time breaks the limit, whatever its owner's rate") {
  lone_node node(short_of_fuel());
  node.put("n", burner);
  node.put("front", "return { ask = function() return dht.get('n') end }");
  node.pass(10s, 1s);
  command ask;
  ask.what = op::aso_call;
  ask.key = "front";
  ask.method = "ask";
  CHECK_FALSE(node.submit(ask, 1));
  node.settle();
  node.pass(3s, 100ms);
  REQUIRE(node.answers.size() == 1);
  CHECK(node.answers[0].content.code == errc::wall_time);
  CHECK(node.answers[0].content.text.starts_with(
      "wall_time: the turn took longer than 2000 ms, waits included"));
  CHECK(node.subject->stats().quarantined == 1);
}

TEST_CASE("a turn keeps the time it began with, and the earliest end comes first") {
  policy limits = short_of_fuel();
  lone_node node(limits);
  node.put("a", burner);
  node.put("b", burner);
  node.pass(30s, 1s);
  node.submit(get_of("a"), 1);
  node.settle();
  limits.turn_time_max = 500ms;
  node.workers->set_limits(limits);
  node.submit(get_of("b"), 2);
  node.settle();
  REQUIRE(node.answers.empty());
  node.pass(500ms, 100ms);
  REQUIRE(node.answers.size() == 1);
  CHECK(node.answers[0].slot == 2);
  node.pass(1'500ms, 100ms);
  REQUIRE(node.answers.size() == 2);
  CHECK(node.answers[1].slot == 1);
  CHECK_FALSE(node.workers->next_wake());
}

namespace {

std::shared_ptr<const user_directory> users_with(std::uint32_t weight_of_alice,
                                                 std::uint32_t weight_of_bob) {
  auto users = std::make_shared<user_directory>();
  for (const auto& [name, weight] :
       {std::pair{"alice", weight_of_alice}, std::pair{"bob", weight_of_bob}}) {
    auto rights = std::make_shared<user_rights>();
    rights->weight = weight;
    users->add(name, rights);
  }
  return users;
}

/// Both owners' turns take the same fuel; how many of the first forty to end are alice's?
int ended_first_of_alice(lone_node& node) {
  for (std::uint64_t slot = 1; slot <= 80; ++slot)
    node.submit(get_of(slot <= 40 ? "of alice" : "of bob"), slot);
  node.settle();
  REQUIRE(node.answers.size() == 80);
  const auto of_alice = std::count_if(node.answers.begin(), node.answers.begin() + 40,
                                      [](const client_answer& a) { return a.slot <= 40; });
  node.answers.clear();
  return static_cast<int>(of_alice);
}

}  // namespace

TEST_CASE("owners share by weight, which may change, and is equal for those that have none") {
  policy limits;
  limits.fuel_per_turn = 1'000'000;
  limits.users = users_with(300, 100);
  lone_node node(limits);
  node.who.user = "alice";
  node.put("of alice", burner);
  node.who.user = "bob";
  node.put("of bob", burner);
  CHECK(std::abs(ended_first_of_alice(node) - 30) <= 1);
  limits.users = users_with(100, 300);
  node.workers->set_limits(limits);
  CHECK(std::abs(ended_first_of_alice(node) - 10) <= 1);
  limits.users = nullptr;
  node.workers->set_limits(limits);
  CHECK(std::abs(ended_first_of_alice(node) - 20) <= 1);
}

TEST_CASE("a turn ends when the time that its object asked for is over") {
  lone_node node(short_of_fuel());
  node.put("n", burner);
  command c;
  c.what = op::aso_put;
  c.key = "front";
  c.source = "return { ask = function() return dht.get('n') end }";
  c.limits = {{limit::turn_time, 50}};
  REQUIRE(node.ask(c) == reply::ok());
  node.pass(10s, 1s);
  command ask;
  ask.what = op::aso_call;
  ask.key = "front";
  ask.method = "ask";
  CHECK_FALSE(node.submit(ask, 1));
  node.settle();
  node.pass(100ms, 10ms);
  REQUIRE(node.answers.size() == 1);
  CHECK(node.answers[0].content.text.starts_with("wall_time: the turn took longer than 50 ms"));
}
