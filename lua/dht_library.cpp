#include "lua/dht_library.hpp"

#include <array>
#include <cstring>

#include "lua/activation.hpp"
#include "lua/allow_list.hpp"
#include "lua/compat.hpp"
#include "lua/convert.hpp"
#include "lua/dht_replicas.hpp"
#include "lua/lua_api.hpp"
#include "lua/machine.hpp"
#include "lua/turn_scope.hpp"

namespace comet::lua {

namespace {

constexpr int operation_charge = 50;  ///< and one for four callback keys held
constexpr int timer_charge = 500;     ///< finding the next time of a cron schedule

using object::outcall;
using object::reply;

bytes_view check_string(lua_State* L, int arg) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(L, arg, &size);
  return {text, size};
}

void push_string(lua_State* L, bytes_view text) {
  lua_pushlstring(L, text.data(), text.size());
}

// Operations -------------------------------------------------------------------------------------

/// Is the last argument a function, to be called with the result in a later turn?
bool has_continuation(lua_State* L) {
  return lua_gettop(L) > 0 && lua_isfunction(L, -1);
}

/// Keeps the function on top in the registry, where the answer's turn finds it, and pops it.
std::uint64_t keep_continuation(lua_State* L) {
  const std::uint64_t token = machine::scope_of(L).draw_token();
  lua_rawseti(L, LUA_REGISTRYINDEX, static_cast<lua_Integer>(token));
  return token;
}

/// Asks for `o`. With `later` the function is on top of the stack and this call returns at once;
/// else it returns what the operation gives, once the host has answered.
int ask(lua_State* L, const operation& o, bool later) {
  turn_scope& scope = machine::scope_of(L);
  lua_charge(L, lua_fuelptr(L), operation_charge + (scope.right_count() >> 2U));
  if (!later) {
    if (!can_wait(L))
      return luaL_error(L,
                        "cannot wait here (inside a callback of sort or gsub, or a metamethod "
                        "called by a library); give a function as last argument");
    return scope.ask(L, o, 0) ? wait_for_host(L) : raise_refusal(L);
  }
  const std::uint64_t token = keep_continuation(L);
  if (scope.ask(L, o, token)) return 0;
  lua_pushnil(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, static_cast<lua_Integer>(token));
  return raise_refusal(L);
}

int get(lua_State* L) {
  const bool later = has_continuation(L);
  operation o{outcall::kind::get, check_string(L, 1)};
  const int payload = later && lua_gettop(L) == 2 ? 0 : 2;
  if (payload != 0 && !lua_isnoneornil(L, payload)) {
    o.has_value = true;
    o.value = check_string(L, payload);
  }
  return ask(L, o, later);
}

/// Of the object's own key: its value changes with this turn, and no other turn is run.
int put_on_itself(lua_State* L) {
  turn_scope& scope = machine::scope_of(L);
  const bool later = has_continuation(L);
  operation o{outcall::kind::put, scope.key()};
  o.has_value = !is_self(L, 2);
  if (o.has_value) o.value = check_string(L, 2);
  if (later) {
    ask(L, o, true);
  } else {
    lua_charge(L, lua_fuelptr(L), operation_charge);
    if (!scope.put_itself(o.value)) return raise_refusal(L);
  }
  if (o.has_value) set_self_value(L, 2);
  if (later) return 0;
  lua_pushinteger(L, static_cast<lua_Integer>(scope.copies()));
  return 1;
}

int put(lua_State* L) {
  const bool is_own = machine::scope_of(L).key() == check_string(L, 1);
  if (lua_istable(L, 3)) return put_on_nodes(L);
  if (!lua_isnoneornil(L, 3) && !lua_isfunction(L, 3))
    return luaL_error(L, "dht.put: the third argument is a function, or a list of nodes");
  if (is_own) return put_on_itself(L);
  operation o{outcall::kind::put, check_string(L, 1)};
  o.has_value = true;
  o.value = check_string(L, 2);
  return ask(L, o, has_continuation(L));
}

int lookup(lua_State* L) {
  const operation o{outcall::kind::lookup, check_string(L, 1)};
  return ask(L, o, has_continuation(L));
}

int call(lua_State* L) {
  const bool later = has_continuation(L);
  operation o{outcall::kind::call, check_string(L, 1)};
  o.method = check_string(L, 2);
  o.first_arg = 3;
  o.last_arg = lua_gettop(L) - (later ? 1 : 0);
  for (int i = o.first_arg; i <= o.last_arg; ++i) {
    if (lua_isboolean(L, i)) {
      lua_pushstring(L, lua_toboolean(L, i) != 0 ? "true" : "false");
      lua_replace(L, i);
    }
    luaL_checkstring(L, i);  // makes numbers text
  }
  return ask(L, o, later);
}

// Timers -----------------------------------------------------------------------------------------

object::missed_policy check_missed(lua_State* L, const char* text) {
  if (std::strcmp(text, "once") == 0) return object::missed_policy::once;
  if (std::strcmp(text, "skip") == 0) return object::missed_policy::skip;
  if (std::strcmp(text, "each") == 0) return object::missed_policy::each;
  luaL_error(L, "dht.setTimer: missed is \"once\", \"skip\" or \"each\"");
  return object::missed_policy::once;
}

/// Reads the option whose name and value are on top of the stack.
void read_timer_option(lua_State* L, timer_request& t, int& kinds) {
  const char* name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
  const bool is_after = std::strcmp(name, "after") == 0;
  if (is_after || std::strcmp(name, "every") == 0) {
    if (lua_type(L, -1) != LUA_TNUMBER) luaL_error(L, "dht.setTimer: %s is a number", name);
    t.kind = is_after ? object::timer_kind::after : object::timer_kind::every;
    t.seconds = lua_tonumber(L, -1);
    ++kinds;
  } else if (std::strcmp(name, "cron") == 0 && lua_type(L, -1) == LUA_TSTRING) {
    std::size_t size = 0;
    const char* text = lua_tolstring(L, -1, &size);
    t.kind = object::timer_kind::cron;
    t.cron = {text, size};
    ++kinds;
  } else if (std::strcmp(name, "missed") == 0 && lua_type(L, -1) == LUA_TSTRING) {
    t.missed = check_missed(L, lua_tostring(L, -1));
  } else {
    luaL_error(L,
               "dht.setTimer: option '%s' is not one of after, every, cron, missed, or not of "
               "its type",
               name);
  }
}

int set_timer(lua_State* L) {
  timer_request t{
      check_string(L, 1), object::timer_kind::after, 0, {}, object::missed_policy::once};
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_charge(L, lua_fuelptr(L), timer_charge);
  int kinds = 0;
  lua_pushnil(L);
  while (lua_next(L, 2) != 0) {
    read_timer_option(L, t, kinds);
    lua_pop(L, 1);
  }
  if (kinds != 1) return luaL_error(L, "dht.setTimer: give one of after, every, cron");
  return machine::scope_of(L).set_timer(t) ? 0 : raise_refusal(L);
}

int cancel_timer(lua_State* L) {
  const bytes_view name = check_string(L, 1);
  lua_charge(L, lua_fuelptr(L), operation_charge);
  return machine::scope_of(L).cancel_timer(name) ? 0 : raise_refusal(L);
}

// Facts ------------------------------------------------------------------------------------------

int get_system_time(lua_State* L) {
  lua_pushinteger(L, to_unix_ms(machine::scope_of(L).now().wall));
  return 1;
}

int get_ip(lua_State* L) {
  push_string(L, machine::scope_of(L).world().external_ip);
  return 1;
}

int get_id(lua_State* L) {
  push_string(L, machine::scope_of(L).world().node_id);
  return 1;
}

int get_key(lua_State* L) {
  push_string(L, machine::scope_of(L).key());
  return 1;
}

int get_caller(lua_State* L) {
  const object::caller* from = machine::scope_of(L).caller();
  push_caller(L, from);
  if (from != nullptr) dress_node(L, -1);
  return 1;
}

int delete_self(lua_State* L) {
  return machine::scope_of(L).delete_self() ? 0 : raise_refusal(L);
}

constexpr auto entries = std::to_array<library_entry>({
    {"dht",
     "call",
     call,
     {.signature =
          "dht.call(key: string, method: string, ...: string|number|boolean) -> result: any, "
          "message: string?\n"
          "dht.call(key: string, method: string, ...: string|number|boolean|fun(result: any, "
          "message: string?))",
      .summary =
          "Calls a method of another object. The arguments arrive as text; a function as the last "
          "one is not passed on but called with the result.",
      .errors = "The object's own key: it calls its own methods directly. A key that may not be "
                "reached. Over the limit of messages. Waiting where it cannot.",
      .cost = "50, 16 for each number as argument, and 1 for each 4 callback keys held",
      .example_fuel = 66,
      .example = R"lua(dht.call("counter", "add", 5) --> 5
dht.call("counter", "nothing") --> nil, "the object has no method 'nothing'"
dht.call("counter", "add", 2, function(count) self.count = count end)
-- later
self.count --> 7)lua"}},
    {"dht",
     "caller",
     get_caller,
     {.signature = "dht.caller() -> {ip: string, port: integer, user: string, node: string, key: "
                   "string?}?",
      .summary = "Who asked; nil in onTimer. `user` is empty when not authenticated. `key` is the "
                 "key of the object whose handler asks, nil when none does; `user` is then its "
                 "owner.",
      .cost = "9, and the memory of a larger table when an object asks",
      .example_fuel = 9,
      .example = R"lua(dht.caller().user --> "")lua"}},
    {"dht",
     "cancelTimer",
     cancel_timer,
     {.signature = "dht.cancelTimer(name: string)",
      .summary = "Ends a timer when the turn commits. It is no error when there is none.",
      .errors = "While the script is loaded. Too many changes of timers in one turn (64).",
      .cost = "50",
      .example_fuel = 50,
      .example = R"lua(dht.cancelTimer("alarm"))lua"}},
    {"dht",
     "deleteSelf",
     delete_self,
     {.signature = "dht.deleteSelf()",
      .summary = "The object ends when the turn commits; the turn still answers.",
      .errors = "While the script is loaded.",
      .example = "dht.deleteSelf()"}},
    {"dht",
     "get",
     get,
     {.signature =
          "dht.get(key: string, payload?: string) -> value: any, nodes: {id: string, address: "
          "string}[]|string\n"
          "dht.get(key: string, payload?: string, done: fun(value: any, nodes: {id: string, "
          "address: string}[]|string))\n"
          "dht.get(key: string, done: fun(value: any, nodes: {id: string, address: "
          "string}[]|string))",
      .summary =
          "The value of a key and the nodes that have copies of it, first the one that answered. "
          "The payload is what the other object's onGet receives. Of a key that does not exist: "
          "nil and no nodes. Of the object's own key: its `value` as it was last committed, "
          "without a turn, and the nodes of its copies.",
      .errors = "A key that may not be reached. Over the limit of messages. Waiting where it "
                "cannot.",
      .cost = "50, and 1 for each 4 callback keys held",
      .example_fuel = 50,
      .example = R"lua(dht.get("greeting") --> "hello", {{id = "node", address = "node:7400"}}
dht.get("nobody") --> nil, {}
dht.get(dht.getKey()) --> nil, {{id = "node", address = "node:7400"}}
dht.get("greeting", function(value) self.seen = value end)
-- later
self.seen --> "hello")lua"}},
    {"dht",
     "getID",
     get_id,
     {.signature = "dht.getID() -> string",
      .summary = "The node's id in the overlay, in hexadecimal.",
      .example = R"lua(dht.getID() --> "aa11")lua"}},
    {"dht",
     "getIP",
     get_ip,
     {.signature = "dht.getIP() -> string",
      .summary = "The node's external address.",
      .example = R"lua(dht.getIP() --> "203.0.113.7")lua"}},
    {"dht",
     "getKey",
     get_key,
     {.signature = "dht.getKey() -> string",
      .summary = "The object's key.",
      .example = R"lua(dht.getKey() --> "example")lua"}},
    {"dht",
     "getSystemTime",
     get_system_time,
     {.signature = "dht.getSystemTime() -> integer",
      .summary = "Milliseconds since 1970, UTC; the same until the turn waits or is preempted.",
      .example = "dht.getSystemTime() --> 1700000000000"}},
    {"dht",
     "lookup",
     lookup,
     {.signature =
          "dht.lookup(key: string) -> nodes: {id: string, address: string}[]?, message: string?\n"
          "dht.lookup(key: string, done: fun(nodes: {id: string, address: string}[]?, message: "
          "string?))",
      .summary = "The nodes nearest to a key.",
      .errors = "A key that may not be reached. Over the limit of messages. Waiting where it "
                "cannot.",
      .cost = "50, and 1 for each 4 callback keys held",
      .example_fuel = 50,
      .example = R"lua(dht.lookup("greeting") --> {{id = "node", address = "node:7400"}})lua"}},
    {"dht",
     "put",
     put,
     {.signature =
          "dht.put(key: string, value: string|number) -> copies: integer?, message: string?\n"
          "dht.put(key: string, value: string|number, done: fun(copies: integer?, message: "
          "string?))\n"
          "dht.put(key: string, value: table|string|number, nodes: (string|{id: string})[]) -> "
          "copies: integer",
      .summary =
          "Sets the value of a key, as SET does, and gives the number of copies written. Of the "
          "object's own key: `self.value` changes with this turn, and onUpdate is not asked. "
          "With nodes, for the own key alone, it is dht.replicas for these nodes and no more, and "
          "gives their number. `self` as value of the own key changes no value.",
      .errors = "A key that may not be reached. A value over `value-bytes-max`. Over the limit of "
                "messages. Waiting where it cannot. With nodes, those of dht.replicas.",
      .cost = "50, and 1 for each 4 callback keys held; with nodes as dht.replicas",
      .example_fuel = 50,
      .example = R"lua(dht.put("note", "remember") --> 1
dht.get("note") --> "remember", {{id = "node", address = "node:7400"}}
dht.put(dht.getKey(), "kept") --> 1
self.value --> "kept"
dht.put(dht.getKey(), self) --> 1)lua"}},
    {"dht",
     "replicas",
     dht_replicas,
     {.signature =
          "dht.replicas(options: {count: integer?, nodes: (string|{id: string})[]?, interval: "
          "number?})\n"
          "dht.replicas() -> nodes: {id: string, address: string}[], asked: {count: integer, "
          "nodes: {id: string, address: string}[], interval: number?}?",
      .summary =
          "Asks for copies of the object when the turn commits: `count` in all, those on `nodes` "
          "(ids, or nodes as any call gives them) among them; without a count, as many as "
          "nodes. Each `interval` seconds what the copies' disks hold is compared and put right. "
          "What was asked for before is replaced; an empty table takes it back. Fewer copies than "
          "every object gets have no effect, and objects of the same range of keys share their "
          "copies (docs/replication.md). Without arguments: the nodes that kept the object when "
          "the turn began, first the one where it runs, and what is asked for.",
      .errors = "More than `replicas-max` (7). A count below the number of nodes. A node that is "
                "not known here. An interval under `replicas-interval-min` (60). While the script "
                "is loaded.",
      .cost = "500, and 50 for each node named; without arguments 50",
      .example_fuel = 500,
      .example = R"lua(dht.replicas({count = 5})
dht.replicas() --> {{id = "node", address = "node:7400"}}, {count = 5, nodes = {}}
dht.replicas({})
dht.replicas() --> {{id = "node", address = "node:7400"}}, nil)lua"}},
    {"dht",
     "setTimer",
     set_timer,
     {.signature = "dht.setTimer(name: string, options: {after: number?, every: number?, cron: "
                   "string?, missed: \"once\"|\"skip\"|\"each\"|nil})",
      .summary =
          "Sets a timer when the turn commits: onTimer(name) is called. One of `after` and "
          "`every`, "
          "in seconds with fractions, or `cron`, five fields in UTC. `missed` says what becomes of "
          "fires that were missed: `once` (default), `skip` or `each`. A timer of the same name is "
          "replaced.",
      .errors =
          "A name that is empty or over 128 bytes. `every` under 0.1, seconds over 100 years, "
          "a cron schedule that does not parse or never comes. More than 16 timers, or 64 "
          "changes of timers in one turn. While the script is loaded.",
      .cost = "500",
      .example_fuel = 500,
      .example = R"lua(dht.setTimer("alarm", {after = 2.5})
dht.setTimer("report", {cron = "0 6 * * 1-5", missed = "skip"})
-- later
self.rang --> "alarm")lua"}},
});

void set_text(lua_State* L, const char* field, bytes_view text) {
  push_string(L, text);
  lua_setfield(L, -2, field);
}

}  // namespace

std::span<const library_entry> dht_functions() {
  return entries;
}

void push_caller(lua_State* L, const object::caller* from) {
  if (from == nullptr) return lua_pushnil(L);
  lua_createtable(L, 0, from->key.empty() ? 4 : 5);
  set_text(L, "ip", from->ip);
  lua_pushinteger(L, from->port);
  lua_setfield(L, -2, "port");
  set_text(L, "user", from->user);
  set_text(L, "node", from->node);
  if (!from->key.empty()) set_text(L, "key", from->key);
}

int push_answer(lua_State* L, outcall::kind what, const reply& answer) {
  if (answer.failed()) {
    lua_pushnil(L);
    push_string(L, answer.text);
    return 2;
  }
  if (what != outcall::kind::get) {
    push_reply(L, answer);
    if (what == outcall::kind::lookup) dress_nodes(L, -1);
    return 1;
  }
  if (answer.what != reply::kind::array || answer.items.size() != 2 ||
      answer.items[1].what != reply::kind::array) {
    lua_pushnil(L);
    lua_pushliteral(L, "the answer is not a value and its nodes");
    return 2;
  }
  push_reply(L, answer.items[0]);
  push_reply(L, answer.items[1]);
  dress_nodes(L, -1);
  return 2;
}

}  // namespace comet::lua
