#pragma once
// The command that a recorded turn carried out, as bytes in a record.
//
// Only operations that run handlers have a form; of a command only what a turn reads of it is kept.
// Numbers of operations are those of the store: never given to another. Used by
// object/recorded_turn.

#include "base/bytes.hpp"
#include "base/encoding.hpp"
#include "object/command.hpp"

namespace comet::object {

/// "GET", "ASO.CALL"; empty: no operation of a turn.
bytes_view name_of_operation(op what);

/// `c.what` runs handlers.
void write_command(encoder& out, const command& c);
/// Views the input of `in`; `key` is the object's and outlives the command.
command read_command(decoder& in, bytes_view key);

}  // namespace comet::object
