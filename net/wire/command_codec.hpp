#pragma once
// A command as nodes send it to each other: compact, and none that a shard could not carry out.
//
// One msgpack array: the operation by its number, the key, then numbers of fields, each followed by
// its value; what has its default is left out. Numbers of operations and fields are never given to
// another. A command of which anything is unknown is refused as a whole: half of what was meant
// would be something else. So is one whose fields do not fit its operation, because the shard
// relies on that. Sizes of keys and values are the receiver's limits to judge.
//
// Used by node_message, for frames of kind forward.

#include "base/bytes.hpp"
#include "net/wire/msgpack_reader.hpp"
#include "object/command.hpp"

namespace comet::wire {

void append_command(bytes& out, const object::command& c);

/// Views the reader's input. After a fault of the reader the command means nothing.
object::command read_command(msgpack_reader& from);

}  // namespace comet::wire
