// Coroutines that let the host through: a wait or a preemption inside of one suspends the whole
// chain of resumes out to the host, and the next resume goes all the way in again.
//
// Such a yield is told from one of the script by `thread_flags::host_yield`, set on each thread of
// the chain as it passes. A chain with a link that cannot yield (a sort or gsub callback) is marked
// `cannot_wait`. A kill passes through.

#include <array>

#include "lua/allow_list.hpp"
#include "lua/lua_api.hpp"
#include "lua/machine.hpp"

namespace comet::lua {

namespace {

constexpr int coroutine_charge = 8;
constexpr int failed = -1;

/// How the results of a resume are given to the script. The context of a continuation holds it.
enum form : lua_KContext { as_resume, as_wrap };

/// Where `form` finds the coroutine, and how many values of the stack are not arguments.
lua_State* coroutine_of(lua_State* L, lua_KContext f) {
  return lua_tothread(L, f == as_wrap ? lua_upvalueindex(1) : 1);
}
int reserved_slots(lua_KContext f) {
  return f == as_wrap ? 0 : 1;
}

int resumed_again(lua_State* L, int status, lua_KContext f);

/// Moves the top `count` values of `L` into `co` and runs it. Returns the number of results, or
/// `failed` with an error on top. Does not return when the host has to be let through.
int run(lua_State* L, lua_State* co, int count, lua_KContext f) {
  if (lua_checkstack(co, count) == 0) {
    lua_pushliteral(L, "too many arguments to resume");
    return failed;
  }
  flags_of(co) = {0, static_cast<std::uint8_t>(can_wait(L) ? 0 : 1)};
  lua_xmove(L, co, count);
  int results = 0;
  const int status = lua_resume(co, L, count, &results);
  if (status == LUA_ERRKILL) lua_kill(L);
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_xmove(co, L, 1);
    return failed;
  }
  if (status == LUA_YIELD && flags_of(co).host_yield != 0) {
    flags_of(L).host_yield = 1;
    return lua_yieldk(L, 0, f, resumed_again);
  }
  if (lua_checkstack(L, results + 1) == 0) {
    lua_pop(co, results);
    lua_pushliteral(L, "too many results to resume");
    return failed;
  }
  lua_xmove(co, L, results);
  return results;
}

int give(lua_State* L, int results, lua_KContext f) {
  if (f == as_wrap) return results == failed ? lua_error(L) : results;
  const int count = results == failed ? 1 : results;
  lua_pushboolean(L, results == failed ? 0 : 1);
  lua_insert(L, -(count + 1));
  return count + 1;
}

int resumed_again(lua_State* L, int /*status*/, lua_KContext f) {
  return give(L, run(L, coroutine_of(L, f), lua_gettop(L) - reserved_slots(f), f), f);
}

enum class condition : std::uint8_t { running, suspended, normal, dead };

condition condition_of(lua_State* L, lua_State* co) {
  if (L == co) return condition::running;
  switch (lua_status(co)) {
    case LUA_YIELD: return condition::suspended;
    case LUA_OK: {
      lua_Debug level;
      if (lua_getstack(co, 0, &level) != 0) return condition::normal;
      return lua_gettop(co) == 0 ? condition::dead : condition::suspended;
    }
    default: return condition::dead;
  }
}

constexpr std::array condition_names{"running", "suspended", "normal", "dead"};

lua_State* check_coroutine(lua_State* L) {
  lua_State* co = lua_tothread(L, 1);
  luaL_argexpected(L, co != nullptr, 1, "coroutine");
  return co;
}

int resume_as(lua_State* L, lua_State* co, lua_KContext f) {
  // Asked first: lua_resume would make its message outside of any protection.
  const condition now = condition_of(L, co);
  if (now != condition::suspended) {
    lua_pushfstring(L, "cannot resume %s coroutine",
                    now == condition::dead ? "dead" : "non-suspended");
    return give(L, failed, f);
  }
  return give(L, run(L, co, lua_gettop(L) - reserved_slots(f), f), f);
}

int resume(lua_State* L) {
  return resume_as(L, check_coroutine(L), as_resume);
}

int call_wrapped(lua_State* L) {
  return resume_as(L, coroutine_of(L, as_wrap), as_wrap);
}

int create(lua_State* L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_charge(L, lua_fuelptr(L), coroutine_charge);
  lua_State* co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  return 1;
}

int wrap(lua_State* L) {
  create(L);
  lua_pushcclosure(L, call_wrapped, 1);
  return 1;
}

int yield(lua_State* L) {
  if (L == machine::of(L).worker())
    return luaL_error(L, "attempt to yield from outside a coroutine");
  flags_of(L).host_yield = 0;
  return lua_yield(L, lua_gettop(L));
}

int status(lua_State* L) {
  const auto now = condition_of(L, check_coroutine(L));
  lua_pushstring(L, condition_names[static_cast<std::size_t>(now)]);
  return 1;
}

int is_yieldable(lua_State* L) {
  lua_pushboolean(L, L != machine::of(L).worker() && lua_isyieldable(L) != 0 ? 1 : 0);
  return 1;
}

constexpr auto entries = std::to_array<library_entry>({
    {"coroutine",
     "create",
     create,
     {.signature = "coroutine.create(body: fun(...: any): ...) -> thread",
      .summary = "A new coroutine, not yet started.",
      .cost = "22",
      .example_fuel = 22,
      .example = R"lua(local co = coroutine.create(math.abs)
coroutine.resume(co, -3) --> true, 3
type(co) --> "thread")lua"}},
    {"coroutine",
     "isyieldable",
     is_yieldable,
     {.signature = "coroutine.isyieldable() -> boolean",
      .summary = "Whether coroutine.yield is possible here: within a coroutine, and not in a "
                 "callback of a library.",
      .example = "coroutine.isyieldable() --> false"}},
    {"coroutine",
     "resume",
     resume,
     {.signature = "coroutine.resume(co: thread, ...: any) -> ok: boolean, ...: any",
      .summary =
          "Runs a coroutine until it yields, ends or fails: true and what it gives, or false "
          "and the error. A coroutine may wait for dht functions as a handler may.",
      .errors = "Of a coroutine that is not suspended: false and a message.",
      .cost = "what the coroutine executes",
      .example_fuel = 9,
      .example =
          R"lua(local co = coroutine.create(function(a) return coroutine.yield(a + 1) end)
coroutine.resume(co, 1) --> true, 2
coroutine.resume(co, "x") --> true, "x"
coroutine.resume(co) --> false, "cannot resume dead coroutine")lua"}},
    {"coroutine",
     "status",
     status,
     {.signature = "coroutine.status(co: thread) -> \"suspended\"|\"running\"|\"normal\"|\"dead\"",
      .summary = "What a coroutine does; normal: it waits for one that it resumed.",
      .example = R"lua(coroutine.status(coroutine.create(pairs)) --> "suspended")lua"}},
    {"coroutine",
     "wrap",
     wrap,
     {.signature = "coroutine.wrap(body: fun(...: any): ...) -> fun(...: any): ...",
      .summary = "A function that resumes a new coroutine each time it is called, and raises its "
                 "error.",
      .cost = "22",
      .example_fuel = 22,
      .example =
          R"lua(local step = coroutine.wrap(function() coroutine.yield(1) return 2 end)
step() --> 1
step() --> 2)lua"}},
    {"coroutine",
     "yield",
     yield,
     {.signature = "coroutine.yield(...: any) -> ...: any",
      .summary = "Suspends the coroutine; the arguments are what resume gives, and what the next "
                 "resume passes is the result.",
      .errors = "Outside of a coroutine, and in a callback of a library.",
      .example =
          R"lua(coroutine.wrap(function() return coroutine.yield("first") end)() --> "first")lua"}},
});

}  // namespace

std::span<const library_entry> coroutine_functions() {
  return entries;
}

}  // namespace comet::lua
