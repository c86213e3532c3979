#include "lua/convert.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <memory>
#include <vector>

#include "lua/lua_api.hpp"

using namespace comet;
using namespace comet::lua;
using object::reply;

namespace {

using lua_ref = std::unique_ptr<lua_State, decltype(&lua_close)>;

lua_ref fresh() {
  lua_ref L{luaL_newstate(), lua_close};
  luaL_requiref(L.get(), LUA_STRLIBNAME, luaopen_string, 1);
  lua_settop(L.get(), 0);
  return L;
}

result<reply> converted(const char* expression, reply_limits limits = {10'000, 16}) {
  const auto L = fresh();
  REQUIRE(luaL_dostring(L.get(), expression) == LUA_OK);
  const int top = lua_gettop(L.get());
  auto r = to_reply(L.get(), -1, limits);
  CHECK(lua_gettop(L.get()) == top);
  return r;
}

}  // namespace

TEST_CASE("values become replies of their kind") {
  CHECK(*converted("return nil") == reply::null());
  CHECK(*converted("return true") == reply::truth(true));
  CHECK(*converted("return 5") == reply::number(5));
  CHECK(*converted("return 5.0") == reply::real_number(5));
  CHECK(*converted("return 'a\\0b'") == reply::bulk(bytes("a\0b", 3)));
  CHECK(*converted("return {}") == reply::list({}));
  CHECK(*converted("return {1, {2}}") ==
        reply::list({reply::number(1), reply::list({reply::number(2)})}));
  CHECK(*converted("return {a = 1}") == reply::map({reply::bulk("a"), reply::number(1)}));
  CHECK(*converted("return {1, nil, 3}") ==
        reply::map({reply::number(1), reply::number(1), reply::number(3), reply::number(3)}));
}

TEST_CASE("the entries of a map come in the order of their keys") {
  const auto r = converted(
      "return {user = 1, ip = 2, port = 3, [10] = 4, [9] = 5, [9.5] = 6, [true] = 7, [false] = 8}");
  REQUIRE(r);
  std::vector<std::int64_t> order;
  for (std::size_t i = 1; i < r->items.size(); i += 2)
    order.push_back(r->items[i].integer);
  CHECK(order == std::vector<std::int64_t>{5, 6, 4, 8, 7, 2, 3, 1});
}

TEST_CASE("what cannot be answered is an error") {
  CHECK(converted("return function() end").failure().code == errc::script);
  CHECK_FALSE(converted("return {{function() end}}"));
  CHECK_FALSE(converted("return {a = {b = function() end}}"));
  CHECK_FALSE(converted("local t = {} t[1] = t return t"));
  CHECK_FALSE(converted("return ('x'):rep(100)", {99, 16}));
}

TEST_CASE("an answer that unfolds without end stops at its limit") {
  CHECK_FALSE(converted("local t = {} for i = 1, 14 do t = {t, t, t, t, t, t, t, t} end return t"));
}

TEST_CASE("scalars have a form as text, tables have none") {
  const auto text = [](const char* code) {
    const auto L = fresh();
    REQUIRE(luaL_dostring(L.get(), code) == LUA_OK);
    return to_text(L.get(), 1);
  };
  CHECK(text("return 's'") == "s");
  CHECK(text("return 42") == "42");
  CHECK(text("return 0.1") == "0.1");
  CHECK(text("return false") == "false");
  CHECK_FALSE(text("return {}"));
  CHECK_FALSE(text("return nil"));
}

TEST_CASE("replies become values, and come back") {
  const auto L = fresh();
  const reply all = reply::list(
      {reply::truth(false), reply::number(-7), reply::real_number(0.5), reply::bulk("b"),
       reply::map({reply::bulk("k"), reply::list({reply::number(1), reply::number(2)})})});
  push_reply(L.get(), all);
  CHECK(*to_reply(L.get(), -1, {10'000, 16}) == all);
  push_reply(L.get(), reply::failure(errc::busy, "too busy"));
  CHECK(to_text(L.get(), -1) == "too busy");
}

TEST_CASE("entries of a map whose key Lua cannot have are left out") {
  const auto L = fresh();
  push_reply(L.get(), reply::map({reply::null(), reply::number(1),
                                  reply::real_number(std::numeric_limits<double>::quiet_NaN()),
                                  reply::number(2), reply::bulk("k"), reply::number(3)}));
  CHECK(*to_reply(L.get(), -1, {10'000, 16}) == reply::map({reply::bulk("k"), reply::number(3)}));
}
