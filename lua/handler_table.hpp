#pragma once
// The names under which an object's functions are handlers, and what they are given.
//
// docs/lua.md says what each operation means; annotations and `comet check` work by these rows. A
// name that begins with `on` and is none of them is no method either.

#include "base/bytes.hpp"

namespace comet::lua {

struct handler_row {
  const char* name;
  /// In the types of LuaCATS, without self: "new: string, caller: comet.caller".
  const char* parameters;
  const char* result;
  const char* about;
};

inline constexpr handler_row handler_table[] = {
    {"onPut", "caller: comet.caller", "any",
     "At creation. Gives what is stored: `self`, or nil for nothing."},
    {"onGet", "caller: comet.caller, callback_key: string?, payload: string?", "any",
     "A read. Gives what the reader sees; `self` means `self.value`."},
    {"onUpdate", "new: string|comet.successor, caller: comet.caller", "any",
     "A write. Gives `new` to take it, `self` to refuse it; anything else becomes `self.value`. "
     "For new code `new` is a table, and only `new` or `self` can be given."},
    {"onDelete", "caller: comet.caller", "boolean?", "A delete. Gives false to refuse it."},
    {"onTimer", "name: string", "nil", "A timer that the object has set."},
};

inline constexpr bool is_handler(bytes_view name) {
  for (const handler_row& row : handler_table)
    if (name == row.name) return true;
  return false;
}

/// May a client call the function of this name with ASO.CALL?
inline constexpr bool is_method(bytes_view name) {
  return !name.empty() && !name.starts_with('_') && !name.starts_with("on");
}

}  // namespace comet::lua
