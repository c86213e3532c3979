#include "lab/script_inspection.hpp"

#include "lab/script_scope.hpp"
#include "lab/script_values.hpp"
#include "lua/lua_api.hpp"

namespace comet::lab {
namespace {

void set_number(lua_State* L, const char* name, std::uint64_t value) {
  lua_pushinteger(L, static_cast<lua_Integer>(value));
  lua_setfield(L, -2, name);
}

void set_text(lua_State* L, const char* name, bytes_view text) {
  push_text(L, text);
  lua_setfield(L, -2, name);
}

void push_timers(lua_State* L, const std::vector<object::timer>& timers) {
  lua_newtable(L);
  for (std::size_t i = 0; i < timers.size(); ++i) {
    const object::timer& one = timers[i];
    lua_newtable(L);
    set_text(L, "name", one.name);
    set_number(L, "due", static_cast<std::uint64_t>(to_unix_ms(one.due)));
    if (one.kind == object::timer_kind::every) {
      lua_pushnumber(L, static_cast<lua_Number>(one.period.count()) / 1'000);
      lua_setfield(L, -2, "every");
    }
    if (one.kind == object::timer_kind::cron) set_text(L, "cron", one.cron);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i + 1));
  }
}

void push_numbers(lua_State* L, const std::vector<node_number>& numbers) {
  lua_newtable(L);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    lua_pushinteger(L, static_cast<lua_Integer>(numbers[i]));
    lua_rawseti(L, -2, static_cast<lua_Integer>(i + 1));
  }
}

void set_sums(lua_State* L, const turn_sums& sums) {
  set_number(L, "turns", sums.turns);
  set_number(L, "errors", sums.errors);
  set_number(L, "fuel", static_cast<std::uint64_t>(sums.fuel));
  set_number(L, "fuel_max", static_cast<std::uint64_t>(sums.fuel_max));
  set_number(L, "memory", sums.memory);
  set_number(L, "messages", sums.messages);
}

void push_caller(lua_State* L, const object::caller& from) {
  lua_newtable(L);
  set_text(L, "ip", from.ip);
  set_number(L, "port", from.port);
  set_text(L, "user", from.user);
  set_text(L, "node", from.node);
}

script_scope& scope_of_key(lua_State* L) {
  luaL_checkudata(L, 1, "network");
  script_scope& s = scope_with_network(L);
  s.text = text_argument(L, 2);
  return s;
}

}  // namespace

int inspect_object(lua_State* L) {
  script_scope& s = scope_of_key(L);
  if (!succeeded(s, s.network->inspect(s.text), s.seen)) return raise_problem(L);
  if (!s.seen) return 0;
  const inspection& seen = *s.seen;
  lua_newtable(L);
  push_reply(L, seen.value);
  lua_setfield(L, -2, "value");
  push_reply(L, seen.state);
  lua_setfield(L, -2, "state");
  lua_pushboolean(L, static_cast<int>(seen.active));
  lua_setfield(L, -2, "active");
  if (!seen.code.empty()) set_text(L, "code", seen.code);
  set_text(L, "owner", seen.owner);
  if (seen.expires) set_number(L, "expires", static_cast<std::uint64_t>(to_unix_ms(*seen.expires)));
  push_timers(L, seen.timers);
  lua_setfield(L, -2, "timers");
  if (seen.quarantined) set_text(L, "quarantined", *seen.quarantined);
  set_sums(L, seen.sums);
  if (seen.leader != 0) set_number(L, "leader", seen.leader);
  push_numbers(L, seen.replicas);
  lua_setfield(L, -2, "replicas");
  return 1;
}

int logged_lines(lua_State* L) {
  script_scope& s = scope_of_key(L);
  s.words = s.network->log(s.text);
  lua_newtable(L);
  for (std::size_t i = 0; i < s.words.size(); ++i) {
    push_text(L, s.words[i]);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i + 1));
  }
  return 1;
}

int turns_of_object(lua_State* L) {
  script_scope& s = scope_of_key(L);
  s.turns = s.network->turns(s.text);
  lua_newtable(L);
  for (std::size_t i = 0; i < s.turns.size(); ++i) {
    const turn_note& turn = s.turns[i];
    lua_newtable(L);
    set_number(L, "time", static_cast<std::uint64_t>(to_unix_ms(turn.at)));
    set_number(L, "node", turn.node);
    set_text(L, "handler", turn.handler);
    push_caller(L, turn.from);
    lua_setfield(L, -2, "caller");
    set_number(L, "fuel", static_cast<std::uint64_t>(turn.fuel));
    set_number(L, "memory", turn.memory);
    set_text(L, "outcome", turn.outcome);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i + 1));
  }
  return 1;
}

}  // namespace comet::lab
