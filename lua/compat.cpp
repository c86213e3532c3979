#include "lua/compat.hpp"

#include <array>
#include <string_view>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "lua/lua_api.hpp"
#include "lua/machine.hpp"
#include "lua/turn_scope.hpp"

namespace comet::lua {

namespace {

/// Its address is the registry's key of the metatable of nodes; that there is one makes the layer.
constexpr char nodes_slot = 0;
constexpr int hashings_max = 5;
constexpr int hashing_charge = 100;
constexpr std::array handler_names{"onGet", "onPut", "onStore", "onUpdate", "onDelete", "onTimer"};

int system_time(lua_State* L) {
  lua_pushinteger(L, to_unix_ms(machine::scope_of(L).now().wall));
  return 1;
}

/// The object's key, hashed so many times: each time the SHA-256 in hexadecimal.
int derived_key(lua_State* L) {
  const lua_Integer times = luaL_optinteger(L, 1, 0);
  luaL_argcheck(L, times >= 0 && times <= hashings_max, 1, "from 0 to 5");
  lua_charge(L, lua_fuelptr(L), times * hashing_charge);
  turn_scope& scope = machine::scope_of(L);
  scope.scratch = scope.key();  // there, so that an error leaves nothing behind
  for (lua_Integer i = 0; i < times; ++i)
    scope.scratch = to_hex(as_bytes(sha256(scope.scratch)));
  lua_pushlstring(L, scope.scratch.data(), scope.scratch.size());
  return 1;
}

/// The text of a field of the table at `index`, valid while the table has it; empty: there is none.
bytes_view text_field(lua_State* L, int index, const char* name) {
  const int table = lua_absindex(L, index);
  lua_pushstring(L, name);
  lua_rawget(L, table);
  std::size_t size = 0;
  const char* text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &size) : "";
  lua_pop(L, 1);
  return {text, size};
}

/// Of a caller its ip, of a node the host of its address.
int node_ip(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  bytes_view ip = text_field(L, 1, "ip");
  if (ip.empty()) {
    ip = text_field(L, 1, "address");
    ip = ip.substr(0, ip.rfind(':'));
    if (ip.starts_with('[') && ip.ends_with(']')) ip = ip.substr(1, ip.size() - 2);
  }
  lua_pushlstring(L, ip.data(), ip.size());
  return 1;
}

bool looks_like_node(lua_State* L, int index) {
  return (!text_field(L, index, "id").empty() && !text_field(L, index, "address").empty()) ||
         (!text_field(L, index, "ip").empty() && !text_field(L, index, "node").empty());
}

void dress_tables(lua_State* L, int table) {
  luaL_checkstack(L, 6, nullptr);
  if (looks_like_node(L, table)) dress_node(L, table);
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    if (lua_istable(L, -1)) dress_tables(L, lua_gettop(L));
    lua_pop(L, 1);
  }
}

/// Pushes a global that the script has set; the libraries' names do not count.
int push_global(lua_State* L, const char* name) {
  lua_pushglobaltable(L);
  lua_pushstring(L, name);
  lua_rawget(L, -2);
  lua_remove(L, -2);
  return lua_type(L, -1);
}

/// Pushes a table of the global functions that have a handler's name; nil when there is none.
void push_bare_handlers(lua_State* L) {
  lua_newtable(L);
  bool any = false;
  for (const char* name : handler_names) {
    if (push_global(L, name) == LUA_TFUNCTION) {
      lua_setfield(L, -2, name);
      any = true;
    } else {
      lua_pop(L, 1);
    }
  }
  if (!any) {
    lua_pop(L, 1);
    return lua_pushnil(L);
  }
  lua_pushvalue(L, -1);
  lua_setglobal(L, "self");
}

}  // namespace

void open_compat(lua_State* L) {
  luaL_checkstack(L, 6, nullptr);
  lua_getglobal(L, "dht");
  lua_pushcfunction(L, system_time);
  lua_setfield(L, -2, "sysTime");
  lua_pushcfunction(L, derived_key);
  lua_setfield(L, -2, "key");
  lua_pop(L, 1);
  lua_createtable(L, 0, 2);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, node_ip);
  lua_setfield(L, -2, "getIP");
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &nodes_slot);
}

bool is_compat(lua_State* L) {
  const bool is = lua_rawgetp(L, LUA_REGISTRYINDEX, &nodes_slot) == LUA_TTABLE;
  lua_pop(L, 1);
  return is;
}

void dress_node(lua_State* L, int index) {
  const int table = lua_absindex(L, index);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &nodes_slot) == LUA_TTABLE) {
    lua_setmetatable(L, table);
  } else {
    lua_pop(L, 1);
  }
}

void dress_nodes(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TTABLE || !is_compat(L)) return;
  const int list = lua_absindex(L, index);
  const auto count = static_cast<lua_Integer>(lua_rawlen(L, list));
  for (lua_Integer i = 1; i <= count; ++i) {
    if (lua_rawgeti(L, list, i) == LUA_TTABLE) dress_node(L, -1);
    lua_pop(L, 1);
  }
}

void dress_state(lua_State* L, int index) {
  if (is_compat(L)) dress_tables(L, lua_absindex(L, index));
}

void push_compat_object(lua_State* L) {
  luaL_checkstack(L, 6, nullptr);
  for (const char* name : {"aso", "object"}) {
    if (push_global(L, name) == LUA_TTABLE) return;
    lua_pop(L, 1);
  }
  push_bare_handlers(L);
}

void name_handlers(lua_State* L, int index) {
  const int table = lua_absindex(L, index);
  lua_pushliteral(L, "onPut");
  const bool has_put = lua_rawget(L, table) == LUA_TFUNCTION;
  lua_pop(L, 1);
  if (has_put) return;
  lua_pushliteral(L, "onPut");
  lua_pushliteral(L, "onStore");
  if (lua_rawget(L, table) == LUA_TFUNCTION) return lua_rawset(L, table);
  lua_pop(L, 2);
}

handler_form compat_form(lua_State* L, int index) {
  const int function = lua_absindex(L, index);
  const auto name_of = [&](int parameter) -> std::string_view {
    lua_pushvalue(L, function);
    const char* name = lua_getlocal(L, nullptr, parameter);
    lua_pop(L, 1);
    return name != nullptr ? name : "";
  };
  const auto first = name_of(1);
  handler_form form;
  form.takes_self = first.empty() || first == "self";
  form.caller_first = name_of(form.takes_self ? 2 : 1).starts_with("caller");
  return form;
}

}  // namespace comet::lua
