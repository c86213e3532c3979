#pragma once
// The C API of the patched Lua. Included by .cpp files of this room only.
//
// Lua is compiled as C: an error is a longjmp. A C++ function that Lua calls holds no object with a
// destructor across a call that can raise; what needs one lives in the turn's scope.

extern "C" {
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
}
