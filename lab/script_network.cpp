// net: the network of a test, its nodes, its time, what goes wrong in it.

#include <array>

#include "lab/script_inspection.hpp"
#include "lab/script_scope.hpp"
#include "lab/script_values.hpp"
#include "lab/stoppable_advance.hpp"
#include "lua/lua_api.hpp"

namespace comet::lab {
namespace {

constexpr const char* network_type = "network";

/// `net` is argument 1 of every method.
script_scope& own_scope(lua_State* L) {
  luaL_checkudata(L, 1, network_type);
  return scope_with_network(L);
}

// Clients and nodes ------------------------------------------------------------------------------

/// The option as text for `out`; nothing changes when there is none.
void read_text(lua_State* L, int options, const char* name, bytes& out) {
  if (lua_getfield(L, options, name) != LUA_TNIL) {
    if (lua_type(L, -1) != LUA_TSTRING)
      luaL_error(L, "client: %s is text, not %s", name, luaL_typename(L, -1));
    out = lua_tostring(L, -1);
  }
  lua_pop(L, 1);
}

int connect(lua_State* L) {
  static constexpr std::array<const char*, 5> names{"ip", "node", "port", "user", nullptr};
  script_scope& s = own_scope(L);
  if (lua_isnoneornil(L, 2)) {
    lua_settop(L, 1);
    lua_newtable(L);
  }
  check_names(L, 2, "client", names.data());
  s.client = {};
  read_text(L, 2, "user", s.client.user);
  read_text(L, 2, "ip", s.client.ip);
  if (lua_getfield(L, 2, "node") != LUA_TNIL) s.client.node = node_argument(L, lua_gettop(L));
  if (lua_getfield(L, 2, "port") != LUA_TNIL) {
    const lua_Integer port = luaL_checkinteger(L, -1);
    if (port < 1 || port > UINT16_MAX) return luaL_error(L, "client: a port is 1 to 65535");
    s.client.port = static_cast<std::uint16_t>(port);
  }
  client_id id = 0;
  if (!succeeded(s, s.network->connect(s.client), id)) return raise_problem(L);
  push_client(L, id);
  return 1;
}

int nodes(lua_State* L) {
  const std::size_t count = own_scope(L).network->nodes();
  lua_newtable(L);
  for (std::size_t i = 1; i <= count; ++i) {
    push_node(L, i);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i));
  }
  return 1;
}

int node(lua_State* L) {
  script_scope& s = own_scope(L);
  const node_number number = node_argument(L, 2);
  if (number > s.network->nodes())
    return luaL_error(L, "there is no node %d: there are %d", static_cast<int>(number),
                      static_cast<int>(s.network->nodes()));
  push_node(L, number);
  return 1;
}

int add(lua_State* L) {
  script_scope& s = own_scope(L);
  const lua_Integer count = luaL_optinteger(L, 2, 1);
  luaL_argcheck(L, count >= 1, 2, "how many nodes to add");
  if (!succeeded(s, s.network->add(static_cast<std::size_t>(count)), s.numbers))
    return raise_problem(L);
  lua_newtable(L);
  for (std::size_t i = 0; i < s.numbers.size(); ++i) {
    push_node(L, s.numbers[i]);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i + 1));
  }
  return 1;
}

// Time -------------------------------------------------------------------------------------------

int let_time_pass(lua_State* L) {
  script_scope& s = own_scope(L);
  const auto span = duration_argument(L, 2, "advance");
  const bool passed = s.stop == nullptr ? succeeded(s, s.network->advance(span))
                                        : succeeded(s, advance(*s.network, span, *s.stop));
  return passed ? 0 : raise_problem(L);
}

int now(lua_State* L) {
  lua_pushinteger(L, to_unix_ms(own_scope(L).network->now()));
  return 1;
}

int settle(lua_State* L) {
  script_scope& s = own_scope(L);
  if (!succeeded(s, s.network->settle())) return raise_problem(L);
  return 0;
}

int random(lua_State* L) {
  script_scope& s = own_scope(L);
  const lua_Integer bound = luaL_checkinteger(L, 2);
  luaL_argcheck(L, bound >= 1, 2, "a bound of 1 or more");
  lua_pushinteger(L,
                  static_cast<lua_Integer>(s.network->random(static_cast<std::uint64_t>(bound))));
  return 1;
}

// What goes wrong --------------------------------------------------------------------------------

int partition(lua_State* L) {
  script_scope& s = own_scope(L);
  s.groups.clear();
  const int last = lua_gettop(L);
  for (int group = 2; group <= last; ++group) {
    luaL_checktype(L, group, LUA_TTABLE);
    s.groups.emplace_back();
    const auto count = static_cast<lua_Integer>(lua_rawlen(L, group));
    for (lua_Integer i = 1; i <= count; ++i) {
      lua_rawgeti(L, group, i);
      s.groups.back().push_back(node_argument(L, lua_gettop(L)));
      lua_pop(L, 1);
    }
  }
  if (!succeeded(s, s.network->partition(s.groups))) return raise_problem(L);
  return 0;
}

int heal(lua_State* L) {
  script_scope& s = own_scope(L);
  if (!succeeded(s, s.network->heal())) return raise_problem(L);
  return 0;
}

int link(lua_State* L) {
  static constexpr std::array<const char*, 3> names{"delay", "drop", nullptr};
  script_scope& s = own_scope(L);
  const node_number a = node_argument(L, 2);
  const node_number b = node_argument(L, 3);
  check_names(L, 4, "link", names.data());
  link_terms terms;
  if (lua_getfield(L, 4, "delay") != LUA_TNIL)
    terms.delay = duration_argument(L, lua_gettop(L), "link: delay");
  if (lua_getfield(L, 4, "drop") != LUA_TNIL) {
    terms.drop = luaL_checknumber(L, -1);
    if (!(terms.drop >= 0 && terms.drop <= 1))
      return luaL_error(L, "link: drop is the share of messages lost, 0 to 1");
  }
  if (!succeeded(s, s.network->link(a, b, terms))) return raise_problem(L);
  return 0;
}

constexpr luaL_Reg methods[] = {
    {"client", connect},
    {"nodes", nodes},
    {"node", node},
    {"add", add},
    {"advance", let_time_pass},
    {"now", now},
    {"settle", settle},
    {"random", random},
    {"partition", partition},
    {"heal", heal},
    {"link", link},
    {"inspect", inspect_object},
    {"log", logged_lines},
    {"journal", turns_of_object},
    {nullptr, nullptr},
};

/// Methods are upvalue 1; `seed` is a field.
int field(lua_State* L) {
  const script_scope& s = own_scope(L);
  if (text_argument(L, 2) == "seed") {
    lua_pushinteger(L, static_cast<lua_Integer>(s.network->seed()));
    return 1;
  }
  lua_settop(L, 2);
  lua_rawget(L, lua_upvalueindex(1));
  return 1;
}

}  // namespace

void open_network(lua_State* L) {
  luaL_newmetatable(L, network_type);
  lua_newtable(L);
  add_client_methods(L);
  luaL_setfuncs(L, methods, 0);
  lua_pushcclosure(L, field, 1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

void push_network(lua_State* L) {
  lua_newuserdatauv(L, 0, 0);
  luaL_setmetatable(L, network_type);
}

}  // namespace comet::lab
