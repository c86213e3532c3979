#pragma once
// The frame around one message of the table of kinds: its head, its body as msgpack, its bounds.
//
// A codec gives how the body's fields are written and read; the rest is the same for all. Used by
// node_message, replica_codec and channel_codec only.

#include <cstdint>

#include "base/check.hpp"
#include "net/wire/msgpack_reader.hpp"
#include "net/wire/msgpack_writer.hpp"
#include "net/wire/node_message.hpp"

namespace comet::wire {

/// `write(msgpack_writer&, const Message&)`.
template <class Message, class Write>
result<void> append_message_frame(bytes& out, std::uint8_t version, std::uint64_t request,
                                  const Message& content, const frame_limits& limits, Write write) {
  const std::size_t start = begin_frame(out, version, Message::kind, request);
  msgpack_appender to{out};
  msgpack_writer writer{to};
  write(writer, content);
  return end_frame(out, start, limits);
}

/// `read(msgpack_reader&, Message&)`.
template <class Message, class Read>
result<Message> decode_message_frame(const node_frame& frame, Read read) {
  COMET_CHECK(frame.kind == Message::kind);
  msgpack_reader from{frame.body, elements_max};
  Message content{};
  read(from, content);
  if (from.ok() && !from.at_end()) from.failed("bytes after its end");
  if (from.ok()) return content;
  return unreadable(frame, from.fault());
}

}  // namespace comet::wire
