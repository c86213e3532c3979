#pragma once
// msgpack written the way node frames have it: strings are bin, doubles stay doubles.
//
// The other side is msgpack_reader. Used by node_message, command_codec, replica_codec and
// channel_codec only.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <msgpack.hpp>

#include "base/bytes.hpp"
#include "base/digest.hpp"

namespace comet::wire {

/// msgpack-cxx writes into anything with `write`.
struct msgpack_appender {
  bytes& out;
  void write(const char* data, std::size_t size) { out.append(data, size); }
};
using msgpack_writer = msgpack::packer<msgpack_appender>;

inline void write_text(msgpack_writer& to, bytes_view text) {
  to.pack_bin(static_cast<std::uint32_t>(text.size()));
  to.pack_bin_body(text.data(), static_cast<std::uint32_t>(text.size()));
}

inline void write_flag(msgpack_writer& to, bool flag) {
  if (flag) {
    to.pack_true();
  } else {
    to.pack_false();
  }
}

inline void write_digest(msgpack_writer& to, const digest& d) {
  write_text(to, as_bytes(d));
}

/// Always as a double: msgpack-cxx packs one without a fraction as an integer.
inline void write_real(msgpack_writer& to, double x) {
  const auto raw = std::bit_cast<std::uint64_t>(x);
  std::array<char, 1 + sizeof raw> encoded{'\xcb'};
  for (std::size_t i = 0; i < sizeof raw; ++i)
    encoded[sizeof raw - i] = static_cast<char>(raw >> (8 * i) & 0xFFU);
  to.pack_bin_body(encoded.data(), static_cast<std::uint32_t>(encoded.size()));
}

}  // namespace comet::wire
