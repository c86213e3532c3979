#include "object/layout.hpp"

#include <cstddef>

#include "object/replica/group.hpp"

namespace comet::object::layout {

namespace {

constexpr char object_tag = 'o';
constexpr char code_tag = 'c';
constexpr char code_count_tag = 'r';
constexpr char due_tag = 'd';
constexpr char meta_tag = 'm';
constexpr char register_tag = 'g';

constexpr std::size_t number_size = 8;
constexpr std::size_t prefix_size = 1 + number_size;

/// Flips the sign bit, so that times before 1970 come first in the order of bytes.
constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63U;

void append_number(bytes& out, std::uint64_t n) {
  for (unsigned shift = 64; shift > 0;) {
    shift -= 8;
    out.push_back(static_cast<char>(n >> shift & 0xFFU));
  }
}

std::uint64_t number_at(bytes_view raw, std::size_t at) {
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < number_size; ++i) {
    n = n << 8U | static_cast<unsigned char>(raw[at + i]);
  }
  return n;
}

bytes tagged(char tag, bytes_view rest) {
  bytes out;
  out.reserve(1 + rest.size());
  out.push_back(tag);
  out.append(rest);
  return out;
}

bytes ordered(char tag, std::uint64_t order, bytes_view rest) {
  bytes out;
  out.reserve(prefix_size + rest.size());
  out.push_back(tag);
  append_number(out, order);
  out.append(rest);
  return out;
}

std::uint64_t order_of(wall_time t) {
  return static_cast<std::uint64_t>(to_unix_ms(t)) ^ sign_bit;
}

/// The first key after all that begin with `tag`.
bytes end_of(char tag) {
  return bytes(1, static_cast<char>(tag + 1));
}

std::pair<bytes, bytes> range_of(char tag) {
  return {bytes(1, tag), end_of(tag)};
}

error not_a(bytes_view what, bytes_view store_key) {
  bytes message{"store key '"};
  message += printable(shortened(store_key, 64));
  message += "' is not ";
  message += what;
  return {errc::corrupt, std::move(message)};
}

}  // namespace

std::uint64_t position_of(bytes_view key) {
  return number_at(as_bytes(sha256(key)), 0);
}

bytes object_key(bytes_view key) {
  return object_key(position_of(key), key);
}

bytes object_key(std::uint64_t position, bytes_view key) {
  return ordered(object_tag, position, key);
}

bytes object_range_start(std::uint64_t position) {
  return ordered(object_tag, position, {});
}

bytes objects_end() {
  return end_of(object_tag);
}

bytes code_key(const digest& hash) {
  return tagged(code_tag, as_bytes(hash));
}

bytes code_count_key(const digest& hash) {
  return tagged(code_count_tag, as_bytes(hash));
}

bytes due_key(wall_time due, bytes_view key) {
  return ordered(due_tag, order_of(due), key);
}

bytes due_range_start(wall_time from) {
  return ordered(due_tag, order_of(from), {});
}

bytes meta_key(bytes_view name) {
  return tagged(meta_tag, name);
}

bytes register_key(std::uint16_t range) {
  return {register_tag, static_cast<char>(range >> 8U), static_cast<char>(range & 0xFFU)};
}

std::pair<bytes, bytes> registers_range() {
  return range_of(register_tag);
}

result<std::uint16_t> parse_register_key(bytes_view store_key) {
  if (store_key.size() != 3 || store_key.front() != register_tag)
    return not_a("a register's: 'g', 2 bytes of the range", store_key);
  return static_cast<std::uint16_t>(static_cast<unsigned char>(store_key[1]) << 8U |
                                    static_cast<unsigned char>(store_key[2]));
}

std::pair<bytes, bytes> objects_of(std::uint16_t range) {
  constexpr unsigned shift = 64 - replica::range_bits;
  const bool last = range + 1U == replica::ranges;
  return {object_range_start(std::uint64_t{range} << shift),
          last ? objects_end() : object_range_start((std::uint64_t{range} + 1) << shift)};
}

std::vector<std::pair<bytes, bytes>> flushed_ranges() {
  return {range_of(object_tag), range_of(code_tag), range_of(code_count_tag), range_of(due_tag)};
}

result<object_position> parse_object_key(bytes_view store_key) {
  if (store_key.size() < prefix_size || store_key.front() != object_tag) {
    return not_a("an object's: 'o', 8 bytes of position, the key", store_key);
  }
  return object_position{number_at(store_key, 1), store_key.substr(prefix_size)};
}

result<due_position> parse_due_key(bytes_view store_key) {
  if (store_key.size() < prefix_size || store_key.front() != due_tag) {
    return not_a("a due time: 'd', 8 bytes of milliseconds, the key", store_key);
  }
  const auto ms = static_cast<std::int64_t>(number_at(store_key, 1) ^ sign_bit);
  return due_position{from_unix_ms(ms), store_key.substr(prefix_size)};
}

bytes encode_number(std::uint64_t n) {
  bytes out;
  append_number(out, n);
  return out;
}

result<std::uint64_t> decode_number(bytes_view raw) {
  if (raw.size() != number_size) {
    return error{errc::corrupt, "a number in the store has " + std::to_string(raw.size()) +
                                    " bytes, it has to have 8"};
  }
  return number_at(raw, 0);
}

}  // namespace comet::object::layout
