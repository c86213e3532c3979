#pragma once
// Where a Lua thread stands, as text. Reads the stack only: allocates nothing in Lua, never raises.

#include "base/bytes.hpp"

struct lua_State;

namespace comet::lua {

/// " at line N" of the innermost function of the script; empty when none is on the stack.
bytes line_of(lua_State* L);

/// One line a function, innermost first, at most 20 lines: "aso:3: in method 'onGet'".
bytes trace_of(lua_State* L);

}  // namespace comet::lua
