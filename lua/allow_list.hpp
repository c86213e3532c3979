#pragma once
// What a script may use: the one table of its functions, and the environment that offers them.
//
// Nothing that is not named here exists for a script: no load, require, io, os, debug,
// collectgarbage, no finalizers. The environment is lazy: an empty table of globals finds names
// here when they are first used, so an object pays only for what it uses.

#include <span>

struct lua_State;

namespace comet::lua {

using library_function = int (*)(lua_State*);

/// A function of this project; docs/lua.md is checked against these.
struct library_entry {
  const char* library;  ///< "" for a global function
  const char* name;
  library_function function;
  const char* usage;  ///< as in the documentation, e.g. "dht.getKey() -> key"
};

std::span<const library_entry> base_functions();
std::span<const library_entry> coroutine_functions();
std::span<const library_entry> dht_functions();
std::span<const library_entry> comet_functions();

/// A name taken over from Lua's own libraries.
struct standard_entry {
  const char* library;
  const char* name;
};
std::span<const standard_entry> standard_functions();

/// Fills a fresh state: lazy globals, protected metatable of strings. May raise (memory).
void open_environment(lua_State* L);

}  // namespace comet::lua
