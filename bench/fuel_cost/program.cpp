// One side of bench/fuel_cost.py: runs the handlers of a file under the Lua it is linked with and
// prints, for each, the ns of CPU a call in its fastest batch, its result and its name.
//
// Each handler gets a state of its own and the allocator of the C library. With the patch, fuel
// is counted down from a large grant and stores into the object are noticed, as in a node.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>

extern "C" {
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
}

namespace {

constexpr int batches = 7;  ///< the first warms up

std::int64_t cpu_ns() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "error: %s\n", what);
  std::exit(1);
}

#ifdef LUA_ERRKILL
void prepare(lua_State* L, int object) {
  lua_setfuelf(L, [](lua_State*, int) { return LUA_ERRKILL; });
  *lua_fuelptr(L) = std::numeric_limits<lua_Integer>::max() / 2;
  lua_markpersistent(L, object);
}
#else
void prepare(lua_State* /*L*/, int /*object*/) {}
#endif

void open_libraries(lua_State* L) {
  const luaL_Reg libraries[] = {{LUA_GNAME, luaopen_base},
                                {LUA_MATHLIBNAME, luaopen_math},
                                {LUA_STRLIBNAME, luaopen_string},
                                {LUA_TABLIBNAME, luaopen_table},
                                {LUA_UTF8LIBNAME, luaopen_utf8}};
  for (const auto& l : libraries) {
    luaL_requiref(L, l.name, l.func, 1);
    lua_pop(L, 1);
  }
}

void push_caller(lua_State* L) {
  lua_newtable(L);
  lua_pushliteral(L, "198.51.100.7");
  lua_setfield(L, -2, "ip");
  lua_pushinteger(L, 4711);
  lua_setfield(L, -2, "port");
}

/// Calls object:onGet(caller), both given as places on the stack, and leaves its result on top.
void call(lua_State* L, int handler, int object, int caller) {
  lua_pushvalue(L, handler);
  lua_pushvalue(L, object);
  lua_pushvalue(L, caller);
  if (lua_pcall(L, 2, 1, 0) != LUA_OK) give_up(lua_tostring(L, -1));
}

/// Runs the handler of row `row` of the table at 1; false: there is no such row.
bool run(lua_State* L, lua_Integer row) {
  if (lua_rawgeti(L, 1, row) != LUA_TTABLE) return false;
  const int entry = lua_gettop(L);
  lua_getfield(L, entry, "calls");
  const lua_Integer calls = lua_tointeger(L, -1);
  lua_getfield(L, entry, "make");
  if (lua_pcall(L, 0, 1, 0) != LUA_OK) give_up(lua_tostring(L, -1));
  const int object = lua_gettop(L);
  prepare(L, object);
  push_caller(L);
  lua_getfield(L, object, "onGet");
  const int handler = lua_gettop(L);

  double fastest = std::numeric_limits<double>::infinity();
  for (int batch = 0; batch < batches; ++batch) {
    const std::int64_t start = cpu_ns();
    for (lua_Integer i = 0; i < calls; ++i) {
      call(L, handler, object, handler - 1);
      lua_pop(L, 1);
    }
    const double each = static_cast<double>(cpu_ns() - start) / static_cast<double>(calls);
    if (batch > 0 && each < fastest) fastest = each;
  }
  lua_getfield(L, entry, "name");
  call(L, handler, object, handler - 1);
  const char* result = luaL_tolstring(L, -1, nullptr);
  std::printf("%.3f\t%s\t%s\n", fastest, result, lua_tostring(L, handler + 1));
  return true;
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) give_up("usage: fuel_cost_LUA handlers.lua");
  for (lua_Integer row = 1;; ++row) {
    lua_State* L = luaL_newstate();
    if (L == nullptr) give_up("no memory for a Lua state");
    open_libraries(L);
    if (luaL_dofile(L, words[1]) != LUA_OK) give_up(lua_tostring(L, -1));
    const bool ran = run(L, row);
    lua_close(L);
    if (!ran) return row > 1 ? 0 : 1;
  }
}
