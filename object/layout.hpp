#pragma once
// Where things lie in the ordered store (docs/formats.md): one byte says what, the rest orders it.
//
// Objects are ordered by the first eight bytes of their key id (SHA-256 of the key), so a SCAN
// cursor is a position that needs no memory on the server, and a range of the overlay's key space
// is a range of the store. Due times are ordered by time, so what comes next is a short scan.

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace comet::object::layout {

/// First eight bytes of SHA-256(key), big endian: the order of objects in the store.
std::uint64_t position_of(bytes_view key);

bytes object_key(bytes_view key);                          ///< 'o' position key
bytes object_key(std::uint64_t position, bytes_view key);  ///< the same, with the key's position
bytes object_range_start(std::uint64_t position);
bytes objects_end();
bytes code_key(const digest& hash);            ///< 'c' hash: the source
bytes code_count_key(const digest& hash);      ///< 'r' hash: how many records name it, big endian
bytes due_key(wall_time due, bytes_view key);  ///< 'd' milliseconds key; the value is empty
bytes due_range_start(wall_time from);
bytes meta_key(bytes_view name);  ///< 'm' name
/// 'g' and two bytes: what a node must not forget about a range of keys (object/replica).
bytes register_key(std::uint16_t range);
std::pair<bytes, bytes> registers_range();
result<std::uint16_t> parse_register_key(bytes_view store_key);
/// Objects of a range: its first store key, and the first after it.
std::pair<bytes, bytes> objects_of(std::uint16_t range);

/// Start and end of everything FLUSHALL removes (objects, code, counts, due times).
std::vector<std::pair<bytes, bytes>> flushed_ranges();

struct object_position {
  std::uint64_t position = 0;
  bytes_view key;  ///< views the parsed store key
};
result<object_position> parse_object_key(bytes_view store_key);

struct due_position {
  wall_time due{};
  bytes_view key;  ///< views the parsed store key
};
result<due_position> parse_due_key(bytes_view store_key);

/// Unsigned numbers as eight big-endian bytes, as all counters in the store.
bytes encode_number(std::uint64_t n);
result<std::uint64_t> decode_number(bytes_view raw);

}  // namespace comet::object::layout
