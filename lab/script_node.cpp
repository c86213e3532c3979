// A node in a test: its number, id and address, and what may happen to it.

#include <fmt/format.h>

#include "lab/script_scope.hpp"
#include "lab/script_values.hpp"
#include "lua/lua_api.hpp"

namespace comet::lab {
namespace {

constexpr const char* type_name = "node";

/// Does one thing to the node at 1; the node again, so that calls can follow each other.
template <result<void> (world::*Do)(node_number)>
int act(lua_State* L) {
  script_scope& s = scope_with_network(L);
  const node_number number = node_argument(L, 1);
  if (!succeeded(s, (s.network->*Do)(number))) return raise_problem(L);
  lua_settop(L, 1);
  return 1;
}

/// Its fields are asked of the network each time: an id is another one after wipe().
bool look(script_scope& s, node_number number, node_view& seen) {
  return succeeded(s, s.network->look(number), seen);
}

int is_up(lua_State* L) {
  script_scope& s = scope_with_network(L);
  const node_number number = node_argument(L, 1);
  bool up = false;
  bool known = false;
  {
    node_view seen;
    known = look(s, number, seen);
    up = seen.up;
  }
  if (!known) return raise_problem(L);
  lua_pushboolean(L, static_cast<int>(up));
  return 1;
}

/// Methods are upvalue 1.
int field(lua_State* L) {
  script_scope& s = scope_with_network(L);
  const node_number number = node_argument(L, 1);
  const bytes_view name = text_argument(L, 2);
  if (name == "number") {
    lua_pushinteger(L, static_cast<lua_Integer>(number));
    return 1;
  }
  if (name != "id" && name != "address") {
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    return 1;
  }
  bool known = false;
  {
    node_view seen;
    known = look(s, number, seen);
    s.text = name == "id" ? seen.id : seen.address;
  }
  if (!known) return raise_problem(L);
  push_text(L, s.text);
  return 1;
}

int shown(lua_State* L) {
  lua_pushfstring(L, "node %d", static_cast<int>(node_argument(L, 1)));
  return 1;
}

int same(lua_State* L) {
  lua_pushboolean(L, static_cast<int>(node_argument(L, 1) == node_argument(L, 2)));
  return 1;
}

constexpr luaL_Reg methods[] = {
    {"kill", act<&world::kill>},
    {"stop", act<&world::stop>},
    {"start", act<&world::start>},
    {"restart", act<&world::restart>},
    {"wipe", act<&world::wipe>},
    {"pause", act<&world::pause>},
    {"resume", act<&world::resume>},
    {"is_up", is_up},
    {nullptr, nullptr},
};

}  // namespace

void open_nodes(lua_State* L) {
  luaL_newmetatable(L, type_name);
  luaL_newlib(L, methods);
  lua_pushcclosure(L, field, 1);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, shown);
  lua_setfield(L, -2, "__tostring");
  lua_pushcfunction(L, same);
  lua_setfield(L, -2, "__eq");
  lua_pop(L, 1);
}

void push_node(lua_State* L, node_number number) {
  *static_cast<node_number*>(lua_newuserdatauv(L, sizeof(node_number), 0)) = number;
  luaL_setmetatable(L, type_name);
}

node_number node_argument(lua_State* L, int index) {
  if (const void* found = luaL_testudata(L, index, type_name); found != nullptr)
    return *static_cast<const node_number*>(found);
  if (lua_type(L, index) != LUA_TNUMBER) luaL_typeerror(L, index, "a node or its number");
  const lua_Integer number = luaL_checkinteger(L, index);
  luaL_argcheck(L, number >= 1, index, "nodes are numbered from 1");
  return static_cast<node_number>(number);
}

}  // namespace comet::lab
