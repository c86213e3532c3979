#include "lua/turn_replay.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lua/code.hpp"
#include "tests/unit/lua/lone_node.hpp"

using namespace comet;
using namespace comet::lua;
using comet::lua::test::code_of;
using comet::lua::test::lone_node;
using object::op;
using object::reply;

namespace {

object::policy open_policy() {
  object::policy limits;
  limits.handlers_reach = object::reach::any;
  return limits;
}

/// A node with one recorded object, whose turns can be taken and run again.
class recorded_object {
 public:
  explicit recorded_object(bytes source, const object::policy& limits = open_policy())
      : node(limits), source_(std::move(source)) {
    object::command c;
    c.what = op::aso_put;
    c.key = "x";
    c.source = source_;
    c.number = 16;
    c.args = {"one", "two"};
    REQUIRE(node.ask(c) == reply::ok());
  }

  reply call(bytes_view method, std::vector<bytes_view> args = {}) {
    return node.call("x", method, std::move(args));
  }

  /// The latest turn, or an earlier one.
  object::recorded_turn turn(std::int64_t back = 0) {
    object::command list;
    list.what = op::aso_turns;
    list.key = "x";
    const auto rows = node.ask(list);
    REQUIRE_FALSE(rows.items.empty());
    object::command one;
    one.what = op::aso_turn;
    one.key = "x";
    one.number = rows.items.back().items[1].integer - back;
    const auto view = node.ask(one);
    INFO(view.text);
    REQUIRE(view.what == reply::kind::map);
    auto read = object::decode_whole(view.items.back().text);
    REQUIRE(read);
    return std::move(*read);
  }

  /// The differences between a turn, the latest unless said, and a new run of it, a line each.
  std::vector<bytes> differences_now(std::int64_t back = 0) {
    const auto recorded = turn(back);
    const auto again = replay(recorded, code_of(source_));
    INFO((again ? bytes{} : again.failure().message));
    REQUIRE(again);
    auto found = differences(recorded, *again, true);
    const bool same_state =
        recorded.after == nullptr ? again->after == nullptr : *recorded.after == *again->after;
    if (!same_state) found.emplace_back("state");
    return found;
  }

  lone_node node;

 private:
  bytes source_;
};

const std::vector<bytes> nothing;

}  // namespace

TEST_CASE("a turn draws the same numbers, sees the same time and leaves the same state") {
  recorded_object x(R"(
    local aso = { value = "v", list = {} }
    function aso:draw()
      self.list[#self.list + 1] = math.random(1000000)
      self.at = dht.getSystemTime()
      self.where = dht.getID() .. dht.getIP() .. dht.getKey() .. dht.caller().ip
      comet.log("drew", self.list[#self.list])
      dht.setTimer("alarm", {after = 60})
      comet.publish("news", tostring(self.at))
      return { math.random(), comet.fuel(), (comet.memory()) }
    end
    return aso)");
  x.node.who.ip = "198.51.100.7";
  for (int i = 0; i < 3; ++i) {
    x.node.now.wall += std::chrono::milliseconds{1'234};
    REQUIRE_FALSE(x.call("draw").failed());
    CHECK(x.differences_now() == nothing);
  }
  const auto effects = x.turn().effects;
  CHECK(effects.size() == 2);
}

TEST_CASE("tables are walked in the same order") {
  recorded_object x(R"(
    local aso = { value = "v", names = {} }
    function aso:add(name) self.names[name] = true end
    function aso:all()
      local text = ""
      for name in pairs(self.names) do text = text .. name end
      return text
    end
    return aso)");
  for (int i = 0; i < 10; ++i) {
    REQUIRE_FALSE(x.call("add", {std::to_string(i) + "-name"}).failed());
    REQUIRE_FALSE(x.call("all").failed());
    CHECK(x.differences_now() == nothing);
  }
}

TEST_CASE("every operation of a client runs again") {
  recorded_object x(R"(return { value = "10" })");
  const auto ask = [&](object::command c) {
    c.key = "x";
    REQUIRE_FALSE(x.node.ask(c).failed());
    CHECK(x.differences_now() == nothing);
  };
  CHECK(x.differences_now() == nothing);  // the put itself
  object::command c;
  ask(c);
  c.what = op::incrby;
  c.number = 5;
  ask(c);
  c = {};
  c.what = op::incrbyfloat;
  c.real = 0.5L;
  ask(c);
  c = {};
  c.what = op::append;
  c.value = "tail";
  ask(c);
  c = {};
  c.what = op::set;
  c.value = "new";
  c.want_old = true;
  ask(c);
  c = {};
  c.what = op::aso_get;
  c.has_value = true;
  c.value = "payload";
  c.callback_key = "back";
  ask(c);
}

TEST_CASE("the script's arguments and onPut belong to the turn that makes the object") {
  recorded_object x(R"(
    local first, second = ...
    local aso = { value = first .. second }
    function aso:onPut(caller)
      self.by = caller.port
      self.n = math.random(100)
      return self
    end
    return aso)");
  CHECK(x.turn().handler == "onPut");
  CHECK(x.differences_now() == nothing);
}

TEST_CASE("calls get the answers that they got then, without a node") {
  recorded_object x(R"(
    local aso = { value = "v" }
    function aso:ask()
      local value, nodes = dht.get("greeting")
      local none = dht.get("nobody")
      local copies = dht.put("note", "remember")
      local result, why = dht.call("passive", "add", 1, true)
      self.seen = { value, #nodes, copies, why, tostring(none) }
      dht.get("greeting", function(later) self.later = later end)
      return #dht.lookup("greeting")
    end
    return aso)");
  x.node.set("greeting", "hello");
  x.node.set("passive", "p");
  REQUIRE_FALSE(x.call("ask").failed());
  // The answer of the last get is a turn of its own; that of `ask` is before it.
  const auto recorded = x.turn(1);
  CHECK(recorded.handler == "ask");
  CHECK(recorded.trace.calls.size() == 6);
  CHECK(x.differences_now(1) == nothing);
}

TEST_CASE("a turn that goes on in slices reads the clock as it did") {
  object::policy limits = open_policy();
  limits.fuel_per_slice = 200;
  recorded_object x(R"(
    local aso = { value = "v" }
    function aso:work()
      local n = 0
      for i = 1, 2000 do n = n + dht.getSystemTime() % 7 end
      return n
    end
    return aso)",
                    limits);
  REQUIRE_FALSE(x.call("work").failed());
  CHECK(x.turn().trace.slices.size() > 5);
  CHECK(x.differences_now() == nothing);
}

TEST_CASE("a turn fails again as it failed, with the same fuel") {
  recorded_object x(R"(
    local aso = { value = "v" }
    function aso:raise() self.value = "w"; error("no, " .. math.random(1000)) end
    function aso:burn() while true do end end
    function aso:hoard() local t = {} for i = 1, 1e6 do t[i] = "x" .. i end end
    return aso)");
  for (const char* method : {"raise", "burn", "hoard", "missing"}) {
    REQUIRE(x.call(method).failed());
    CHECK(x.turn().failure.has_value());
    CHECK(x.differences_now() == nothing);
  }
}

TEST_CASE("a refusal comes again, and a callback key that was held") {
  recorded_object x(R"(
    local aso = { value = "v" }
    function aso:onGet(caller, callback)
      local ok, why = pcall(dht.put, "elsewhere", "x")
      self.why = why
      return self.value
    end
    function aso:reply() return dht.put("back", "answer") end
    return aso)",
                    object::policy{});
  object::command fetch;
  fetch.what = op::aso_get;
  fetch.key = "x";
  fetch.callback_key = "back";
  REQUIRE_FALSE(x.node.ask(fetch).failed());
  CHECK(x.differences_now() == nothing);
  REQUIRE(x.call("reply") == reply::number(1));
  CHECK(x.turn().trace.rights == std::vector<bytes>{"back"});
  CHECK(x.differences_now() == nothing);
}

TEST_CASE("a timer runs again") {
  recorded_object x(R"(
    local aso = { value = "v", rings = 0 }
    function aso:start() dht.setTimer("bell", {every = 1}) end
    function aso:onTimer(name) self.rings = self.rings + 1; self.name = name end
    return aso)");
  x.call("start");
  x.node.pass(std::chrono::milliseconds{1'500}, std::chrono::milliseconds{100});
  CHECK(x.turn().handler == "onTimer(bell)");
  CHECK(x.differences_now() == nothing);
}

TEST_CASE("replicas and their nodes are seen as they were") {
  recorded_object x(R"(
    local aso = { value = "v" }
    function aso:spread()
      dht.replicas({count = 3})
      local nodes, asked = dht.replicas()
      return #nodes .. asked.count
    end
    return aso)");
  REQUIRE_FALSE(x.call("spread").failed());
  CHECK(x.differences_now() == nothing);
  REQUIRE_FALSE(x.call("spread").failed());
  CHECK(x.turn().trace.replicas.count == 3);
  CHECK(x.differences_now() == nothing);
}

TEST_CASE("other code may do the same, or what it does otherwise is said") {
  recorded_object x(R"(
    local aso = { value = "v", n = 0 }
    function aso:add(by) self.n = self.n + by; return self.n end
    return aso)");
  REQUIRE(x.call("add", {"2"}) == reply::number(2));
  const auto recorded = x.turn();
  const auto same = replay(recorded, code_of(R"(
    local aso = {}
    function aso:add(by) local sum = self.n + by; self.n = sum; return sum end
    return aso)"));
  REQUIRE(same);
  CHECK(differences(recorded, *same, false) == nothing);
  CHECK(*same->after == *recorded.after);
  const auto other = replay(recorded, code_of(R"(
    local aso = {}
    function aso:add(by) self.n = self.n + 2 * by; comet.publish("c", "m"); return self.n end
    return aso)"));
  REQUIRE(other);
  CHECK(differences(recorded, *other, false) ==
        std::vector<bytes>{"answer: recorded 2, now 4",
                           "effect: now and not recorded: publish c: m"});
  CHECK(*other->after != *recorded.after);
  CHECK(replay(recorded, code_of("return {")).failure().code == errc::compile);
}

TEST_CASE("a call that was not recorded is refused and named, one that is gone is named") {
  recorded_object x(R"(
    local aso = { value = "v" }
    function aso:ask() return (dht.get("a")) end
    return aso)");
  x.node.set("a", "1");
  REQUIRE(x.call("ask") == reply::bulk("1"));
  const auto recorded = x.turn();
  CHECK(x.differences_now() == nothing);
  const auto other = replay(recorded, code_of(R"(
    local aso = {}
    function aso:ask() return (dht.get("b")) end
    return aso)"));
  REQUIRE(other);
  CHECK(other->unrecorded == std::vector<bytes>{"dht.get 'b'"});
  REQUIRE(other->outcome.failure);
  CHECK(other->outcome.failure->message.find("the recorded turn made no such call") != bytes::npos);
  CHECK(other->other_calls == std::vector<bytes>{"dht.get 'a' was not called"});
}

TEST_CASE("a call with other arguments gets the recorded answer, and that is said") {
  recorded_object x(R"(
    local aso = { value = "v" }
    function aso:note() return dht.put("note", "one") end
    return aso)");
  REQUIRE(x.call("note") == reply::number(1));
  const auto other = replay(x.turn(), code_of(R"(
    local aso = {}
    function aso:note() return dht.put("note", "two") end
    return aso)"));
  REQUIRE(other);
  CHECK(other->outcome.answer == reply::number(1));
  CHECK(other->other_calls == std::vector<bytes>{"dht.put 'note' had other arguments"});
}

TEST_CASE("a turn that its node ended while it waited ends again") {
  recorded_object x(R"(
    local aso = { value = "v" }
    function aso:ask() return (dht.get("a")) end
    return aso)");
  x.node.set("a", "1");
  x.call("ask");
  auto recorded = x.turn();
  recorded.trace.calls.back().answer.reset();
  recorded.trace.slices.resize(1);
  recorded.failure = error{errc::wall_time, "wall_time: the turn took longer than 5000 ms"};
  const auto again = replay(recorded, code_of(R"(
    local aso = {}
    function aso:ask() return (dht.get("a")) end
    return aso)"));
  REQUIRE(again);
  CHECK(again->outcome.failure == recorded.failure);
}

TEST_CASE("what lived in the node's memory is not run again, and is said") {
  recorded_object x(R"(
    local aso = { value = "v" }
    function aso:ask() dht.get("a", function(value) self.seen = value end) end
    return aso)");
  x.node.set("a", "1");
  x.call("ask");
  const auto answered = x.turn();
  CHECK(answered.kind == object::turn_kind::answer);
  CHECK(answered.trace.warm);
  CHECK(replay(answered, code_of("return {}")).failure().code == errc::not_found);
  auto warm = x.turn(1);
  warm.trace.warm = true;
  const auto again = replay(warm, code_of(R"(
    local aso = { value = "v" }
    function aso:ask() dht.get("a", function(value) self.seen = value end) end
    return aso)"));
  REQUIRE(again);
  CHECK_FALSE(again->is_exact);
}

TEST_CASE("a turn that was too large says so") {
  object::recorded_turn turn;
  turn.sizes = object::left_out_sizes{1, 2, 3};
  CHECK(replay(turn, code_of("return {}")).failure().message.find("too large") != bytes::npos);
}
