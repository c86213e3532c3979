// The table of operations in docs/lua.md, row by row.

#include "lua/turn_program.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

namespace {

constexpr const char* plain = "return { value = 'v' }";

object::command with_value(op what, bytes_view value) {
  object::command c;
  c.what = what;
  c.value = value;
  return c;
}

object::command with_number(op what, std::int64_t number, std::int64_t number2 = 0) {
  object::command c;
  c.what = what;
  c.number = number;
  c.number2 = number2;
  return c;
}

}  // namespace

// ASO.PUT of a new key ----------------------------------------------------------------------------

TEST_CASE("without onPut an object is stored as the script made it") {
  scripted_object o(plain);
  const auto outcome = o.put();
  CHECK(answer_of(outcome) == reply::ok());
  CHECK(outcome.created);
  CHECK(to_hex(*outcome.state) == "81a576616c7565a176");
}

TEST_CASE("a script gets its arguments, and VALUE becomes self.value") {
  scripted_object o("local a, b = ... return { value = a, second = b }");
  CHECK(answer_of(o.put({"one", "two"})) == reply::ok());
  CHECK(text_of(o.get()) == "one");
  scripted_object with(
      "return { value = 'script', onPut = function(self) self.seen = self.value "
      "return self end, seenValue = function(self) return self.seen end }");
  with.put_value("given");
  CHECK(text_of(with.get()) == "given");
  CHECK(text_of(with.call("seenValue")) == "given");
}

TEST_CASE("a script may assign its object to the global aso") {
  scripted_object o("aso = { value = 'global' }");
  o.put();
  CHECK(text_of(o.get()) == "global");
}

TEST_CASE("a script that makes no object is refused") {
  scripted_object o("local x = 1");
  const auto outcome = o.put();
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->code == errc::compile);
}

TEST_CASE("what onPut returns is stored") {
  SECTION("self") {
    scripted_object o(
        "return { onPut = function(self, caller) self.value = caller.user return self "
        "end }");
    CHECK(o.put().created);
    CHECK(text_of(o.get()) == "alice");
  }
  SECTION("nil stores nothing") {
    scripted_object o("return { value = 1, onPut = function() end }");
    const auto outcome = o.put();
    CHECK(answer_of(outcome) == reply::null());
    CHECK_FALSE(outcome.created);
    CHECK_FALSE(outcome.state);
  }
  SECTION("a table becomes the state") {
    scripted_object o("return { value = 1, onPut = function() return { value = 'other' } end }");
    CHECK(o.put().created);
    CHECK(text_of(o.get()) == "other");
  }
  SECTION("a scalar becomes self.value") {
    scripted_object o("return { onPut = function() return 42 end }");
    CHECK(o.put().created);
    CHECK(text_of(o.get()) == "42");
  }
  SECTION("a function cannot be stored") {
    scripted_object o("return { onPut = function() return print or pairs end }");
    CHECK(o.put().failure->code == errc::script);
  }
  SECTION("deleteSelf stores nothing") {
    scripted_object o("return { onPut = function(self) dht.deleteSelf() return self end }");
    CHECK_FALSE(o.put().created);
  }
}

// GET, ASO.GET
// --------------------------------------------------------------------------------------

TEST_CASE("GET without onGet gives self.value") {
  scripted_object o(plain);
  o.put();
  CHECK(answer_of(o.get()) == reply::bulk("v"));
  scripted_object empty("return { other = 1 }");
  empty.put();
  CHECK(answer_of(empty.get()) == reply::null());
}

TEST_CASE("GET answers text, ASO.GET keeps the kind") {
  const auto answers = [](const bytes& expression) {
    scripted_object o("return { value = 'own', onGet = function(self) return " + expression +
                      " end }");
    o.put();
    auto get = answer_of(o.get());
    return std::pair{get, answer_of(o.fetch())};
  };
  CHECK(answers("'s'") == std::pair{reply::bulk("s"), reply::bulk("s")});
  CHECK(answers("7") == std::pair{reply::bulk("7"), reply::number(7)});
  CHECK(answers("1.5") == std::pair{reply::bulk("1.5"), reply::real_number(1.5)});
  CHECK(answers("true") == std::pair{reply::bulk("true"), reply::truth(true)});
  CHECK(answers("nil") == std::pair{reply::null(), reply::null()});
  CHECK(answers("self") == std::pair{reply::bulk("own"), reply::bulk("own")});
  const auto list = reply::list({reply::number(1), reply::bulk("a")});
  CHECK(answers("{1, 'a'}") == std::pair{list, list});
  const auto map = reply::map({reply::bulk("k"), reply::list({})});
  CHECK(answers("{k = {}}") == std::pair{map, map});
}

TEST_CASE("an answer that cannot be given fails the turn") {
  for (const char* expression : {"{f = pairs}", "pairs",
                                 "(function() local t = {} t.t = t return t "
                                 "end)()"}) {
    scripted_object o("return { onGet = function() return " + bytes(expression) + " end }");
    o.put();
    CHECK(o.get().failure->code == errc::script);
  }
}

TEST_CASE("onGet sees caller, callback key and payload") {
  scripted_object o(R"(return { onGet = function(self, caller, callbackKey, payload)
    return { caller.ip, caller.port, caller.user, caller.node, tostring(callbackKey),
             tostring(payload) } end })");
  o.put();
  const auto common = [](bytes callback, bytes payload) {
    return reply::list({reply::bulk("198.51.100.7"), reply::number(4711), reply::bulk("alice"),
                        reply::bulk("feed"), reply::bulk(std::move(callback)),
                        reply::bulk(std::move(payload))});
  };
  CHECK(answer_of(o.fetch("pay", "back")) == common("back", "pay"));
  CHECK(answer_of(o.fetch()) == common("nil", "nil"));
  CHECK(answer_of(o.get()) == common("nil", "nil"));
}

// SET
// -------------------------------------------------------------------------------------------------

TEST_CASE("SET without onUpdate writes self.value and keeps the code") {
  scripted_object o(
      "return { value = 'v', onGet = function(self) return '<' .. self.value .. '>' end }");
  o.put();
  CHECK(answer_of(o.set("w")) == reply::ok());
  CHECK(text_of(o.get()) == "<w>");
  o.chill();
  CHECK(text_of(o.get()) == "<w>");
}

TEST_CASE("onUpdate decides what SET writes") {
  SECTION("new") {
    scripted_object o(
        "return { onUpdate = function(self, new, caller) self.by = caller.user return "
        "new end }");
    o.put();
    CHECK(answer_of(o.set("w")) == reply::ok());
    CHECK(text_of(o.get()) == "w");
  }
  SECTION("anything else") {
    scripted_object o("return { onUpdate = function(self, new) return new .. '!' end }");
    o.put();
    o.set("w");
    CHECK(text_of(o.get()) == "w!");
  }
  SECTION("self refuses, what it noted stays") {
    scripted_object o(R"(return { value = 'v', tries = 0,
      onUpdate = function(self) self.tries = self.tries + 1 return self end,
      attempts = function(self) return self.tries end })");
    o.put();
    const auto refused = answer_of(o.set("w"));
    CHECK(refused.failed());
    CHECK(refused.code == errc::refused);
    CHECK(text_of(o.get()) == "v");
    CHECK(answer_of(o.call("attempts")) == reply::number(1));
  }
  SECTION("a function is no value") {
    scripted_object o("return { onUpdate = function() return pairs end }");
    o.put();
    CHECK(o.set("w").failure->code == errc::script);
  }
}

TEST_CASE("the options of SET work on an active object") {
  scripted_object o(plain);
  o.put();
  auto set = with_value(op::set, "w");
  set.condition = object::set_condition::if_absent;
  CHECK(answer_of(o.operate(set)) == reply::null());
  CHECK(text_of(o.get()) == "v");
  set.condition = object::set_condition::always;
  set.want_old = true;
  CHECK(answer_of(o.operate(set)) == reply::bulk("v"));
  CHECK(text_of(o.get()) == "w");
  CHECK(answer_of(o.operate(with_value(op::setnx, "x"))) == reply::number(0));
  CHECK(answer_of(o.operate(with_value(op::getset, "y"))) == reply::bulk("w"));
  CHECK(text_of(o.get()) == "y");
}

// INCR, APPEND, GETRANGE ...
// --------------------------------------------------------------------------

TEST_CASE("string operations work on the value") {
  scripted_object o("return { value = '10' }");
  o.put();
  CHECK(answer_of(o.operate(with_number(op::incrby, 5))) == reply::number(15));
  CHECK(answer_of(o.operate(with_value(op::append, "ab"))) == reply::number(4));
  CHECK(answer_of(o.operate(with_number(op::getrange, 1, 2))) == reply::bulk("5a"));
  CHECK(answer_of(o.operate(op::strlen)) == reply::number(4));
  auto range = with_value(op::setrange, "X");
  range.number = 1;
  CHECK(answer_of(o.operate(range)) == reply::number(4));
  CHECK(text_of(o.get()) == "1Xab");
  CHECK(answer_of(o.operate(with_number(op::incrby, 1))).failed());
  CHECK(answer_of(o.operate(op::getex)) == reply::bulk("1Xab"));
}

TEST_CASE("a string operation reads through onGet and writes through onUpdate, in one turn") {
  scripted_object o(R"(return { value = 1, log = {},
    onGet = function(self) self.log[#self.log + 1] = 'get' return self.value * 10 end,
    onUpdate = function(self, new) self.log[#self.log + 1] = 'update ' .. new return new end,
    history = function(self) return table.concat(self.log, ', ') end })");
  o.put();
  CHECK(answer_of(o.operate(with_number(op::incrby, 5))) == reply::number(15));
  CHECK(text_of(o.call("history")) == "get, update 15");
}

TEST_CASE("a value that is no text refuses string operations") {
  scripted_object o("return { value = {1, 2} }");
  o.put();
  CHECK(o.operate(with_value(op::append, "x")).failure->code == errc::wrong_type);
  CHECK(o.is_hot());
}

TEST_CASE("an operation that is not of strings is refused and does no harm") {
  scripted_object o(plain);
  o.put();
  CHECK(o.operate(op::persist).failure);
  CHECK(o.is_hot());
}

// DEL
// -------------------------------------------------------------------------------------------------

TEST_CASE("DEL deletes unless onDelete returns false") {
  scripted_object bare(plain);
  bare.put();
  const auto gone = bare.operate(op::del);
  CHECK(answer_of(gone) == reply::number(1));
  CHECK(gone.fate == object::disposition::erase);
  CHECK_FALSE(bare.is_hot());

  scripted_object guarded(R"(return { value = 'v', asked = 0,
    onDelete = function(self, caller) self.asked = self.asked + 1 return caller.user == 'root' end,
    times = function(self) return self.asked end })");
  guarded.put();
  CHECK(answer_of(guarded.operate(op::del)) == reply::number(0));
  CHECK(answer_of(guarded.call("times")) == reply::number(1));
  CHECK(answer_of(guarded.operate(op::getdel)).code == errc::refused);
  guarded.from.user = "root";
  const auto taken = guarded.operate(op::getdel);
  CHECK(answer_of(taken) == reply::bulk("v"));
  CHECK(taken.fate == object::disposition::erase);
}

TEST_CASE("an onDelete that returns nothing lets the object go") {
  scripted_object o("return { onDelete = function() end }");
  o.put();
  CHECK(answer_of(o.operate(op::del)) == reply::number(1));
}

TEST_CASE("deleteSelf ends the object when the turn commits, after its answer") {
  scripted_object once(
      "return { value = 'secret', onGet = function(self) dht.deleteSelf() return "
      "self end }");
  once.put();
  const auto outcome = once.get();
  CHECK(answer_of(outcome) == reply::bulk("secret"));
  CHECK(outcome.fate == object::disposition::erase);
  CHECK_FALSE(outcome.state);
}

// ASO.PUT over a living object
// ------------------------------------------------------------------------

TEST_CASE("without onUpdate new code is taken") {
  scripted_object o(plain);
  o.put();
  const auto replaced = o.replace("return { value = 'w' }");
  CHECK(answer_of(replaced) == reply::ok());
  CHECK(replaced.created);
  CHECK_FALSE(o.is_hot());
  CHECK(text_of(o.get()) == "w");
}

TEST_CASE("onUpdate is offered value and hash of new code and decides") {
  const bytes successor =
      "return { value = 'w', onPut = function(self, caller) self.by = caller.user "
      "return self end, who = function(self) return self.by .. self.value end }";
  SECTION("new replaces, then the successor's onPut runs") {
    scripted_object o(
        "return { value = 'v', onUpdate = function(self, new) return #new.code == 64 and "
        "new.value == 'given' and new or self end }");
    o.put();
    CHECK(answer_of(o.replace(successor, "x", "given")) == reply::ok());
    CHECK(text_of(o.call("who")) == "alicegiven");
  }
  SECTION("self refuses, what it noted stays") {
    scripted_object o(
        "return { value = 'v', onUpdate = function(self) self.value = 'asked' return self "
        "end }");
    o.put();
    const auto outcome = o.replace(successor);
    CHECK(answer_of(outcome).code == errc::refused);
    CHECK_FALSE(outcome.created);
    CHECK(text_of(o.get()) == "asked");
  }
  SECTION("anything else is an error") {
    scripted_object o("return { value = 'v', onUpdate = function(self, new) return 'yes' end }");
    o.put();
    CHECK(o.replace(successor).failure->code == errc::script);
  }
}

TEST_CASE("a successor that fails leaves the object as it was") {
  scripted_object o(plain);
  o.put();
  CHECK(o.replace("return {").failure->code == errc::compile);
  CHECK(text_of(o.get()) == "v");
  CHECK(o.replace("error('no')").failure->code == errc::script);
  CHECK(text_of(o.get()) == "v");
  const auto unwanted = o.replace("return { onPut = function() end }");
  CHECK(answer_of(unwanted) == reply::null());
  CHECK_FALSE(unwanted.created);
  CHECK(text_of(o.get()) == "v");
}

TEST_CASE("a replacement shares one budget of fuel for its handlers") {
  scripted_object o(
      "return { onUpdate = function(self, new) for i = 1, 40000 do end return new end }");
  o.put();
  const auto outcome = o.replace(
      "return { onPut = function(self) for i = 1, 70000 do end return self "
      "end }");
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->code == errc::fuel);
}

// ASO.CALL, timers, answers
// ---------------------------------------------------------------------------

TEST_CASE("a method is called with its arguments as text") {
  scripted_object o(R"(return { n = 0,
    add = function(self, a, b) self.n = self.n + a + b return self.n end,
    whole = function(self) return self end, value = 'v',
    _private = function() end, onSecret = function() end, data = 1 })");
  o.put();
  CHECK(answer_of(o.call("add", {"1", "2"})) == reply::number(3));
  CHECK(answer_of(o.call("whole")) == reply::bulk("v"));
  CHECK(o.call("missing").failure->code == errc::not_found);
  CHECK(o.call("data").failure->code == errc::not_found);
  CHECK(o.call("_private").failure->code == errc::no_permission);
  CHECK(o.call("onSecret").failure->code == errc::no_permission);
  CHECK(o.call("").failure->code == errc::no_permission);
  CHECK(o.is_hot());
}

TEST_CASE("onTimer gets the timer's name and no caller") {
  scripted_object o(R"(return { value = '',
    onTimer = function(self, name) self.value = name .. tostring(dht.caller()) end })");
  o.put();
  CHECK(answer_of(o.timer("tick")) == reply::null());
  CHECK(text_of(o.get()) == "ticknil");
  scripted_object deaf(plain);
  deaf.put();
  CHECK(answer_of(deaf.timer("tick")) == reply::null());
}

TEST_CASE("an answer nobody waits for is refused and does no harm") {
  scripted_object o(plain);
  o.put();
  CHECK(o.resumed(12'345, reply::ok()).failure->code == errc::not_found);
  CHECK(o.is_hot());
}

// Failures
// ----------------------------------------------------------------------------------------------

TEST_CASE("an error in any handler fails its turn and names handler and line") {
  const bytes source = R"(local boom = function() error('boom') end
    return { value = 'v', onGet = boom, onUpdate = boom, onDelete = boom, onTimer = boom,
      act = boom })";
  scripted_object o(source);
  o.put();
  const auto check = [&](const turn_outcome& outcome, bytes_view handler) {
    REQUIRE(outcome.failure);
    CHECK(outcome.failure->code == errc::script);
    CHECK(outcome.failure->message == bytes(handler) + ": aso:1: boom");
    CHECK_FALSE(o.is_hot());
  };
  check(o.get(), "onGet");
  check(o.fetch(), "onGet");
  check(o.set("w"), "onUpdate");
  check(o.operate(op::del), "onDelete");
  check(o.timer("t"), "onTimer");
  check(o.call("act"), "act");
  check(o.replace(plain), "onUpdate");
  scripted_object unborn("return { onPut = function() error('boom') end }");
  CHECK(unborn.put().failure->message == "onPut: aso:1: boom");
  scripted_object broken("error('boom')");
  CHECK(broken.put().failure->message == "the script: aso:1: boom");
}

TEST_CASE("a state that cannot be kept fails the turn as a breach") {
  for (const char* body : {"self.f = {g = pairs}", "self.self = self",
                           "for i = 1, 7 do self[i] = ('x'):rep(9500) .. i end", "self[{}] = 1",
                           "self.co = {coroutine.create(pairs)}"}) {
    INFO(body);
    scripted_object o("return { value = 'v', onTimer = function(self) " + bytes(body) + " end }");
    o.put();
    const auto outcome = o.timer("t");
    REQUIRE(outcome.failure);
    CHECK(outcome.failure->code == errc::state);
    CHECK(outcome.breach);
    CHECK(text_of(o.get()) == "v");
  }
}

TEST_CASE("loading has fuel of its own, so hot and cold objects have the same budget") {
  scripted_object o(
      "for i = 1, 60000 do end return { onGet = function() for i = 1, 60000 do end return "
      "'done' end }");
  CHECK(answer_of(o.put()) == reply::ok());
  CHECK(text_of(o.get()) == "done");
  o.chill();
  const auto cold = o.get();
  CHECK(text_of(cold) == "done");
  CHECK(cold.fuel > 120'000);
  CHECK(o.get().fuel < 70'000);
  scripted_object endless("while true do end");
  CHECK(endless.put().failure->message ==
        "fuel: 100000 instructions used up in the script at line 1");
}

TEST_CASE("a script may ask for nothing while it is loaded") {
  for (const char* call : {"dht.get('k')", "dht.put('k', 'v', function() end)", "dht.deleteSelf()",
                           "dht.setTimer('t', {after=1})", "comet.publish('c', 'm')"}) {
    INFO(call);
    scripted_object o(bytes(call) + " return {}");
    const auto outcome = o.put();
    REQUIRE(outcome.failure);
    CHECK(outcome.failure->code == errc::refused);
  }
}
