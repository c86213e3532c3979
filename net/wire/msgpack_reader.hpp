#pragma once
// msgpack read one value at a time, for bodies of node frames: nothing is allocated here, and no
// count that a stranger claims is believed before its bytes are there.
//
// After the first fault every read gives an empty value and `fault` says what was wrong, so a
// decoder reads on without looking and asks once at its end. Views are into the input.

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/digest.hpp"

namespace comet::wire {

class msgpack_reader {
 public:
  /// `elements_max`: of all arrays together; what is skipped does not count.
  msgpack_reader(bytes_view input, std::size_t elements_max)
      : input_(input), elements_left_(elements_max) {}

  std::uint64_t unsigned_integer();
  /// At most `max`.
  std::uint64_t unsigned_integer(std::uint64_t max);
  std::int64_t integer();
  double real();
  bool boolean();
  /// str or bin: strings of Comet are bytes.
  bytes_view text();
  bytes_view text(std::size_t size_max);
  /// Enters an array: its elements are read next.
  std::size_t array();
  /// Skips `count` values with all they hold; takes no stack however deep they nest.
  void skip(std::size_t count);

  void failed(const char* what);
  [[nodiscard]] bool ok() const { return fault_ == nullptr; }
  [[nodiscard]] bool at_end() const { return input_.empty(); }
  /// Null: none.
  [[nodiscard]] const char* fault() const { return fault_; }

 private:
  std::uint8_t byte();
  std::uint64_t big_endian(std::size_t size);
  bytes_view raw(std::uint64_t size);
  std::uint64_t skip_one();

  bytes_view input_;
  std::size_t elements_left_;
  const char* fault_ = nullptr;
};

/// The head of an array with at least `wanted` elements; how many more there are. A later build
/// adds fields at the end: skip them.
std::size_t begin_fields(msgpack_reader& from, std::size_t wanted);

digest read_digest(msgpack_reader& from);

}  // namespace comet::wire
