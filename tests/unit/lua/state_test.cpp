#include "lua/state.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "lua/lua_api.hpp"

using namespace comet;
using namespace comet::lua;

namespace {

/// A plain state with the libraries, to make and compare values.
class plain_lua {
 public:
  plain_lua() : L(luaL_newstate()) {
    luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
    lua_settop(L, 0);
    run(R"(function same(a, b)
      if math.type(a) ~= math.type(b) or type(a) ~= type(b) then return false end
      if type(a) ~= 'table' then return a == b or (a ~= a and b ~= b) end
      for k, v in pairs(a) do if not same(v, b[k]) then return false end end
      for k in pairs(b) do if a[k] == nil then return false end end
      return true end)");
  }
  ~plain_lua() { lua_close(L); }
  plain_lua(const plain_lua&) = delete;
  plain_lua& operator=(const plain_lua&) = delete;

  void run(const std::string& code) {
    if (luaL_dostring(L, code.c_str()) != LUA_OK) FAIL(lua_tostring(L, -1));
  }
  lua_State* L;
};

result<bytes> encoded(plain_lua& l, const std::string& expression, bool is_state = false,
                      std::size_t bytes_max = 65'536) {
  lua_settop(l.L, 0);
  l.run("return " + expression);
  bytes out;
  if (auto done = encode(l.L, 1, {bytes_max, 16, is_state, false}, out); !done)
    return std::move(done).failure();
  CHECK(lua_gettop(l.L) == 1);
  return out;
}

int decode_protected(lua_State* L) {
  push_decoded(L, *static_cast<bytes_view*>(lua_touserdata(L, 1)), 16, false);
  return 1;
}

/// Pushes the decoded value, or the error message.
bool decoded(plain_lua& l, bytes_view data) {
  lua_settop(l.L, 0);
  lua_pushcfunction(l.L, decode_protected);
  lua_pushlightuserdata(l.L, &data);
  return lua_pcall(l.L, 1, 1, 0) == LUA_OK;
}

bytes message_of(plain_lua& l, const std::string& expression, bool is_state = true) {
  auto failed = encoded(l, expression, is_state);
  REQUIRE_FALSE(failed);
  CHECK(failed.failure().code == errc::state);
  return failed.failure().message;
}

}  // namespace

TEST_CASE("every kind of data comes back as it was") {
  plain_lua l;
  for (const char* value : {"nil",
                            "true",
                            "false",
                            "0",
                            "127",
                            "128",
                            "255",
                            "256",
                            "65535",
                            "65536",
                            "4294967295",
                            "4294967296",
                            "math.maxinteger",
                            "math.mininteger",
                            "-1",
                            "-32",
                            "-33",
                            "-128",
                            "-129",
                            "-32768",
                            "-32769",
                            "-2147483648",
                            "-2147483649",
                            "0.0",
                            "-0.0",
                            "1.0",
                            "3.25",
                            "1/0",
                            "-1/0",
                            "0/0",
                            "''",
                            "'text'",
                            "('x'):rep(31)",
                            "('x'):rep(32)",
                            "('x'):rep(255)",
                            "('x'):rep(256)",
                            "('x'):rep(60000)",
                            "'\\0\\255'",
                            "{}",
                            "{1,2,3}",
                            "{{{}}}",
                            "{a=1}",
                            "{[1]='a',[3]='c'}",
                            "{[1.5]='float'}",
                            "{[true]=1,[false]=0}",
                            "{1,2,x=3}",
                            "{[-1]=1,[0]=2}",
                            "{[math.mininteger]=1}",
                            "{{1},{2},{n={m={}}}}"}) {
    INFO(value);
    auto data = encoded(l, value);
    REQUIRE(data);
    REQUIRE(decoded(l, *data));
    lua_setglobal(l.L, "back");
    l.run("return same(back, " + std::string(value) + ")");
    CHECK(lua_toboolean(l.L, -1) == 1);
  }
}

TEST_CASE("large arrays and maps use the wide headers") {
  plain_lua l;
  l.run(
      "function filled(n, name) local t = {} for i = 1, n do t[name and 'k' .. i or i] = i end "
      "return t end");
  for (const char* value : {"filled(15)", "filled(16)", "filled(70000)", "filled(15, true)",
                            "filled(16, true)", "filled(70000, true)"}) {
    INFO(value);
    auto data = encoded(l, value, false, 1U << 22U);
    REQUIRE(data);
    REQUIRE(decoded(l, *data));
    lua_setglobal(l.L, "back");
    l.run("return same(back, " + std::string(value) + ")");
    CHECK(lua_toboolean(l.L, -1) == 1);
  }
}

TEST_CASE("the forms of msgpack are the shortest") {
  plain_lua l;
  CHECK(to_hex(*encoded(l, "{}")) == "80");
  CHECK(to_hex(*encoded(l, "{1,2}")) == "920102");
  CHECK(to_hex(*encoded(l, "{a=-33}")) == "81a161d0df");
  CHECK(to_hex(*encoded(l, "1.0")) == "cb3ff0000000000000");
}

TEST_CASE("functions of the outermost table are code, not state") {
  plain_lua l;
  CHECK(to_hex(*encoded(l, "{a=1, onGet=function() end}", true)) == "81a16101");
  CHECK(to_hex(*encoded(l, "{1, 2, f=function() end}", true)) == "920102");
  CHECK(to_hex(*encoded(l, "{f=function() end}", true)) == "80");
}

TEST_CASE("what cannot be kept is named by its place") {
  plain_lua l;
  CHECK(message_of(l, "{a={b={f=print}}}") == "field 'a.b.f' is a function");
  CHECK(message_of(l, "{list={1,print}}") == "field 'list[2]' is a function");
  CHECK(message_of(l, "{[{}]=1}") == "field '[table]' has a table as its key");
  CHECK(message_of(l, "print", false) == "the value is a function");
  l.run("cycle = {} cycle.next = cycle");
  CHECK(message_of(l, "cycle").find("deeper than 16 tables, or part of a cycle") != bytes::npos);
  auto large = encoded(l, "{a=('x'):rep(100)}", true, 99);
  REQUIRE_FALSE(large);
  CHECK(large.failure().message == "the state is larger than 99 bytes encoded");
}

TEST_CASE("sixteen tables deep is kept, seventeen is not") {
  plain_lua l;
  l.run("function nested(n) local t = {} for i = 2, n do t = {t} end return t end");
  auto deep = encoded(l, "nested(16)");
  REQUIRE(deep);
  CHECK(decoded(l, *deep));
  CHECK_FALSE(encoded(l, "nested(17)"));
}

TEST_CASE("a shared table that unfolds to more than the limit ends early") {
  plain_lua l;
  l.run("local t = {} for i = 1, 14 do t = {t, t, t, t, t, t, t, t} end wide = t");
  CHECK_FALSE(encoded(l, "wide"));
}

TEST_CASE("metamethods do not run while a state is encoded") {
  plain_lua l;
  l.run("trap = setmetatable({1, 2}, {__index = error, __len = error, __pairs = error})");
  CHECK(to_hex(*encoded(l, "trap")) == "920102");
}

TEST_CASE("bytes that are not one value are refused") {
  plain_lua l;
  for (const bytes_view data :
       {bytes_view(""), bytes_view("\xc1", 1), bytes_view("\x92\x01", 2), bytes_view("\x01\x02", 2),
        bytes_view("\xa5hi", 3), bytes_view("\xdd\xff\xff\xff\xff", 5),
        bytes_view("\x81\xc0\x01", 3), bytes_view("\x81\x90\x01", 3),
        bytes_view("\xdf\x7f\xff\xff\xff", 5), bytes_view("\xcb\x00", 2),
        bytes_view("\xdb\xff\xff\xff\xff", 5), bytes_view("\xd4\x01\x02", 3),
        bytes_view("\x81\xcb\x7f\xf8\0\0\0\0\0\0\x01", 11)}) {
    INFO(to_hex(data));
    CHECK_FALSE(decoded(l, data));
  }
  CHECK_FALSE(decoded(l, bytes(17, '\x91') + '\x01'));
}

TEST_CASE("random bytes never do more than fail, and what decodes encodes again") {
  plain_lua l;
  prng chance(5);
  for (int round = 0; round < 20'000; ++round) {
    bytes data;
    const auto size = chance.below(24);
    for (std::uint64_t i = 0; i < size; ++i)
      data.push_back(static_cast<char>(chance()));
    if (!decoded(l, data)) continue;
    bytes again;
    CHECK(encode(l.L, 1, {65'536, 16, false, false}, again));
  }
}

TEST_CASE("installing a state replaces the fields and keeps the functions") {
  plain_lua l;
  auto data = encoded(l, "{a=1, list={1,2}}");
  REQUIRE(data);
  l.run("self = {f = print, old = 1, 7, 8}");
  lua_settop(l.L, 0);
  lua_getglobal(l.L, "self");
  install_state(l.L, 1, *data, 16);
  l.run(
      "return self.f == print and self.old == nil and #self == 0 and self.a == 1 and "
      "#self.list == 2");
  CHECK(lua_toboolean(l.L, -1) == 1);
}

TEST_CASE("every way to store into an installed state is noticed") {
  plain_lua l;
  luaL_requiref(l.L, LUA_TABLIBNAME, luaopen_table, 1);
  auto data = encoded(l, "{a=1, list={1,2,3}, map={x={}}}");
  REQUIRE(data);
  const auto dirty_after = [&](const char* code) {
    lua_settop(l.L, 0);
    l.run("self = {}");
    lua_getglobal(l.L, "self");
    install_state(l.L, 1, *data, 16);
    lua_takedirty(l.L);
    l.run(code);
    return lua_takedirty(l.L) != 0;
  };
  for (const char* code :
       {"self.a = 2", "self.new = 1", "self.a = nil", "self.list[1] = 0", "self.list[4] = 4",
        "table.insert(self.list, 9)", "table.remove(self.list)",
        "table.sort(self.list, function(a, b) return a > b end)", "table.move(self.list, 1, 2, 2)",
        "rawset(self, 'a', 3)", "rawset(self.list, 1, 3)", "self.map.x.y = 1", "self.map.x = nil",
        "local m = self.map m.z = true", "setmetatable({}, {__newindex = self}).a = 5",
        "setmetatable({}, {__newindex = self.map}).fresh = 5"}) {
    INFO(code);
    CHECK(dirty_after(code));
  }
  for (const char* code : {"local t = {} t.a = 1 t[1] = 2 table.insert(t, 3) rawset(t, 1, 2)",
                           "return self.a, self.list[1], #self.list", "for k in pairs(self) do end",
                           "global = 1", "local copy = {table.unpack(self.list)} copy[1] = 0"}) {
    INFO(code);
    CHECK_FALSE(dirty_after(code));
  }
}
