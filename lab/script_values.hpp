#pragma once
// Values of tests and of the network: from one to the other.
//
// What does not fit raises in the caller's name. Called by script_*.

#include <chrono>

#include "base/bytes.hpp"
#include "object/reply.hpp"

struct lua_State;

namespace comet::lab {

/// Numbers and booleans as they are, maps and arrays as tables, null as nil, an error within a list
/// as its text.
void push_reply(lua_State* L, const object::reply& r);
void push_text(lua_State* L, bytes_view text);

/// Text of an argument that is text, a number or a boolean; other types raise.
void append_word(lua_State* L, int index);
/// The string at `index`, or raises; valid as long as it is on the stack.
bytes_view text_argument(lua_State* L, int index);
/// A number of seconds, or text; `what` names it in the error.
std::chrono::milliseconds duration_argument(lua_State* L, int index, const char* what);

/// Pushes a list of the keys of the table at `index`: numbers, then text, each rising, then others.
void push_sorted_keys(lua_State* L, int index);
/// Raises when the table at `index` has a key that is not among `names` (ends with null).
void check_names(lua_State* L, int index, const char* what, const char* const* names);

}  // namespace comet::lab
