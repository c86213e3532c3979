#pragma once
// The table `dht`: what a handler may ask of its node and of the overlay (Comet, OSDI 2010, Fig.
// 1b).

#include "object/turn.hpp"

struct lua_State;

namespace comet::lua {

/// Pushes the table {ip=, port=, user=, node=}, or nil for null. May raise.
void push_caller(lua_State* L, const object::caller* from);

/// Pushes what a handler gets for an operation: value and nodes, number of copies, nodes, or the
/// result of a method; nil and a message for a failure. Returns how many values. May raise.
int push_answer(lua_State* L, object::outcall::kind what, const object::reply& answer);

}  // namespace comet::lua
