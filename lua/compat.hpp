#pragma once
// The world of the paper's prototype, for code that carries the mark of object/compat_mark.
//
// What maps to what is docs/compat.md. The layer adds names to a fresh state before the script
// runs, finds the object in what the script left, and tells how a handler wants to be called. A
// state has the layer or has it not, for its whole life; without it every function here but
// `open_compat` does nothing. Used by loaded_object and by the libraries that name nodes.

struct lua_State;

namespace comet::lua {

/// dht.sysTime, dht.key, and methods of nodes. May raise (memory).
void open_compat(lua_State* L);
[[nodiscard]] bool is_compat(lua_State* L);

/// Gives the table at `index`, a node or a caller, its methods; of a list, each table in it.
void dress_node(lua_State* L, int index);
void dress_nodes(lua_State* L, int index);
/// The same for all tables of a state that look like one: methods are not stored.
void dress_state(lua_State* L, int index);

/// Pushes the object that a script left which returned nothing: the global `aso` or `object`, or a
/// table of the handlers that are global functions, which is then the global `self`. Else nil.
void push_compat_object(lua_State* L);
/// onStore of the object at `index` is its onPut, unless it has one.
void name_handlers(lua_State* L, int index);

/// How a handler is called, by the names of its parameters.
struct handler_form {
  bool takes_self = true;     ///< the first is called `self`, or it has none, or is `...`
  bool caller_first = false;  ///< onUpdate: the one that follows begins with `caller`
};
/// Of the function at `index`.
handler_form compat_form(lua_State* L, int index);

}  // namespace comet::lua
