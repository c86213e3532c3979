#pragma once
// dht.replicas and dht.put(dht.getKey(), value, nodes): how a handler chooses its object's copies.
//
// They check their arguments, which may raise, and leave the rest to turn_scope: what was asked for
// takes force when the turn commits (object/asked_replicas.hpp). Rows of lua/dht_library.

struct lua_State;

namespace comet::lua {

int dht_replicas(lua_State* L);

/// dht.put with a table as third argument.
int put_on_nodes(lua_State* L);

}  // namespace comet::lua
