#pragma once
// net:inspect, net:log and net:journal: what a test sees of an object past its handlers.
//
// C functions of the network's type (script_network.cpp); argument 1 is `net`, 2 the key.

struct lua_State;

namespace comet::lab {

int inspect_object(lua_State* L);
int logged_lines(lua_State* L);
int turns_of_object(lua_State* L);

}  // namespace comet::lab
