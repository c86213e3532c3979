#pragma once
// Lua values as replies to clients, and replies as Lua values.
//
// A table whose keys are 1..n is an array, so is an empty one; any other is a map, its entries in
// the order of their keys whatever the VM's seed. Text goes as it is, integers and floats keep
// their kind. What a client cannot be given (a function, a coroutine) is an error that names its
// place.

#include <cstddef>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "object/reply.hpp"

struct lua_State;

namespace comet::lua {

struct reply_limits {
  std::size_t bytes_max;  ///< of all texts, and 16 for each item
  int depth_max;
};

/// The value at `index`. Never raises and allocates nothing in Lua. Fails with errc::script.
result<object::reply> to_reply(lua_State* L, int index, const reply_limits& limits);

/// The value at `index` as a string command sees it: a string as it is, a number or boolean as
/// text. Nothing for any other kind.
std::optional<bytes> to_text(lua_State* L, int index);

/// Pushes what a reply holds; a failure is pushed as its message. May raise for want of memory.
void push_reply(lua_State* L, const object::reply& r);

}  // namespace comet::lua
