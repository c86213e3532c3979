#include "net/wire/msgpack_reader.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

namespace comet::wire {

namespace {

// The first byte of a value, as the msgpack specification names them.
enum format : std::uint8_t {
  fixmap = 0x80,
  fixarray = 0x90,
  fixstr = 0xa0,
  nil = 0xc0,
  unused = 0xc1,
  no = 0xc2,
  yes = 0xc3,
  bin8 = 0xc4,
  ext8 = 0xc7,
  float32 = 0xca,
  float64 = 0xcb,
  uint8 = 0xcc,
  int8 = 0xd0,
  fixext1 = 0xd4,
  str8 = 0xd9,
  array16 = 0xdc,
  array32 = 0xdd,
  map16 = 0xde,
  map32 = 0xdf,
  negative_fixint = 0xe0,
};

}  // namespace

void msgpack_reader::failed(const char* what) {
  if (fault_ == nullptr) fault_ = what;
  input_ = {};
}

std::uint8_t msgpack_reader::byte() {
  const bytes_view one = raw(1);
  return one.empty() ? std::uint8_t{nil} : static_cast<std::uint8_t>(one.front());
}

bytes_view msgpack_reader::raw(std::uint64_t size) {
  if (size > input_.size()) {
    failed("it ends too early");
    return {};
  }
  const bytes_view taken = input_.substr(0, static_cast<std::size_t>(size));
  input_.remove_prefix(taken.size());
  return taken;
}

std::uint64_t msgpack_reader::big_endian(std::size_t size) {
  std::uint64_t n = 0;
  for (const char c : raw(size))
    n = n << 8U | static_cast<unsigned char>(c);
  return n;
}

std::uint64_t msgpack_reader::unsigned_integer() {
  const std::uint8_t head = byte();
  if (head < fixmap) return head;
  if (head >= uint8 && head < int8) return big_endian(std::size_t{1} << (head - uint8));
  failed("no unsigned integer where one belongs");
  return 0;
}

std::uint64_t msgpack_reader::unsigned_integer(std::uint64_t max) {
  const std::uint64_t n = unsigned_integer();
  if (n <= max) return n;
  failed("a number is out of range");
  return 0;
}

std::int64_t msgpack_reader::integer() {
  if (input_.empty() || static_cast<std::uint8_t>(input_.front()) < int8) {
    return static_cast<std::int64_t>(
        unsigned_integer(static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
  }
  const std::uint8_t head = byte();
  if (head >= negative_fixint) return static_cast<std::int8_t>(head);
  switch (head - int8) {
    case 0: return static_cast<std::int8_t>(big_endian(1));
    case 1: return static_cast<std::int16_t>(big_endian(2));
    case 2: return static_cast<std::int32_t>(big_endian(4));
    case 3: return static_cast<std::int64_t>(big_endian(8));
    default: failed("no integer where one belongs"); return 0;
  }
}

double msgpack_reader::real() {
  if (byte() != float64) failed("no double where one belongs");
  return std::bit_cast<double>(big_endian(sizeof(double)));
}

bool msgpack_reader::boolean() {
  const std::uint8_t head = byte();
  if (head != no && head != yes) failed("no boolean where one belongs");
  return head == yes;
}

bytes_view msgpack_reader::text() {
  const std::uint8_t head = byte();
  if (head >= fixstr && head < nil) return raw(head - fixstr);
  if (head >= bin8 && head < ext8) return raw(big_endian(std::size_t{1} << (head - bin8)));
  if (head >= str8 && head < array16) return raw(big_endian(std::size_t{1} << (head - str8)));
  failed("no text where one belongs");
  return {};
}

bytes_view msgpack_reader::text(std::size_t size_max) {
  const bytes_view found = text();
  if (found.size() <= size_max) return found;
  failed("a text is too long");
  return {};
}

std::size_t msgpack_reader::array() {
  const std::uint8_t head = byte();
  std::uint64_t count = 0;
  if (head >= fixarray && head < fixstr) {
    count = head - fixarray;
  } else if (head == array16 || head == array32) {
    count = big_endian(head == array16 ? 2 : 4);
  } else {
    failed("no array where one belongs");
    return 0;
  }
  if (count > elements_left_) {
    failed("too many elements");
  } else if (count > input_.size()) {  // each takes a byte at least
    failed("it ends too early");
  }
  if (!ok()) return 0;
  elements_left_ -= static_cast<std::size_t>(count);
  return static_cast<std::size_t>(count);
}

/// Skips one value's own bytes; how many values it holds.
std::uint64_t msgpack_reader::skip_one() {
  const std::uint8_t head = byte();
  if (head < fixmap || head >= negative_fixint) return 0;
  if (head < fixarray) return 2U * (head - std::uint64_t{fixmap});
  if (head < fixstr) return head - std::uint64_t{fixarray};
  if (head < nil) {
    raw(head - fixstr);
  } else if (head >= bin8 && head < ext8) {
    raw(big_endian(std::size_t{1} << (head - bin8)));
  } else if (head >= ext8 && head < float32) {
    raw(big_endian(std::size_t{1} << (head - ext8)) + 1);
  } else if (head == float32 || head == float64) {
    raw(head == float32 ? 4 : 8);
  } else if (head >= uint8 && head < int8) {
    raw(std::size_t{1} << (head - uint8));
  } else if (head >= int8 && head < fixext1) {
    raw(std::size_t{1} << (head - int8));
  } else if (head >= fixext1 && head < str8) {
    raw((std::size_t{1} << (head - fixext1)) + 1);
  } else if (head >= str8 && head < array16) {
    raw(big_endian(std::size_t{1} << (head - str8)));
  } else if (head == array16 || head == array32) {
    return big_endian(head == array16 ? 2 : 4);
  } else if (head == map16 || head == map32) {
    return 2 * big_endian(head == map16 ? 2 : 4);
  } else if (head == unused) {
    failed("a byte that msgpack does not use");
  }
  return 0;
}

void msgpack_reader::skip(std::size_t count) {
  for (std::uint64_t left = count; left > 0 && ok();) {
    const std::uint64_t inside = skip_one();
    left += inside - 1;
    if (left > input_.size()) failed("it ends too early");
  }
}

std::size_t begin_fields(msgpack_reader& from, std::size_t wanted) {
  const std::size_t count = from.array();
  if (count >= wanted) return count - wanted;
  from.failed("a field is missing");
  return 0;
}

digest read_digest(msgpack_reader& from) {
  const bytes_view raw = from.text();
  if (raw.size() == sizeof(digest)) return digest_from(raw);
  from.failed("a digest that has not 32 bytes");
  return {};
}

}  // namespace comet::wire
