#include "lua/stack_trace.hpp"

#include <catch2/catch_test_macros.hpp>

#include "lua/lua_api.hpp"

using namespace comet;
using namespace comet::lua;

namespace {

/// Runs `code` on a thread up to its error and leaves the stack as it then is.
lua_State* failed_thread(lua_State* L, const char* code) {
  lua_State* co = lua_newthread(L);
  REQUIRE(luaL_loadbufferx(co, code, std::char_traits<char>::length(code), "=aso", "t") == LUA_OK);
  int results = 0;
  REQUIRE(lua_resume(co, L, 0, &results) == LUA_ERRRUN);
  return co;
}

}  // namespace

TEST_CASE("a trace has one line a function, innermost first") {
  lua_State* L = luaL_newstate();
  lua_State* co = failed_thread(L,
                                "local function inner()\n return nil + 1\nend\n"
                                "function outer()\n inner()\n return 1\nend\nouter()\nreturn 1");
  CHECK(trace_of(co) ==
        "aso:2: in upvalue 'inner'\naso:5: in global 'outer'\naso:8: in the script\n");
  CHECK(line_of(co) == " at line 2");
  lua_close(L);
}

TEST_CASE("a deep stack is cut") {
  lua_State* L = luaL_newstate();
  lua_State* co = failed_thread(
      L, "function f(n) if n == 0 then return nil + 1 end return 1 + f(n - 1) end f(100)");
  const bytes trace = trace_of(co);
  CHECK(trace.ends_with("...\n"));
  CHECK(trace.size() < 2'000);
  lua_close(L);
}

TEST_CASE("a thread that runs nothing has neither line nor trace") {
  lua_State* L = luaL_newstate();
  CHECK(line_of(L).empty());
  CHECK(trace_of(L).empty());
  lua_close(L);
}
