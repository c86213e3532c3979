#pragma once
// Values of tests compared, and as text for people.
//
// Tables are walked in the order of their sorted keys, so one test says the same in every run.
// Bounded: tables too deep to compare raise, what is shown is shortened. Called by script_expect.

#include "base/bytes.hpp"

struct lua_State;

namespace comet::lab {

/// Same types and values all the way down; else `difference` of the scope tells where.
bool are_equal(lua_State* L, int a, int b);
/// Appends the value as Lua would write it, shortened when it is large.
void describe(lua_State* L, int index, bytes& out);

}  // namespace comet::lab
