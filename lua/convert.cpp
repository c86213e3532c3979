#include "lua/convert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/number.hpp"
#include "lua/lua_api.hpp"

namespace comet::lua {

namespace {

using object::reply;

constexpr std::size_t item_cost = 16;

class converter {
 public:
  converter(lua_State* L, const reply_limits& limits) : L_(L), left_(limits.bytes_max) {}

  result<reply> value(int index, int depth) {
    if (left_ < item_cost) return error{errc::script, "the answer is too large"};
    left_ -= item_cost;
    switch (lua_type(L_, index)) {
      case LUA_TNIL:
      case LUA_TNONE: return reply::null();
      case LUA_TBOOLEAN: return reply::truth(lua_toboolean(L_, index) != 0);
      case LUA_TNUMBER: return number(index);
      case LUA_TSTRING: return string(index);
      case LUA_TTABLE: return table(index, depth);
      default:
        return error{errc::script, fmt::format("a {} cannot be an answer, nor part of one",
                                               luaL_typename(L_, index))};
    }
  }

 private:
  reply number(int index) {
    if (lua_isinteger(L_, index) != 0) return reply::number(lua_tointeger(L_, index));
    return reply::real_number(lua_tonumber(L_, index));
  }

  result<reply> string(int index) {
    std::size_t size = 0;
    const char* text = lua_tolstring(L_, index, &size);
    if (size > left_) return error{errc::script, "the answer is too large"};
    left_ -= size;
    return reply::bulk(bytes(text, size));
  }

  /// The walk charges for the holes it passes: they count as if they were part of the answer.
  bool is_array(int index) {
    const lua_Integer before = *lua_fuelptr(L_);
    const bool array = has_array_keys(index);
    const auto charged = static_cast<std::size_t>(before - *lua_fuelptr(L_));
    left_ -= std::min(left_, charged);
    return array;
  }

  bool has_array_keys(int index) {
    const auto border = static_cast<lua_Unsigned>(lua_rawlen(L_, index));
    lua_Unsigned count = 0;
    lua_pushnil(L_);
    while (lua_next(L_, index) != 0) {
      lua_pop(L_, 1);
      ++count;
      const bool within = lua_isinteger(L_, -1) != 0 &&
                          static_cast<lua_Unsigned>(lua_tointeger(L_, -1)) - 1U < border;
      if (within) continue;
      lua_pop(L_, 1);
      return false;
    }
    return count == border;
  }

  result<reply> table(int index, int depth) {
    if (depth == 0) return error{errc::script, "the answer is too deep, or a cycle"};
    if (lua_checkstack(L_, 4) == 0) return error{errc::memory, "no memory to convert the answer"};
    return is_array(index) ? array(index, depth) : map(index, depth);
  }

  result<reply> array(int index, int depth) {
    std::vector<reply> items;
    const auto count = static_cast<lua_Integer>(lua_rawlen(L_, index));
    for (lua_Integer i = 1; i <= count; ++i) {
      lua_rawgeti(L_, index, i);
      auto item = value(lua_gettop(L_), depth - 1);
      lua_pop(L_, 1);
      if (!item) return std::move(item).failure();
      items.push_back(std::move(*item));
    }
    return reply::list(std::move(items));
  }

  result<reply> map(int index, int depth) {
    std::vector<std::pair<reply, reply>> entries;
    lua_pushnil(L_);
    while (lua_next(L_, index) != 0) {
      const int top = lua_gettop(L_);
      auto key = value(top - 1, depth - 1);
      if (!key) return leave_at(top - 2, std::move(key).failure());
      auto item = value(top, depth - 1);
      if (!item) return leave_at(top - 2, std::move(item).failure());
      entries.emplace_back(std::move(*key), std::move(*item));
      lua_settop(L_, top - 1);
    }
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return key_before(a.first, b.first); });
    std::vector<reply> items;
    items.reserve(2 * entries.size());
    for (auto& [key, item] : entries) {
      items.push_back(std::move(key));
      items.push_back(std::move(item));
    }
    return reply::map(std::move(items));
  }

  error leave_at(int top, error why) {
    lua_settop(L_, top);
    return why;
  }

  /// Numbers by value, then booleans, then text by its bytes.
  static bool key_before(const reply& a, const reply& b) {
    const auto rank = [](const reply& key) {
      const bool integer = key.what == reply::kind::integer;
      const bool is_number = integer || key.what == reply::kind::real;
      const double number = integer ? static_cast<double>(key.integer) : key.real;
      const int kind = is_number ? 0 : key.what == reply::kind::boolean ? 1 : 2;
      return std::tuple(kind, number, key.integer, bytes_view(key.text));
    };
    return rank(a) < rank(b);
  }

  lua_State* L_;
  std::size_t left_;
};

void push_items(lua_State* L, const reply& r) {
  lua_createtable(L, static_cast<int>(r.items.size()), 0);
  lua_Integer at = 0;
  for (const auto& item : r.items) {
    push_reply(L, item);
    lua_rawseti(L, -2, ++at);
  }
}

void push_entries(lua_State* L, const reply& r) {
  lua_createtable(L, 0, static_cast<int>(r.items.size() / 2));
  for (std::size_t i = 0; i + 1 < r.items.size(); i += 2) {
    push_reply(L, r.items[i]);
    const bool is_nan = lua_type(L, -1) == LUA_TNUMBER && lua_rawequal(L, -1, -1) == 0;
    if (lua_isnil(L, -1) || is_nan) {  // cannot be a key
      lua_pop(L, 1);
      continue;
    }
    push_reply(L, r.items[i + 1]);
    lua_rawset(L, -3);
  }
}

}  // namespace

result<reply> to_reply(lua_State* L, int index, const reply_limits& limits) {
  return converter(L, limits).value(lua_absindex(L, index), limits.depth_max);
}

std::optional<bytes> to_text(lua_State* L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TBOOLEAN: return lua_toboolean(L, index) != 0 ? "true" : "false";
    case LUA_TNUMBER:
      if (lua_isinteger(L, index) != 0) return fmt::format("{}", lua_tointeger(L, index));
      return format_double(lua_tonumber(L, index));
    case LUA_TSTRING: {
      std::size_t size = 0;
      const char* text = lua_tolstring(L, index, &size);
      return bytes(text, size);
    }
    default: return std::nullopt;
  }
}

void push_reply(lua_State* L, const reply& r) {
  luaL_checkstack(L, 4, nullptr);
  switch (r.what) {
    case reply::kind::null: return lua_pushnil(L);
    case reply::kind::integer: return lua_pushinteger(L, r.integer);
    case reply::kind::real: return lua_pushnumber(L, r.real);
    case reply::kind::boolean: return lua_pushboolean(L, r.integer != 0 ? 1 : 0);
    case reply::kind::status:
    case reply::kind::failure:
    case reply::kind::bulk:
    case reply::kind::verbatim: lua_pushlstring(L, r.text.data(), r.text.size()); return;
    case reply::kind::array:
    case reply::kind::set:
    case reply::kind::push: return push_items(L, r);
    case reply::kind::map: return push_entries(L, r);
  }
}

}  // namespace comet::lua
