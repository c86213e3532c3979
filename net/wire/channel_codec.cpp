#include "net/wire/channel_codec.hpp"

#include "net/wire/message_frame.hpp"
#include "net/wire/msgpack_reader.hpp"
#include "net/wire/msgpack_writer.hpp"

namespace comet::wire {

namespace {

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

}  // namespace

template <>
result<void> append_frame(bytes& out, std::uint8_t version, std::uint64_t request,
                          const listening& content, const frame_limits& limits) {
  return append_message_frame(out, version, request, content, limits,
                              [](msgpack_writer& to, const listening& said) { write(to, said); });
}

template <>
result<listening> decode(const node_frame& frame) {
  return decode_message_frame<listening>(
      frame, [](msgpack_reader& from, listening& said) { read(from, said); });
}

template <>
result<void> append_frame(bytes& out, std::uint8_t version, std::uint64_t request,
                          const publication& content, const frame_limits& limits) {
  return append_message_frame(out, version, request, content, limits,
                              [](msgpack_writer& to, const publication& said) { write(to, said); });
}

template <>
result<publication> decode(const node_frame& frame) {
  return decode_message_frame<publication>(
      frame, [](msgpack_reader& from, publication& said) { read(from, said); });
}

}  // namespace comet::wire
