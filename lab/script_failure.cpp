#include "lab/script_failure.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/number.hpp"
#include "lab/script_scope.hpp"
#include "lua/lua_api.hpp"

namespace comet::lab {
namespace {

constexpr std::size_t callers_max = 8;

/// The frame at `level`, when it runs lines of a file.
bool is_line(lua_State* L, lua_Debug& frame, int level) {
  if (lua_getstack(L, level, &frame) == 0) return false;
  lua_getinfo(L, "Sl", &frame);
  return frame.currentline > 0 && frame.source[0] == '@';
}

/// Takes "FILE:LINE: " of this frame from the front of the message; false: it has another.
bool take_place(bytes& message, const lua_Debug& frame) {
  const bytes place = fmt::format("{}:{}: ", frame.short_src, frame.currentline);
  if (!message.starts_with(place)) return false;
  message.erase(0, place.size());
  return true;
}

/// The lines that the stack stands at, innermost first; from that on which the message names.
void note_places(lua_State* L, test_failure& failure) {
  std::vector<source_place> places;
  lua_Debug frame;
  for (int level = 0; lua_getstack(L, level, &frame) != 0; ++level) {
    if (!is_line(L, frame, level)) continue;
    if (take_place(failure.message, frame)) places.clear();
    if (places.size() <= callers_max) places.push_back({frame.source + 1, frame.currentline});
  }
  if (places.empty()) return;
  failure.place = places.front();
  failure.callers.assign(places.begin() + 1, places.end());
}

/// What is kept back is given in shares, so that a console can be stopped between two of them.
bool has_more_fuel(const script_scope& s) {
  const bool is_stopped = s.stop != nullptr && s.stop->load();
  return s.fuel_kept > 0 && s.memory <= memory_max && !is_stopped;
}

bytes text_of_error(lua_State* L, int index) {
  if (lua_type(L, index) == LUA_TSTRING) {
    std::size_t size = 0;
    const char* text = lua_tolstring(L, index, &size);
    return {text, size};
  }
  return fmt::format("the error is a value of type {}, not a text", luaL_typename(L, index));
}

}  // namespace

int on_error(lua_State* L) {
  script_scope& s = scope_of(L);
  test_failure& failure = s.failure.emplace();
  failure.message = text_of_error(L, 1);
  note_places(L, failure);
  // With a place in front, where the test handed the error on.
  if (!s.unmet.message.empty() && failure.message == s.unmet.message) {
    failure.message = s.unmet.what;
    failure.expected = s.unmet.expected;
    failure.actual = s.unmet.actual;
  }
  return 1;
}

int on_fuel_out(lua_State* L, int) {
  script_scope& s = scope_of(L);
  if (s.is_ended) return LUA_ERRKILL;
  if (has_more_fuel(s)) {
    const std::int64_t share = std::min(s.fuel_kept, instructions_share);
    s.fuel_kept -= share;
    *lua_fuelptr(L) = share;
    return LUA_OK;
  }
  s.is_ended = true;
  s.took_memory = s.memory > memory_max;
  lua_Debug frame;
  for (int level = 0; lua_getstack(L, level, &frame) != 0; ++level) {
    if (!is_line(L, frame, level)) continue;
    s.ended_at = {frame.source + 1, frame.currentline};
    break;
  }
  return LUA_ERRKILL;
}

test_failure failure_of(lua_State* L, int status) {
  script_scope& s = scope_of(L);
  if (status == LUA_ERRKILL && s.took_memory)
    return test_failure::at(
        s.ended_at,
        fmt::format("the test's own Lua took more than {} MB of memory", memory_max >> 20U));
  if (status == LUA_ERRKILL)
    return test_failure::at(s.ended_at, fmt::format("the test's own Lua took more than {} million "
                                                    "instructions: does it loop without end?",
                                                    instructions_max / 1'000'000));
  if (status == LUA_ERRRUN && s.failure) return *s.failure;
  return test_failure::at({}, text_of_error(L, -1));
}

test_failure failure_of_compiler(lua_State* L) {
  script_scope& s = scope_of(L);
  test_failure failure = test_failure::at({s.path, 0}, text_of_error(L, -1));
  // "FILE:LINE: why", where a long name of the file is cut; the first number between colons.
  for (auto at = failure.message.find(':'); at != bytes::npos;
       at = failure.message.find(':', at + 1)) {
    const auto end = failure.message.find(": ", at + 1);
    if (end == bytes::npos) break;
    const auto line = parse_integer(bytes_view{failure.message}.substr(at + 1, end - at - 1));
    if (!line) continue;
    failure.place.line = static_cast<int>(*line);
    failure.message.erase(0, end + 2);
    break;
  }
  return failure;
}

}  // namespace comet::lab
