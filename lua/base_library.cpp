// Global functions that replace Lua's own: error with words for who asked, setmetatable without
// finalizers, seeded random numbers.

#include <array>

#include "lua/allow_list.hpp"
#include "lua/lua_api.hpp"
#include "lua/machine.hpp"
#include "lua/turn_scope.hpp"

namespace comet::lua {

namespace {

/// A finalizer is registered only here, so refusing __gc here is enough: added later it is inert.
int set_metatable(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  const int type = lua_type(L, 2);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
    return luaL_error(L, "cannot change a protected metatable");
  lua_settop(L, 2);
  if (type == LUA_TTABLE) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "__gc is not available");
    lua_pop(L, 1);
  }
  lua_setmetatable(L, 1);
  return 1;
}

int random(lua_State* L) {
  lua_Integer low = 1;
  lua_Integer high = 0;
  prng& chance = machine::scope_of(L).chance();
  switch (lua_gettop(L)) {
    case 0: lua_pushnumber(L, chance.unit()); return 1;
    case 1: high = luaL_checkinteger(L, 1); break;
    case 2:
      low = luaL_checkinteger(L, 1);
      high = luaL_checkinteger(L, 2);
      break;
    default: return luaL_error(L, "wrong number of arguments");
  }
  if (lua_gettop(L) == 1 && high == 0) {
    lua_pushinteger(L, static_cast<lua_Integer>(chance()));
    return 1;
  }
  luaL_argcheck(L, low <= high, lua_gettop(L), "interval is empty");
  const auto width = static_cast<lua_Unsigned>(high) - static_cast<lua_Unsigned>(low);
  const lua_Unsigned drawn = width == ~lua_Unsigned{0} ? chance() : chance.below(width + 1);
  lua_pushinteger(L, static_cast<lua_Integer>(static_cast<lua_Unsigned>(low) + drawn));
  return 1;
}

/// As Lua's own; besides, the machine learns what is said to who asked.
int raise(lua_State* L) {
  const auto level = static_cast<int>(luaL_optinteger(L, 2, 1));
  lua_settop(L, 1);
  if (lua_type(L, 1) != LUA_TSTRING) return lua_error(L);
  if (level > 0) {
    luaL_where(L, level);
    lua_insert(L, 1);
    lua_concat(L, 2);
  } else {
    machine::of(L).note_own_words(L);
  }
  return lua_error(L);
}

constexpr auto entries = std::to_array<library_entry>({
    {"",
     "error",
     raise,
     {.signature = "error(message: any, level?: integer)",
      .summary = "Raises an error. A string gets the place before it: of the caller (level 1, "
                 "default), of the caller's caller (2), or none (0). What ends a turn with level 0 "
                 "is told to who asked word for word, without handler, line and traceback.",
      .cost = "16 for each error raised, by whatever it is",
      .example = R"lua(pcall(error, "closed", 0) --> false, "closed")lua"}},
    {"",
     "setmetatable",
     set_metatable,
     {.signature = "setmetatable(table: table, metatable: table?) -> table",
      .summary = "Sets or removes the metatable and gives the table. Metatables are not stored; "
                 "`__mode` has no effect.",
      .errors = "A metatable with `__gc`. A table whose metatable has `__metatable`.",
      .example = R"lua(setmetatable({}, {__index = {colour = "blue"}}).colour --> "blue"
pcall(setmetatable, {}, {__gc = pairs}) --> false, "__gc is not available")lua"}},
    {"math",
     "random",
     random,
     {.signature = "math.random() -> number\n"
                   "math.random(max: integer) -> integer\n"
                   "math.random(min: integer, max: integer) -> integer",
      .summary = "A number from 0 up to 1, an integer from 1 to max, or from min to max; "
                 "`math.random(0)` gives any integer. There is no randomseed. Not for secrets.",
      .errors = "An empty interval.",
      .example = "math.random(3, 3) --> 3\n"
                 "math.random() < 1 --> true"}},
    {"comet",
     "random",
     random,
     {.signature = "comet.random() -> number\n"
                   "comet.random(max: integer) -> integer\n"
                   "comet.random(min: integer, max: integer) -> integer",
      .summary = "The same function as math.random.",
      .errors = "An empty interval.",
      .example = "comet.random(1) --> 1"}},
});

}  // namespace

std::span<const library_entry> base_functions() {
  return entries;
}

}  // namespace comet::lua
