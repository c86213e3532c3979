#include "lua/dht_replicas.hpp"

#include <cstring>

#include "lua/compat.hpp"
#include "lua/lua_api.hpp"
#include "lua/machine.hpp"
#include "lua/turn_scope.hpp"

namespace comet::lua {

namespace {

constexpr int look_charge = 50;
constexpr int ask_charge = 500;
constexpr int node_charge = 50;

void push_text(lua_State* L, bytes_view text) {
  lua_pushlstring(L, text.data(), text.size());
}

void push_node(lua_State* L, bytes_view id, bytes_view address) {
  lua_createtable(L, 0, 2);
  push_text(L, id);
  lua_setfield(L, -2, "id");
  push_text(L, address);
  lua_setfield(L, -2, "address");
  dress_node(L, -1);
}

void push_group(lua_State* L, const object::known_group* group) {
  lua_newtable(L);
  if (group == nullptr) return;
  lua_Integer place = 0;
  for (const auto& node : group->members) {
    push_node(L, node.id, node.address);
    lua_rawseti(L, -2, ++place);
  }
}

/// Empty: it is not known here any more.
bytes_view address_of(const object::known_group* group, const digest& node) {
  return group != nullptr ? group->address_of(node) : bytes_view{};
}

void push_asked(lua_State* L, turn_scope& scope) {
  const auto& asked = scope.asked_replicas();
  if (asked.empty()) return lua_pushnil(L);
  lua_createtable(L, 0, 3);
  lua_pushinteger(L, static_cast<lua_Integer>(asked.count));
  lua_setfield(L, -2, "count");
  lua_createtable(L, static_cast<int>(asked.nodes.size()), 0);
  lua_Integer place = 0;
  for (const auto& node : asked.nodes) {
    scope.scratch = to_hex(as_bytes(node));  // there, so that an error leaves nothing behind
    push_node(L, scope.scratch, address_of(scope.group(), node));
    lua_rawseti(L, -2, ++place);
  }
  lua_setfield(L, -2, "nodes");
  if (asked.interval.count() == 0) return;
  lua_pushnumber(L, static_cast<lua_Number>(asked.interval.count()) / 1'000);
  lua_setfield(L, -2, "interval");
}

/// Names the nodes of the list at `index`: ids, or tables with an id, as dht.lookup gives them.
void name_nodes(lua_State* L, const char* function, int index) {
  turn_scope& scope = machine::scope_of(L);
  scope.begin_naming();
  const auto count = static_cast<std::size_t>(lua_rawlen(L, index));
  if (count > scope.limits().replicas_max) {
    scope.refuse_replicas(function, count);
    raise_refusal(L);
  }
  for (std::size_t i = 1; i <= count; ++i) {
    lua_charge(L, lua_fuelptr(L), node_charge);
    if (lua_rawgeti(L, index, static_cast<lua_Integer>(i)) == LUA_TTABLE) {
      lua_pushliteral(L, "id");
      lua_rawget(L, -2);
      lua_remove(L, -2);
    }
    if (lua_type(L, -1) != LUA_TSTRING)
      luaL_error(L, "%s: node %d is neither an id nor a table with an id", function,
                 static_cast<int>(i));
    std::size_t size = 0;
    const char* id = lua_tolstring(L, -1, &size);
    scope.name_node({id, size});
    lua_pop(L, 1);
  }
}

struct asked_options {
  std::optional<std::int64_t> count;
  std::optional<double> interval;
};

/// Reads the option whose name and value are on top of the stack.
void read_option(lua_State* L, asked_options& asked) {
  const char* name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
  if (std::strcmp(name, "count") == 0) {
    int whole = 0;
    asked.count = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &whole) : 0;
    if (whole == 0) luaL_error(L, "dht.replicas: count is a whole number");
  } else if (std::strcmp(name, "nodes") == 0 && lua_type(L, -1) == LUA_TTABLE) {
    name_nodes(L, "dht.replicas", lua_absindex(L, -1));
  } else if (std::strcmp(name, "interval") == 0 && lua_type(L, -1) == LUA_TNUMBER) {
    asked.interval = lua_tonumber(L, -1);
  } else {
    luaL_error(L,
               "dht.replicas: option '%s' is not one of count, nodes, interval, or not of its type",
               name);
  }
}

}  // namespace

int dht_replicas(lua_State* L) {
  turn_scope& scope = machine::scope_of(L);
  if (lua_gettop(L) == 0) {
    lua_charge(L, lua_fuelptr(L), look_charge);
    push_group(L, scope.group());
    push_asked(L, scope);
    return 2;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_charge(L, lua_fuelptr(L), ask_charge);
  scope.begin_naming();
  asked_options asked;
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    read_option(L, asked);
    lua_pop(L, 1);
  }
  const bool taken = scope.ask_for_replicas("dht.replicas", asked.count, asked.interval);
  return taken ? 0 : raise_refusal(L);
}

int put_on_nodes(lua_State* L) {
  turn_scope& scope = machine::scope_of(L);
  std::size_t size = 0;
  const char* key = luaL_checklstring(L, 1, &size);
  const bool is_text = lua_isstring(L, 2) != 0;  // or a number
  if (scope.key() != bytes_view{key, size} || !(is_text || is_self(L, 2)))
    return luaL_error(L,
                      "dht.put: the nodes of the object itself can be chosen, of no other key: "
                      "dht.put(dht.getKey(), self, nodes), or text in the place of self");
  if (!lua_isnoneornil(L, 4))
    return luaL_error(L, "dht.put: with nodes there is nothing to wait for: give no function");
  lua_charge(L, lua_fuelptr(L), ask_charge);
  name_nodes(L, "dht.put", 3);
  if (scope.named() == 0) return luaL_error(L, "dht.put: the list of nodes is empty");
  if (!scope.ask_for_replicas("dht.put", std::nullopt, std::nullopt)) return raise_refusal(L);
  if (is_text) {
    std::size_t value_size = 0;
    const char* value = luaL_checklstring(L, 2, &value_size);
    if (!scope.put_itself({value, value_size})) return raise_refusal(L);
    set_self_value(L, 2);
  }
  lua_pushinteger(L, static_cast<lua_Integer>(scope.recorded.replicas->count));
  return 1;
}

}  // namespace comet::lua
