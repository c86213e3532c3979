#include "lab/script_values.hpp"

#include <fmt/format.h>

#include "lab/duration_text.hpp"
#include "lab/script_scope.hpp"
#include "lua/lua_api.hpp"

namespace comet::lab {
namespace {

using object::reply;

/// Numbers, strings, then the rest by type.
int rank_of(lua_State* L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TNUMBER: return 0;
    case LUA_TSTRING: return 1;
    default: return 2 + lua_type(L, index);
  }
}

int key_before(lua_State* L) {
  const int a = rank_of(L, 1);
  const int b = rank_of(L, 2);
  const bool comparable = a == b && a < 2;
  lua_pushboolean(L, comparable ? lua_compare(L, 1, 2, LUA_OPLT) : static_cast<int>(a < b));
  return 1;
}

void push_map(lua_State* L, const reply& map) {
  lua_newtable(L);
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2) {
    if (map.items[i].what == reply::kind::null) continue;
    push_reply(L, map.items[i]);
    push_reply(L, map.items[i + 1]);
    lua_rawset(L, -3);
  }
}

void push_list(lua_State* L, const reply& list) {
  lua_newtable(L);
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    push_reply(L, list.items[i]);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i + 1));
  }
}

}  // namespace

void push_text(lua_State* L, bytes_view text) {
  lua_pushlstring(L, text.data(), text.size());
}

void push_reply(lua_State* L, const reply& r) {
  luaL_checkstack(L, 6, "a reply of many levels");
  switch (r.what) {
    case reply::kind::null: return lua_pushnil(L);
    case reply::kind::integer: return lua_pushinteger(L, r.integer);
    case reply::kind::real: return lua_pushnumber(L, r.real);
    case reply::kind::boolean: return lua_pushboolean(L, static_cast<int>(r.integer != 0));
    case reply::kind::status:
    case reply::kind::failure:
    case reply::kind::bulk:
    case reply::kind::verbatim: return push_text(L, r.text);
    case reply::kind::map: return push_map(L, r);
    case reply::kind::array:
    case reply::kind::set:
    case reply::kind::push: return push_list(L, r);
  }
}

void append_word(lua_State* L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TSTRING: break;
    case LUA_TNUMBER: break;
    case LUA_TBOOLEAN:
      scope_of(L).words.emplace_back(lua_toboolean(L, index) != 0 ? "true" : "false");
      return;
    default:
      luaL_argerror(
          L, index,
          lua_pushfstring(L, "text, a number or a boolean expected, got %s",
                          lua_type(L, index) == LUA_TNONE ? "nothing" : luaL_typename(L, index)));
  }
  lua_pushvalue(L, index);
  std::size_t size = 0;
  const char* text = lua_tolstring(L, -1, &size);
  scope_of(L).words.emplace_back(text, size);
  lua_pop(L, 1);
}

bytes_view text_argument(lua_State* L, int index) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(L, index, &size);
  return {text, size};
}

std::chrono::milliseconds duration_argument(lua_State* L, int index, const char* what) {
  script_scope& s = scope_of(L);
  const int type = lua_type(L, index);
  if (type != LUA_TNUMBER && type != LUA_TSTRING)
    luaL_error(L, "%s: a duration is a number of seconds or text like \"1h 30m\", not %s", what,
               type == LUA_TNONE ? "nothing" : luaL_typename(L, index));
  std::chrono::milliseconds span{0};
  const bool is_one = type == LUA_TNUMBER
                          ? succeeded(s, duration_of_seconds(lua_tonumber(L, index)), span)
                          : succeeded(s, parse_duration(text_argument(L, index)), span);
  if (!is_one) {
    s.problem = fmt::format("{}: {}", what, s.problem);
    raise_problem(L);
  }
  return span;
}

void push_sorted_keys(lua_State* L, int index) {
  index = lua_absindex(L, index);
  luaL_checkstack(L, 8, "keys of a table");
  lua_newtable(L);
  const int keys = lua_gettop(L);
  lua_Integer count = 0;
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_rawseti(L, keys, ++count);
  }
  lua_getfield(L, LUA_REGISTRYINDEX, "comet.sort");
  lua_pushvalue(L, keys);
  lua_pushcfunction(L, key_before);
  lua_call(L, 2, 0);
}

void check_names(lua_State* L, int index, const char* what, const char* const* names) {
  luaL_argcheck(L, lua_istable(L, index), index, "a table of options expected");
  push_sorted_keys(L, index);
  const auto count = static_cast<lua_Integer>(lua_rawlen(L, -1));
  for (lua_Integer i = 1; i <= count; ++i) {
    lua_rawgeti(L, -1, i);
    const bytes_view name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    const char* const* known = names;
    while (*known != nullptr && name != *known)
      ++known;
    if (*known == nullptr) {
      script_scope& s = scope_of(L);
      s.problem = fmt::format("{} has no option '", what);
      luaL_tolstring(L, -1, nullptr);
      s.problem += lua_tostring(L, -1);
      s.problem += "'; there are ";
      for (known = names; *known != nullptr; ++known)
        s.problem.append(known == names ? "" : ", ").append(*known);
      raise_problem(L);
    }
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

}  // namespace comet::lab
