#include "lab/script_comparison.hpp"

#include "base/number.hpp"
#include "lab/script_scope.hpp"
#include "lab/script_values.hpp"
#include "lua/lua_api.hpp"

namespace comet::lab {
namespace {

constexpr int depth_max = 64;             ///< of tables that are compared
constexpr int shown_depth_max = 6;        ///< of tables that are shown
constexpr std::size_t shown_max = 2'000;  ///< bytes, of a value that is shown

/// "[2]" or ".name", in front of what is there already.
void add_step(lua_State* L, int key) {
  bytes& path = scope_of(L).difference;
  if (lua_type(L, key) == LUA_TSTRING) {
    path.insert(0, lua_tostring(L, key));
    path.insert(0, ".");
    return;
  }
  lua_pushvalue(L, key);
  luaL_tolstring(L, -1, nullptr);
  path.insert(0, "]");
  path.insert(0, lua_tostring(L, -1));
  path.insert(0, "[");
  lua_pop(L, 2);
}

bool are_equal_at(lua_State* L, int a, int b, int depth);

/// Each key of `a` against `b`, or only whether `b` has none that `a` lacks.
bool covers(lua_State* L, int a, int b, int depth, bool with_values) {
  push_sorted_keys(L, b);
  const int keys = lua_gettop(L);
  const auto count = static_cast<lua_Integer>(lua_rawlen(L, keys));
  for (lua_Integer i = 1; i <= count; ++i) {
    lua_rawgeti(L, keys, i);
    lua_pushvalue(L, -1);
    lua_rawget(L, a);
    lua_pushvalue(L, -2);
    lua_rawget(L, b);
    const int top = lua_gettop(L);
    const bool same =
        with_values ? are_equal_at(L, top - 1, top, depth - 1) : !lua_isnil(L, top - 1);
    if (!same) add_step(L, top - 2);
    lua_settop(L, same ? keys : keys - 1);
    if (!same) return false;
  }
  lua_settop(L, keys - 1);
  return true;
}

bool are_equal_at(lua_State* L, int a, int b, int depth) {
  if (lua_rawequal(L, a, b) != 0) return true;
  if (lua_type(L, a) == LUA_TNUMBER && lua_type(L, b) == LUA_TNUMBER)
    return lua_tonumber(L, a) != lua_tonumber(L, a) && lua_tonumber(L, b) != lua_tonumber(L, b);
  if (lua_type(L, a) != LUA_TTABLE || lua_type(L, b) != LUA_TTABLE) return false;
  if (depth == 0)
    luaL_error(L, "cannot compare tables deeper than %d, or part of a cycle", depth_max);
  luaL_checkstack(L, 10, "tables that are compared");
  return covers(L, a, b, depth, true) && covers(L, b, a, depth, false);
}

void describe_number(lua_State* L, int index, bytes& out) {
  if (lua_isinteger(L, index) != 0) {
    out += std::to_string(lua_tointeger(L, index));
    return;
  }
  const std::size_t before = out.size();
  out += format_double(lua_tonumber(L, index));
  if (out.find_first_not_of("-0123456789", before) == bytes::npos) out += ".0";
}

bool is_name(bytes_view text) {
  constexpr bytes_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  return !text.empty() && letters.find(text[0]) != bytes_view::npos &&
         text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == bytes_view::npos;
}

void describe_at(lua_State* L, int index, bytes& out, int depth);

void describe_key(lua_State* L, int key, bytes& out) {
  if (lua_type(L, key) == LUA_TSTRING && is_name(lua_tostring(L, key))) {
    out += lua_tostring(L, key);
  } else {
    out += '[';
    describe_at(L, key, out, 1);
    out += ']';
  }
  out += " = ";
}

void describe_table(lua_State* L, int index, bytes& out, int depth) {
  luaL_checkstack(L, 6, "a table that is shown");
  push_sorted_keys(L, index);
  const int keys = lua_gettop(L);
  const auto count = static_cast<lua_Integer>(lua_rawlen(L, keys));
  lua_Integer next = 1;  // of the list that the table begins with
  out += '{';
  for (lua_Integer i = 1; i <= count && out.size() < shown_max; ++i) {
    if (i > 1) out += ", ";
    lua_rawgeti(L, keys, i);
    const bool in_list = lua_isinteger(L, -1) != 0 && lua_tointeger(L, -1) == next;
    if (in_list) {
      ++next;
    } else {
      describe_key(L, lua_gettop(L), out);
    }
    lua_rawget(L, index);
    describe_at(L, lua_gettop(L), out, depth - 1);
    lua_settop(L, keys);
  }
  lua_settop(L, keys - 1);
  out += out.size() < shown_max ? "}" : " ...}";
}

void describe_at(lua_State* L, int index, bytes& out, int depth) {
  switch (lua_type(L, index)) {
    case LUA_TNUMBER: return describe_number(L, index, out);
    case LUA_TSTRING:
      out += '"' + printable(shortened(text_argument(L, index), shown_max)) + '"';
      return;
    case LUA_TTABLE:
      if (depth > 0) return describe_table(L, index, out, depth);
      out += "{...}";
      return;
    default:
      luaL_tolstring(L, index, nullptr);
      out += lua_tostring(L, -1);
      lua_pop(L, 1);
  }
}

}  // namespace

bool are_equal(lua_State* L, int a, int b) {
  scope_of(L).difference.clear();
  return are_equal_at(L, lua_absindex(L, a), lua_absindex(L, b), depth_max);
}

void describe(lua_State* L, int index, bytes& out) {
  describe_at(L, lua_absindex(L, index), out, shown_depth_max);
}

}  // namespace comet::lab
