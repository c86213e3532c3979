#include "lua/stack_trace.hpp"

#include <fmt/format.h>

#include "lua/lua_api.hpp"

namespace comet::lua {

namespace {

constexpr int levels_max = 20;
constexpr int levels_searched_max = 200;
constexpr std::size_t name_max = 60;

bytes describe_level(const lua_Debug& level) {
  const bytes where = level.currentline > 0
                          ? fmt::format("{}:{}: ", level.short_src, level.currentline)
                          : bytes("[C]: ");
  if (*level.what == 'm') return where + "in the script";
  if (level.name == nullptr)
    return where + fmt::format("in a function at line {}", level.linedefined);
  return where + fmt::format("in {} '{}'", *level.namewhat != '\0' ? level.namewhat : "function",
                             shortened(printable(level.name), name_max));
}

}  // namespace

bytes line_of(lua_State* L) {
  lua_Debug level{};
  for (int i = 0; i < levels_searched_max && lua_getstack(L, i, &level) != 0; ++i) {
    lua_getinfo(L, "l", &level);
    if (level.currentline > 0) return fmt::format(" at line {}", level.currentline);
  }
  return {};
}

bytes trace_of(lua_State* L) {
  bytes trace;
  lua_Debug level{};
  for (int i = 0; lua_getstack(L, i, &level) != 0; ++i) {
    if (i == levels_max) return trace + "...\n";
    lua_getinfo(L, "Sln", &level);
    trace += describe_level(level) + '\n';
  }
  return trace;
}

}  // namespace comet::lua
