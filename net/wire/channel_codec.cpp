#include "net/wire/channel_codec.hpp"

#include "base/check.hpp"
#include "net/wire/msgpack_reader.hpp"
#include "net/wire/msgpack_writer.hpp"

namespace comet::wire {

namespace {

void write_flag(msgpack_writer& to, bool flag) {
  if (flag) {
    to.pack_true();
  } else {
    to.pack_false();
  }
}

void write_names(msgpack_writer& to, const std::vector<bytes>& names) {
  to.pack_array(static_cast<std::uint32_t>(names.size()));
  for (const auto& name : names)
    write_text(to, name);
}

std::vector<bytes> read_names(msgpack_reader& from) {
  std::vector<bytes> names;
  const std::size_t count = from.array();
  for (std::size_t i = 0; i < count && from.ok(); ++i)
    names.emplace_back(from.text());
  return names;
}

void write(msgpack_writer& to, const listening& l) {
  to.pack_array(6);
  write_flag(to, l.whole);
  write_flag(to, l.everything);
  for (const auto* names : {&l.channels, &l.patterns, &l.channels_left, &l.patterns_left})
    write_names(to, *names);
}

void read(msgpack_reader& from, listening& l) {
  const std::size_t more = begin_fields(from, 6);
  l.whole = from.boolean();
  l.everything = from.boolean();
  for (auto* names : {&l.channels, &l.patterns, &l.channels_left, &l.patterns_left})
    *names = read_names(from);
  from.skip(more);
}

void write(msgpack_writer& to, const publication& p) {
  to.pack_array(2);
  write_text(to, p.channel);
  write_text(to, p.message);
}

void read(msgpack_reader& from, publication& p) {
  const std::size_t more = begin_fields(from, 2);
  p.channel = from.text();
  p.message = from.text();
  from.skip(more);
}

template <class Message>
result<void> append_fields(bytes& out, std::uint8_t version, std::uint64_t request,
                           const Message& content, const frame_limits& limits) {
  const std::size_t start = begin_frame(out, version, Message::kind, request);
  msgpack_appender to{out};
  msgpack_writer writer{to};
  write(writer, content);
  return end_frame(out, start, limits);
}

template <class Message>
result<Message> decode_fields(const node_frame& frame) {
  COMET_CHECK(frame.kind == Message::kind);
  msgpack_reader from{frame.body, elements_max};
  Message content;
  read(from, content);
  if (from.ok() && !from.at_end()) from.failed("bytes after its end");
  if (from.ok()) return content;
  return unreadable(frame, from.fault());
}

}  // namespace

template <>
result<void> append_frame(bytes& out, std::uint8_t version, std::uint64_t request,
                          const listening& content, const frame_limits& limits) {
  return append_fields(out, version, request, content, limits);
}

template <>
result<listening> decode(const node_frame& frame) {
  return decode_fields<listening>(frame);
}

template <>
result<void> append_frame(bytes& out, std::uint8_t version, std::uint64_t request,
                          const publication& content, const frame_limits& limits) {
  return append_fields(out, version, request, content, limits);
}

template <>
result<publication> decode(const node_frame& frame) {
  return decode_fields<publication>(frame);
}

}  // namespace comet::wire
