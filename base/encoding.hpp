#pragma once
// The durable form of small things: numbers, texts and times one after the other, and a checksum.
//
// What is stored (records, registers) is written by an `encoder` and read by a `decoder`, which
// takes any input: it reads within it and no further, and has one fault at most, the first.

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace comet {

class encoder {
 public:
  explicit encoder(std::size_t expected) { out_.reserve(expected); }

  void byte(std::uint8_t b) { out_.push_back(static_cast<char>(b)); }
  /// LEB128: seven bits a byte, least significant first.
  void number(std::uint64_t n);
  /// Signed: small ones are short either way.
  void integer(std::int64_t n);
  void time(wall_time t) { integer(to_unix_ms(t)); }
  void raw(bytes_view data) { out_.append(data); }
  void text(bytes_view data) {
    number(data.size());
    raw(data);
  }
  /// CRC-32C of all before, four bytes, least significant first.
  void checksum();
  bytes take() && { return std::move(out_); }

 private:
  bytes out_;
};

inline constexpr std::size_t checksum_size = 4;

/// What is before the checksum; nothing: it does not hold, or there is none.
std::optional<bytes_view> without_checksum(bytes_view encoded);

/// After the first fault every read gives an empty value and `failure` says what was wrong.
class decoder {
 public:
  /// `what`: of which kind the input is, for the message; it outlives this.
  decoder(bytes_view in, const char* what) : in_(in), size_(in.size()), what_(what) {}

  std::uint8_t byte();
  std::uint64_t number();
  std::int64_t integer();
  wall_time time() { return from_unix_ms(integer()); }
  bytes_view raw(std::size_t size);
  bytes_view text() { return raw(number()); }
  bytes_view rest() { return raw(in_.size()); }
  /// The size of a list that is present: at least one, and at most one element a byte left.
  std::size_t count();
  void failed(const char* why);

  [[nodiscard]] bool ok() const { return fault_ == nullptr; }
  [[nodiscard]] bool at_end() const { return in_.empty(); }
  [[nodiscard]] error failure() const;

 private:
  bytes_view in_;
  std::size_t size_;
  const char* what_;
  const char* fault_ = nullptr;
  std::size_t fault_at_ = 0;
};

}  // namespace comet
