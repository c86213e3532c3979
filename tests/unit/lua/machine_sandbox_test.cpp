// What no script may do: crash the node, hold the thread, outlive its budget or leave its memory.
// The attacks as a catalogue are in tests/attacks, run by machine_attacks_test.cpp; here is what
// needs more than how an attack ends.

#include <catch2/catch_test_macros.hpp>
#include <string_view>

#include "lua/lua_api.hpp"
#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

namespace {

/// Runs `body` as onGet of an object with the default budgets, in slices of 1,000.
turn_outcome attack(const bytes& body, const object::policy& limits = {}) {
  scripted_object o(
      "local aso = { value = 'v' }\nfunction aso:onGet(caller)\n" + body + "\nend\nreturn aso",
      limits);
  REQUIRE(answer_of(o.put()) == reply::ok());
  o.slice = 1'000;
  auto outcome = o.get();
  CHECK(outcome.fuel <= limits.fuel_per_turn);
  CHECK(outcome.memory_peak <= limits.memory_per_object);
  o.chill();
  CHECK(o.pages_in_use() == 0);
  return outcome;
}

void check_ends_within_budget(const bytes& body) {
  INFO(body);
  attack(body);  // its own checks are the point: it ended, and no budget was passed
}

}  // namespace

TEST_CASE("the Lua inside is 5.4.9 with this project's patch") {
  CHECK(std::string_view(LUA_RELEASE) == "Lua 5.4.9");
  CHECK(LUA_ERRKILL == 10);
  lua_State* L = luaL_newstate();
  REQUIRE(L != nullptr);
  lua_Integer* fuel = lua_fuelptr(L);
  const lua_Integer before = *fuel;
  REQUIRE(luaL_loadstring(L, "local n = 0 for i = 1, 10 do n = n + i end return n") == LUA_OK);
  lua_call(L, 0, 1);
  CHECK(lua_tointeger(L, -1) == 55);
  CHECK(before - *fuel > 10);
  lua_close(L);
}

TEST_CASE("scripts that crash other releases of Lua end in order") {
  CHECK_FALSE(attack(R"(
    local t = setmetatable({}, { __concat = function()
      local function g(n) return n > 0 and 1 + g(n - 1) or 0 end
      g(180)
      return 'z'
    end })
    return coroutine.wrap(function() return 'a' .. t .. 'b' end)())")
                  .failure);
  check_ends_within_budget(R"(
    local mt = setmetatable({ __newindex = {} }, { __mode = 'v' })
    local t = setmetatable({}, mt)
    for r = 1, 3 do pcall(function() for i = 1, 9000 do t[i] = 1 end end) end)");
}

TEST_CASE("a dead coroutine resumed in full memory does not end the process") {
  for (std::size_t pad = 0; pad < 64; ++pad) {
    object::policy limits;
    limits.memory_per_object += pad;
    limits.fuel_per_turn = 1'000'000;
    attack(R"(
      local co = coroutine.create(function() end)
      coroutine.resume(co)
      local h
      pcall(function() while true do h = { h } end end)
      local g
      pcall(function() while true do local o = g g = function() return o end end end)
      pcall(coroutine.resume, co)
      return 'alive')",
           limits);
    attack(R"(
      local co = coroutine.create(function() error {} end)
      coroutine.resume(co)
      local r = coroutine.resume
      local h
      for i = 1, 3 do pcall(function() while true do h = { h } end end) end
      pcall(function() while true do h = function() return h end end end)
      r(co)
      return 'alive')",
           limits);
  }
}

TEST_CASE("a kill names the limit, the handler and the line") {
  const auto outcome = attack("local n = 0\nwhile true do\nn = n + 1 end");
  REQUIRE(outcome.failure);
  const bool named =
      outcome.failure->message == "fuel: 100000 instructions used up in onGet at line 4" ||
      outcome.failure->message == "fuel: 100000 instructions used up in onGet at line 5";
  INFO(outcome.failure->message);
  CHECK(named);
  CHECK(outcome.traceback.find("onGet") == bytes::npos);  // the host calls it: it has no name
  CHECK(outcome.traceback.find("aso:") == 0);
}

TEST_CASE("memory is refused at the limit and the script may go on") {
  const auto huge = attack("local s = string.rep('x', 1000000000)");
  REQUIRE(huge.failure);
  CHECK(huge.failure->code == errc::memory);
  CHECK(huge.breach);
  CHECK(huge.failure->message.starts_with("memory: 102400 bytes used up in onGet at line "));

  CHECK(text_of(attack("return tostring((pcall(string.rep, 'x', 1000000000)))")) == "false");
  CHECK(attack("local t = {} while true do t[#t + 1] = {} end").failure->code == errc::memory);
  CHECK(attack("local s = 'x' while true do s = s .. s end").failure->code == errc::memory);
  CHECK(attack("local function f(n) return 1 + f(n + 1) end return f(1)").failure);
}

TEST_CASE("a script that ignores the want of memory is killed") {
  const auto outcome = attack("while true do pcall(string.rep, 'x', 1000000000) end");
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->code == errc::memory);
  CHECK(outcome.fuel < 100'000);
}

TEST_CASE("what is not on the allow-list does not exist") {
  for (const char* name :
       {"load", "loadstring", "loadfile", "dofile", "require", "package", "io", "os", "debug",
        "collectgarbage", "print", "warn", "string.dump", "string.pack", "coroutine.close",
        "coroutine.running", "math.randomseed"}) {
    INFO(name);
    CHECK(text_of(attack("return tostring(" + bytes(name) + ")")) == "nil");
  }
}

TEST_CASE("there are no finalizers") {
  const auto outcome = attack("setmetatable({}, {__gc = function() end})");
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->message.find("__gc is not available") != bytes::npos);
}

TEST_CASE("the metatables of strings, globals and libraries are out of reach") {
  CHECK(text_of(attack("return tostring(getmetatable(''))")) == "false");
  CHECK(text_of(attack("return tostring(getmetatable(_G))")) == "false");
  CHECK(text_of(attack("return tostring(getmetatable(string))")) == "false");
  CHECK(attack("setmetatable(_G, {})").failure);
  CHECK(attack("return ('x').y.z").failure);
}

TEST_CASE("no text reveals an address") {
  CHECK(text_of(attack("return tostring({})")) == "table");
  CHECK(text_of(attack("return tostring(print or pairs)")) == "function");
  CHECK(text_of(attack("return string.format('%s', coroutine.create(pairs))")) == "thread");
  CHECK(attack("return string.format('%p', {})").failure);
}

TEST_CASE("an error that is no string is reported without running the script") {
  const auto outcome =
      attack("error(setmetatable({}, {__tostring = function() while true do end end}))");
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->code == errc::script);
  CHECK(outcome.failure->message.find("not a string but a table") != bytes::npos);
}

TEST_CASE("weak tables are strong") {
  CHECK(text_of(attack(R"(
    local t = setmetatable({}, { __mode = 'kv' })
    t[1] = {}
    for i = 1, 3000 do local garbage = { i } end
    return type(t[1]))")) == "table");
}

TEST_CASE("one object's changes to its libraries stay in its own state") {
  scripted_object bad("string.upper = function() return 'hijacked' end return { value = 1 }");
  bad.put();
  scripted_object good("return { onGet = function() return ('x'):upper() end }");
  good.put();
  CHECK(text_of(good.get()) == "X");
}
