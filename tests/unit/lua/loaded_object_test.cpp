#include "lua/loaded_object.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <span>

#include "lua/turn_scope.hpp"
#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

namespace {

struct loaded {
  explicit loaded(const bytes& source) {
    REQUIRE(object.open(limits));
    object.vm().begin_account(limits.fuel_per_turn);
    object.vm().open_slice(limits.fuel_per_turn);
    REQUIRE(object.run_script(*program_of(source), {}) == machine::status::returned);
    REQUIRE(object.adopt());
    object.settle();
  }

  object::policy limits;
  environment world;
  page_pool pages;
  turn_scope scope{"k", limits, world, 1};
  loaded_object object{pages, scope, 5};
};

}  // namespace

TEST_CASE("a handler that is absent says so") {
  loaded l("return { value = 'v', onPut = 'not a function' }");
  CHECK(l.object.call("onGet", {}) == machine::status::absent);
  CHECK(l.object.call("onPut", {}) == machine::status::absent);
  CHECK(l.object.call_method("missing", {}) == machine::status::absent);
}

TEST_CASE("results are seen by kind") {
  loaded l(
      "return { f = function(self, what) return ({ self = self, no = false, text = 't', "
      "code = pairs, table = {} })[what] end }");
  const auto call = [&](bytes_view what) {
    const std::array args{what};
    REQUIRE(l.object.call_method("f", args) == machine::status::returned);
  };
  call("self");
  CHECK(l.object.result_is_self());
  CHECK(l.object.result_is_table());
  call("no");
  CHECK(l.object.result_is_false());
  call("text");
  CHECK(l.object.result_text() == "t");
  CHECK(l.object.result_is_data());
  call("code");
  CHECK_FALSE(l.object.result_is_data());
  CHECK(l.object.result_type() == "function");
  call("nothing");
  CHECK(l.object.result_is_nil());
  CHECK_FALSE(l.object.result_is_false());
  call("table");
  CHECK_FALSE(l.object.result_is_self());
  CHECK_FALSE(l.object.result_is_offer());
}

TEST_CASE("an offer is known when it comes back, and only then") {
  loaded l("return { onUpdate = function(self, new) return new.code == 'cc' and new or {} end }");
  const auto offer = [&](bytes_view code) {
    const std::array<argument, 1> args{successor_offer{"v", true, code}};
    REQUIRE(l.object.call("onUpdate", args) == machine::status::returned);
    return l.object.result_is_offer();
  };
  CHECK(offer("cc"));
  CHECK_FALSE(offer("dd"));
}

TEST_CASE("the value is read and written without metamethods") {
  loaded l("return setmetatable({ value = 'v' }, { __newindex = error, __index = error })");
  REQUIRE(l.object.take_value_as_result());
  CHECK(l.object.result_text() == "v");
  REQUIRE(l.object.set_value("w"));
  REQUIRE(l.object.take_value_as_result());
  CHECK(l.object.result_text() == "w");
}

TEST_CASE("writes are noticed once the state has been installed or encoded") {
  loaded l(
      "return { value = 'v', set = function(self) self.value = 'w' end, get = function(self) "
      "return self.value end }");
  bytes state;
  REQUIRE(l.object.encode_state(l.limits, state));
  CHECK_FALSE(l.object.take_dirty());
  REQUIRE(l.object.call_method("get", {}) == machine::status::returned);
  CHECK_FALSE(l.object.take_dirty());
  REQUIRE(l.object.call_method("set", {}) == machine::status::returned);
  CHECK(l.object.take_dirty());
  CHECK_FALSE(l.object.take_dirty());
  REQUIRE(l.object.install(state, 16));
  l.object.settle();
  REQUIRE(l.object.take_value_as_result());
  CHECK(l.object.result_text() == "v");
}

TEST_CASE("a state that is no state fails by value") {
  loaded l("return {}");
  CHECK_FALSE(l.object.install("\xc1", 16));
  CHECK(l.object.vm().failure().message.find("malformed msgpack") != bytes::npos);
}

TEST_CASE("a caller's table is not given again once a script could have changed it") {
  const object::caller from{"192.0.2.9", 1, "bob", "aa"};
  const std::array<argument, 1> args{&from};
  loaded l(
      "local last return { onGet = function(self, caller) local known = caller == last "
      "last = caller return tostring(known) .. tostring(caller.mark) end, "
      "onPut = function(self, caller) caller.mark = 'written' end, "
      "onDelete = function(self, caller) self.deleter = caller end }");
  const auto get = [&] {
    REQUIRE(l.object.call("onGet", args) == machine::status::returned);
    l.object.take_dirty();
    return *l.object.result_text();
  };
  CHECK(get() == "falsenil");
  CHECK(get() == "truenil");
  for (const char* writer : {"onPut", "onDelete"}) {
    REQUIRE(l.object.call(writer, args) == machine::status::returned);
    bytes state;
    CHECK(l.object.take_dirty());
    REQUIRE(l.object.encode_state(l.limits, state));
    CHECK(get() == "falsenil");
    CHECK(get() == "truenil");
  }
  const object::caller other{"192.0.2.9", 2, "bob", "aa"};
  const std::array<argument, 1> other_args{&other};
  REQUIRE(l.object.call("onGet", other_args) == machine::status::returned);
  CHECK(l.object.result_text() == "falsenil");
}

TEST_CASE("a handler is given the arguments that it declares") {
  const object::caller first{"192.0.2.9", 1, "bob", "aa"};
  const object::caller second{"192.0.2.9", 2, "bob", "aa"};
  loaded l(
      "return { onGet = function(...) return select('#', ...) end, "
      "onTimer = function(self) return self ~= nil end, "
      "onDelete = function(self, caller) return caller.port end, "
      "onUpdate = function(self, new) return new end }");
  const auto call = [&](const char* handler, std::span<const argument> args) {
    REQUIRE(l.object.call(handler, args) == machine::status::returned);
    return *l.object.result_text();
  };
  const std::array<argument, 1> from_first{&first};
  const std::array<argument, 1> from_second{&second};
  const std::array<argument, 2> update{bytes_view("v"), &second};
  CHECK(call("onGet", from_first) == "2");
  CHECK(call("onTimer", from_second) == "true");
  CHECK(call("onDelete", from_second) == "2");  // not the table of the first
  CHECK(call("onUpdate", update) == "v");
  CHECK(call("onDelete", from_first) == "1");
}
