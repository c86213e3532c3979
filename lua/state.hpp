#pragma once
// A Lua value as msgpack and back: the durable form of an object's state, comet.pack and unpack.
//
// Kept: nil, boolean, integer (64 bits, exact), float (always float 64, so 1 and 1.0 stay
// distinct), string (bytes, the str family), and trees of tables with string, number or boolean
// keys. A table is an array when its keys are exactly 1..n and n > 0, else a map. Access is raw: no
// metamethod runs, metatables are not kept. The order of a map's entries is that of the table, so
// equal states may have different bytes. docs/formats.md describes what the store holds.

#include <cstddef>
#include <cstdint>
#include <limits>

#include "base/bytes.hpp"
#include "base/result.hpp"

struct lua_State;

namespace comet::lua {

struct encoding {
  std::size_t bytes_max;
  int depth_max;          ///< tables within tables; cycles end here
  bool is_state = false;  ///< skip functions of the outermost table: they are the code
  bool mark = false;      ///< watch all tables met for changes (dirty bit)
  /// What the walk may charge. Tables met many times over, or full of holes, take long to walk and
  /// few bytes: the size bounds no time.
  std::int64_t fuel_max = std::numeric_limits<std::int64_t>::max();
};

/// Appends the value at `index`. Never raises and allocates nothing in Lua; charges its walk to the
/// fuel of `L`, failed or not. Fails with errc::state; the message names the field, e.g. "field
/// 'readers[2].notify' is a function".
result<void> encode(lua_State* L, int index, const encoding& how, bytes& out);

/// Pushes the value that `encoded` holds; for bytes of any origin. `mark`: watch its tables. Raises
/// a Lua error for bytes that are not exactly one such value, and when memory runs out.
void push_decoded(lua_State* L, bytes_view encoded, int depth_max, bool mark);

/// Makes `encoded` the state of the table at `index`: all its fields but functions are replaced.
/// The table and all within are watched for changes. Raises as `push_decoded`.
void install_state(lua_State* L, int index, bytes_view encoded, int depth_max);

}  // namespace comet::lua
