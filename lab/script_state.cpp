#include "lab/script_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/check.hpp"
#include "lab/script_comparison.hpp"
#include "lab/script_failure.hpp"
#include "lab/script_values.hpp"
#include "lua/lua_api.hpp"

namespace comet::lab {
namespace {

constexpr const char* bodies = "comet.tests";  ///< in the registry: functions, by index from 1

/// load() of text only: what was compiled elsewhere could be anything.
int load_text(lua_State* L) {
  const bytes_view text = text_argument(L, 1);
  const char* name = luaL_optstring(L, 2, lua_tostring(L, 1));
  const bool has_environment = !lua_isnone(L, 4);
  if (luaL_loadbufferx(L, text.data(), text.size(), name, "t") != LUA_OK) {
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
  }
  if (has_environment) {
    lua_pushvalue(L, 4);
    if (lua_setupvalue(L, -2, 1) == nullptr) lua_pop(L, 1);
  }
  return 1;
}

int line_of_caller(lua_State* L) {
  lua_Debug frame;
  if (lua_getstack(L, 1, &frame) == 0) return 0;
  lua_getinfo(L, "l", &frame);
  return std::max(frame.currentline, 0);
}

/// test(name, [options,] body)
int name_test(lua_State* L) {
  script_scope& s = scope_of(L);
  if (s.network != nullptr)
    return luaL_error(L, "tests are named at the top level of a file, not within a test");
  const bytes_view name = text_argument(L, 1);
  luaL_argcheck(L, !name.empty(), 1, "a name");
  if (lua_gettop(L) == 2) {
    lua_pushnil(L);
    lua_insert(L, 2);
  }
  luaL_checktype(L, 3, LUA_TFUNCTION);
  const auto other = std::ranges::find(s.tests, name, &test_case::name);
  if (other != s.tests.end())
    return luaL_error(L, "two tests are called '%s': the other is at line %d", lua_tostring(L, 1),
                      other->place.line);
  s.tests.emplace_back();
  s.tests.back().name = name;
  s.tests.back().place = {s.path, line_of_caller(L)};
  if (!lua_isnil(L, 2)) read_options(L, 2, s.tests.back());
  lua_getfield(L, LUA_REGISTRYINDEX, bodies);
  lua_pushvalue(L, 3);
  lua_rawseti(L, -2, static_cast<lua_Integer>(s.tests.size()));
  return 0;
}

/// The field of a library goes to the registry: a test may change its globals.
void keep(lua_State* L, const char* library, const char* name, const char* as) {
  lua_getglobal(L, library);
  lua_getfield(L, -1, name);
  lua_setfield(L, LUA_REGISTRYINDEX, as);
  lua_pop(L, 1);
}

/// The seed is argument 1.
int open_environment(lua_State* L) {
  constexpr luaL_Reg libraries[] = {
      {LUA_GNAME, luaopen_base},        {LUA_TABLIBNAME, luaopen_table},
      {LUA_STRLIBNAME, luaopen_string}, {LUA_MATHLIBNAME, luaopen_math},
      {LUA_UTF8LIBNAME, luaopen_utf8},  {LUA_COLIBNAME, luaopen_coroutine},
  };
  for (const luaL_Reg& library : libraries) {
    luaL_requiref(L, library.name, library.func, 1);
    lua_pop(L, 1);
  }
  for (const char* outside : {"dofile", "loadfile", "collectgarbage", "warn"}) {
    lua_pushnil(L);
    lua_setglobal(L, outside);
  }
  lua_register(L, "load", load_text);
  lua_register(L, "test", name_test);
  lua_newtable(L);
  lua_setfield(L, LUA_REGISTRYINDEX, bodies);
  keep(L, "table", "sort", "comet.sort");
  keep(L, "string", "find", "comet.find");
  lua_getglobal(L, "math");
  lua_getfield(L, -1, "randomseed");
  lua_pushvalue(L, 1);
  lua_call(L, 1, 0);
  open_expectations(L);
  open_network(L);
  open_nodes(L);
  open_clients(L);
  return 0;
}

constexpr const char* line_name = "=lua";  ///< a console's, in messages: "lua:1: ..."

/// Calls the function that is argument 1 and describes what it gives.
int show_results(lua_State* L) {
  lua_call(L, 0, LUA_MULTRET);
  script_scope& s = scope_of(L);
  const int values = lua_gettop(L);
  for (int i = 1; i <= values; ++i) {
    describe(L, i, s.shown);
    s.shown += '\n';
  }
  return 0;
}

}  // namespace

script_scope& scope_of(lua_State* L) {
  return **static_cast<script_scope**>(lua_getextraspace(L));
}

script_scope& scope_with_network(lua_State* L) {
  script_scope& s = scope_of(L);
  if (s.network == nullptr) luaL_error(L, "there is a network only within a test");
  return s;
}

int raise_problem(lua_State* L) {
  push_text(L, scope_of(L).problem);
  return lua_error(L);
}

/// Only one block as large as all that is allowed is denied; else what runs is ended soon.
void* script_state::allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) {
  auto& one = *static_cast<script_state*>(self);
  const std::size_t old = block == nullptr ? 0 : old_size;
  if (new_size == 0) {
    std::free(block);
    one.scope_.memory -= old;
    return nullptr;
  }
  if (new_size > memory_max) return nullptr;
  void* given = std::realloc(block, new_size);
  if (given == nullptr) return nullptr;
  one.scope_.memory += new_size - old;
  if (one.scope_.memory > memory_max && one.state_ != nullptr) one.withhold_fuel();
  return given;
}

/// So that on_fuel_out looks at the memory with the next instruction. A console goes on when it is
/// less by then: what is left of its share is not lost.
void script_state::withhold_fuel() {
  lua_Integer& fuel = *lua_fuelptr(state_);
  if (scope_.stop != nullptr) scope_.fuel_kept += std::max<lua_Integer>(fuel, 0);
  fuel = 0;
}

script_state::script_state(const bytes& path, const source_reader& reader, std::uint64_t seed)
    : scope_(path, reader) {
  state_ = lua_newseededstate(allocate, this, static_cast<unsigned>(seed));
  COMET_CHECK(state_ != nullptr);
  *static_cast<script_scope**>(lua_getextraspace(state_)) = &scope_;
  lua_pushcfunction(state_, open_environment);
  lua_pushinteger(state_, static_cast<lua_Integer>(seed));
  COMET_CHECK(lua_pcall(state_, 1, 0, 0) == LUA_OK);
  lua_setfuelf(state_, on_fuel_out);
}

script_state::~script_state() {
  // Finalizers of a test are its own code: they get no network, and no more fuel than a test.
  scope_.network = nullptr;
  scope_.is_ended = false;
  scope_.fuel_kept = 0;
  *lua_fuelptr(state_) = instructions_max;
  lua_close(state_);
}

/// Of the function and its arguments above index 1, where the message handler is.
std::optional<test_failure> script_state::call() {
  const bool in_shares = scope_.stop != nullptr;
  *lua_fuelptr(state_) = in_shares ? instructions_share : instructions_max;
  scope_.fuel_kept = in_shares ? instructions_max - instructions_share : 0;
  scope_.is_ended = false;
  scope_.failure.reset();
  const int status = lua_pcall(state_, lua_gettop(state_) - 2, 0, 1);
  if (status == LUA_OK) return std::nullopt;
  test_failure failure = failure_of(state_, status);
  if (failure.place.file.empty()) failure.place = {scope_.path, 0};
  return failure;
}

std::optional<test_failure> script_state::load(bytes_view text) {
  lua_settop(state_, 0);
  lua_pushcfunction(state_, on_error);
  const bytes name = "@" + scope_.path;
  if (luaL_loadbufferx(state_, text.data(), text.size(), name.c_str(), "t") != LUA_OK)
    return failure_of_compiler(state_);
  return call();
}

std::optional<test_failure> script_state::run(std::size_t index, world& network) {
  const client_options own;
  if (!succeeded(scope_, network.connect(own), scope_.own_client))
    return test_failure::at(scope_.tests.at(index).place, scope_.problem);
  scope_.network = &network;
  lua_settop(state_, 0);
  lua_pushcfunction(state_, on_error);
  lua_getfield(state_, LUA_REGISTRYINDEX, bodies);
  lua_rawgeti(state_, -1, static_cast<lua_Integer>(index + 1));
  lua_remove(state_, -2);
  push_network(state_);
  auto failure = call();
  if (failure && failure->place.line == 0) failure->place = scope_.tests.at(index).place;
  return failure;
}

result<void> script_state::attach(world& network, const std::atomic<bool>& stop) {
  const client_options own;
  if (!succeeded(scope_, network.connect(own), scope_.own_client))
    return {errc::unavailable, scope_.problem};
  scope_.network = &network;
  scope_.stop = &stop;
  push_network(state_);
  lua_setglobal(state_, "net");
  return {};
}

/// Leaves the function, or the compiler's message, on top of the stack.
bool script_state::compile_line(bytes_view text) {
  const bytes expression = "return " + bytes{text};
  if (luaL_loadbufferx(state_, expression.data(), expression.size(), line_name, "t") == LUA_OK)
    return true;
  lua_pop(state_, 1);
  return luaL_loadbufferx(state_, text.data(), text.size(), line_name, "t") == LUA_OK;
}

/// Why a line was ended; what it held is let go of.
error script_state::ended_line() {
  lua_settop(state_, 0);
  lua_gc(state_, LUA_GCCOLLECT);
  if (scope_.took_memory)
    return {errc::script, fmt::format("it took more than {} MB of memory", memory_max >> 20U)};
  if (scope_.stop->load()) return {errc::script, "stopped"};
  return {errc::script,
          fmt::format("it took more than {} million instructions: does it loop without end?",
                      instructions_max / 1'000'000)};
}

result<bytes> script_state::evaluate(bytes_view text) {
  lua_settop(state_, 0);
  lua_pushcfunction(state_, on_error);
  lua_pushcfunction(state_, show_results);
  scope_.shown.clear();
  scope_.is_ended = false;
  *lua_fuelptr(state_) = instructions_share;  // reading a text takes some, too
  if (!compile_line(text)) return {errc::script, lua_tostring(state_, -1)};
  const auto failure = call();
  if (scope_.is_ended) return ended_line();
  if (!failure) return std::exchange(scope_.shown, {});
  bytes why = failure->message;
  if (failure->expected)
    why += fmt::format("; expected {}, got {}", *failure->expected, failure->actual.value_or(""));
  return {errc::script, std::move(why)};
}

}  // namespace comet::lab
