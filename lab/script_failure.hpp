#pragma once
// Where a test failed, and why: from an error of Lua and its stack.
//
// The place is the innermost line of a test file, whoever raised; the lines that called it follow.
// Called by script_state.

#include "lab/test_outcome.hpp"

struct lua_State;

namespace comet::lab {

/// A message handler of lua_pcall: leaves the failure in the scope.
int on_error(lua_State* L);
/// A fuel function: notes the place, and ends all that runs.
int on_fuel_out(lua_State* L, int can_yield);
/// Of what lua_pcall gave, with the message on top of the stack. Never of LUA_OK.
test_failure failure_of(lua_State* L, int status);
/// "broken_test.lua:3: '=' expected near 'x'" of a file that does not compile.
test_failure failure_of_compiler(lua_State* L);

}  // namespace comet::lab
