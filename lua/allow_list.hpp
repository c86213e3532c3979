#pragma once
// What a script may use: the one table of its functions, and the environment that offers them.
//
// Nothing that is not named here exists for a script: no load, require, io, os, debug,
// collectgarbage, no finalizers. The environment is lazy: an empty table of globals finds names
// here when they are first used, so an object pays only for what it uses. A row also holds what
// lua/reference.hpp tells people of the name; a test runs its example and compares its charge.

#include <span>

struct lua_State;

namespace comet::lua {

using library_function = int (*)(lua_State*);

/// What the reference says of a name.
struct description {
  /// The forms of a call, one a line, with the types of LuaCATS: "f(a: string, b?: integer, ...:
  /// any) -> c: string, d: any"; names of results may be left out. Of a constant "math.pi: number".
  const char* signature;
  const char* summary;
  const char* errors = "";  ///< what raises, besides arguments of a wrong type
  const char* cost = "";    ///< fuel charged over the instructions executed; empty: nothing
  /// Fuel charged by the first call of it with which a line of the example, or what the line
  /// assigns to a local, begins.
  int example_fuel = 0;
  /// Lines of Lua in one turn of an object; `expression --> values` says what comes out. A line
  /// `-- later` begins another turn, seconds later.
  const char* example;
};

struct library_entry {
  const char* library;  ///< "" for a global
  const char* name;
  library_function function;  ///< null: what Lua's own library has under this name
  description about;
};

std::span<const library_entry> base_functions();
std::span<const library_entry> coroutine_functions();
std::span<const library_entry> dht_functions();
std::span<const library_entry> comet_functions();
std::span<const library_entry> standard_functions();
std::span<const library_entry> text_functions();

/// Calls `visit` with each row.
template <class Visit>
void each_library_entry(Visit visit) {
  for (const auto rows : {dht_functions(), comet_functions(), base_functions(),
                          coroutine_functions(), standard_functions(), text_functions()})
    for (const library_entry& row : rows)
      visit(row);
}

/// Fills a fresh state: lazy globals, protected metatable of strings. May raise (memory).
void open_environment(lua_State* L);

}  // namespace comet::lua
