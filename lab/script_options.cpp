// The options of test(): the network that it runs against.

#include <fmt/format.h>

#include <array>

#include "lab/policy_limits.hpp"
#include "lab/script_scope.hpp"
#include "lab/script_values.hpp"
#include "lua/lua_api.hpp"

namespace comet::lab {
namespace {

/// Pushes the option at `name`; the caller takes it off again.
bool has_option(lua_State* L, int options, const char* name) {
  if (lua_getfield(L, options, name) != LUA_TNIL) return true;
  lua_pop(L, 1);
  return false;
}

/// A whole number on top of the stack.
std::int64_t take_integer(lua_State* L, const char* name, std::int64_t low, std::int64_t high) {
  int is_whole = 0;
  const lua_Integer value = lua_tointegerx(L, -1, &is_whole);
  if (is_whole == 0 || lua_type(L, -1) != LUA_TNUMBER || value < low || value > high)
    luaL_error(L, "test: %s is a whole number from %I to %I", name, static_cast<LUAI_UACINT>(low),
               static_cast<LUAI_UACINT>(high));
  lua_pop(L, 1);
  return value;
}

void read_positions(lua_State* L, int list, world_options& network) {
  if (!lua_istable(L, list)) luaL_error(L, "test: positions is a list of {x, y}");
  const auto count = static_cast<lua_Integer>(lua_rawlen(L, list));
  for (lua_Integer i = 1; i <= count; ++i) {
    lua_rawgeti(L, list, i);
    place where;
    bool is_place = lua_istable(L, -1);
    if (is_place) {
      const int x = lua_rawgeti(L, -1, 1);
      const int y = lua_rawgeti(L, -2, 2);
      is_place = x == LUA_TNUMBER && y == LUA_TNUMBER;
      where = {lua_tonumber(L, -2), lua_tonumber(L, -1)};
      lua_pop(L, 2);
    }
    if (!is_place)
      luaL_error(L, "test: position %d is not {x, y}, two numbers in milliseconds",
                 static_cast<int>(i));
    network.places.push_back(where);
    lua_pop(L, 1);
  }
}

void read_limits(lua_State* L, int limits, world_options& network) {
  script_scope& s = scope_of(L);
  if (!lua_istable(L, limits)) luaL_error(L, "test: limits is a table of names and numbers");
  push_sorted_keys(L, limits);
  const int keys = lua_gettop(L);
  const auto count = static_cast<lua_Integer>(lua_rawlen(L, keys));
  for (lua_Integer i = 1; i <= count; ++i) {
    lua_rawgeti(L, keys, i);
    lua_pushvalue(L, -1);
    lua_rawget(L, limits);
    if (lua_type(L, -2) != LUA_TSTRING || lua_isinteger(L, -1) == 0)
      luaL_error(L, "test: limits is a table of names and whole numbers");
    if (!succeeded(s,
                   set_limit(network.limits, text_argument(L, keys + 1), lua_tointeger(L, -1)))) {
      s.problem.insert(0, "test: ");
      raise_problem(L);
    }
    lua_settop(L, keys);
  }
  lua_settop(L, keys - 1);
}

void read_reach(lua_State* L, world_options& network) {
  const bytes_view reach = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
  if (reach != "any" && reach != "replicas")
    luaL_error(L, "test: handlers_reach is \"replicas\" or \"any\"");
  network.limits.handlers_reach = reach == "any" ? object::reach::any : object::reach::own;
  lua_pop(L, 1);
}

}  // namespace

void read_options(lua_State* L, int index, test_case& test) {
  static constexpr std::array<const char*, 8> names{
      "handlers_reach", "latency", "limit", "limits", "nodes", "positions", "seed", nullptr};
  world_options& network = test.network;
  check_names(L, index, "test", names.data());
  if (has_option(L, index, "nodes"))
    network.nodes = static_cast<std::size_t>(take_integer(L, "nodes", 1, nodes_max));
  if (has_option(L, index, "seed")) {
    network.seed = static_cast<std::uint64_t>(take_integer(L, "seed", 0, INT64_MAX));
    test.own_seed = true;
  }
  if (has_option(L, index, "limit")) {
    network.limit = duration_argument(L, lua_gettop(L), "test: limit");
    lua_pop(L, 1);
  }
  if (has_option(L, index, "latency")) {
    network.latency = duration_argument(L, lua_gettop(L), "test: latency");
    lua_pop(L, 1);
  }
  if (has_option(L, index, "handlers_reach")) read_reach(L, network);
  if (has_option(L, index, "positions")) {
    read_positions(L, lua_gettop(L), network);
    lua_pop(L, 1);
  }
  if (has_option(L, index, "limits")) {
    read_limits(L, lua_gettop(L), network);
    lua_pop(L, 1);
  }
}

}  // namespace comet::lab
