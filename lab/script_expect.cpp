// expect.*: what a test holds to be true, and what it says when that is not so.

#include <fmt/format.h>

#include "lab/script_comparison.hpp"
#include "lab/script_scope.hpp"
#include "lua/lua_api.hpp"

namespace comet::lab {
namespace {

/// Begins an unmet expectation: its subject is the argument `what`, when the test gave one.
expectation& begin(lua_State* L, int what) {
  if (!lua_isnoneornil(L, what)) luaL_checkstring(L, what);
  expectation& unmet = scope_of(L).unmet;
  unmet = {};
  if (!lua_isnoneornil(L, what)) unmet.what = lua_tostring(L, what);
  return unmet;
}

int raise_unmet(lua_State* L, const char* without_subject) {
  script_scope& s = scope_of(L);
  if (s.unmet.what.empty()) s.unmet.what = without_subject;
  s.unmet.message = fmt::format("{}\n  expected: {}\n  actual:   {}", s.unmet.what,
                                s.unmet.expected, s.unmet.actual);
  s.problem = s.unmet.message;
  return raise_problem(L);
}

int expect_equal(lua_State* L) {
  luaL_checkany(L, 2);
  if (are_equal(L, 1, 2)) return 0;
  expectation& unmet = begin(L, 3);
  describe(L, 1, unmet.actual);
  describe(L, 2, unmet.expected);
  const bytes& where = scope_of(L).difference;
  if (!where.empty()) unmet.actual += "  (they differ at " + where + ")";
  return raise_unmet(L, "the values are not equal");
}

int expect_truth(lua_State* L, bool wanted) {
  luaL_checkany(L, 1);
  if ((lua_toboolean(L, 1) != 0) == wanted) return 0;
  expectation& unmet = begin(L, 2);
  describe(L, 1, unmet.actual);
  unmet.expected = wanted ? "anything but nil and false" : "nil or false";
  return raise_unmet(L, wanted ? "the value is not true" : "the value is not false");
}
int expect_truthy(lua_State* L) {
  return expect_truth(L, true);
}
int expect_falsy(lua_State* L) {
  return expect_truth(L, false);
}

/// Is the string at `text` one that the pattern finds?
bool is_matched(lua_State* L, int text, int pattern) {
  lua_getfield(L, LUA_REGISTRYINDEX, "comet.find");
  lua_pushvalue(L, text);
  lua_pushvalue(L, pattern);
  lua_call(L, 2, 1);
  const bool found = !lua_isnil(L, -1);
  lua_pop(L, 1);
  return found;
}

int raise_unmatched(lua_State* L, int text, int pattern, const char* subject) {
  expectation& unmet = scope_of(L).unmet;
  unmet = {};
  describe(L, text, unmet.actual);
  describe(L, pattern, unmet.expected);
  unmet.expected += " (a pattern)";
  return raise_unmet(L, subject);
}

int expect_matches(lua_State* L) {
  luaL_checkstring(L, 2);
  if (lua_type(L, 1) == LUA_TSTRING && is_matched(L, 1, 2)) return 0;
  return raise_unmatched(L, 1, 2, "the text does not match");
}

int expect_fails(lua_State* L) {
  luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  const int status = lua_pcall(L, lua_gettop(L) - 2, 0, 0);
  if (status == LUA_ERRKILL) lua_kill(L);
  lua_settop(L, status == LUA_OK ? 1 : 2);
  if (status == LUA_OK) {
    expectation& unmet = scope_of(L).unmet;
    unmet = {};
    describe(L, 1, unmet.expected);
    unmet.expected = "an error that matches " + unmet.expected;
    unmet.actual = "no error";
    return raise_unmet(L, "it does not fail");
  }
  luaL_tolstring(L, 2, nullptr);
  if (!is_matched(L, 3, 1)) return raise_unmatched(L, 3, 1, "it fails for another reason");
  return 1;
}

int raise_outside(lua_State* L, const char* subject) {
  expectation& unmet = scope_of(L).unmet;
  describe(L, 1, unmet.actual);
  return raise_unmet(L, subject);
}

int expect_near(lua_State* L) {
  const lua_Number expected = luaL_checknumber(L, 2);
  const lua_Number tolerance = luaL_checknumber(L, 3);
  const bool is_number = lua_type(L, 1) == LUA_TNUMBER;
  const lua_Number off = is_number ? lua_tonumber(L, 1) - expected : 0;
  if (is_number && off <= tolerance && -off <= tolerance) return 0;
  expectation& unmet = begin(L, 4);
  describe(L, 2, unmet.expected);
  unmet.expected += " +- ";
  describe(L, 3, unmet.expected);
  return raise_outside(L, "the number is not near");
}

int expect_between(lua_State* L) {
  const lua_Number low = luaL_checknumber(L, 2);
  const lua_Number high = luaL_checknumber(L, 3);
  const bool is_number = lua_type(L, 1) == LUA_TNUMBER;
  if (is_number && lua_tonumber(L, 1) >= low && lua_tonumber(L, 1) <= high) return 0;
  expectation& unmet = begin(L, 4);
  describe(L, 2, unmet.expected);
  unmet.expected += " to ";
  describe(L, 3, unmet.expected);
  return raise_outside(L, "the number is not between");
}

int expect_contains(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 2);
  const auto count = static_cast<lua_Integer>(lua_rawlen(L, 1));
  for (lua_Integer i = 1; i <= count; ++i) {
    lua_rawgeti(L, 1, i);
    if (are_equal(L, -1, 2)) return 0;
    lua_pop(L, 1);
  }
  expectation& unmet = begin(L, 3);
  describe(L, 2, unmet.expected);
  unmet.expected = "a list that contains " + unmet.expected;
  describe(L, 1, unmet.actual);
  return raise_unmet(L, "the list does not contain it");
}

constexpr luaL_Reg expectations[] = {
    {"equal", expect_equal},     {"truthy", expect_truthy},     {"falsy", expect_falsy},
    {"matches", expect_matches}, {"fails", expect_fails},       {"near", expect_near},
    {"between", expect_between}, {"contains", expect_contains}, {nullptr, nullptr},
};

}  // namespace

void open_expectations(lua_State* L) {
  luaL_newlib(L, expectations);
  lua_setglobal(L, "expect");
}

}  // namespace comet::lab
