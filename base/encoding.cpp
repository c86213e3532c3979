#include "base/encoding.hpp"

#include "base/digest.hpp"

namespace comet {

void encoder::number(std::uint64_t n) {
  for (; n >= 0x80U; n >>= 7U)
    byte(static_cast<std::uint8_t>(n | 0x80U));
  byte(static_cast<std::uint8_t>(n));
}

void encoder::integer(std::int64_t n) {
  number(static_cast<std::uint64_t>(n) << 1U ^ static_cast<std::uint64_t>(n >> 63U));
}

void encoder::checksum() {
  const std::uint32_t crc = crc32c(out_);
  for (unsigned shift = 0; shift < 32; shift += 8)
    byte(static_cast<std::uint8_t>(crc >> shift));
}

std::optional<bytes_view> without_checksum(bytes_view encoded) {
  if (encoded.size() < checksum_size) return std::nullopt;
  const bytes_view body = encoded.substr(0, encoded.size() - checksum_size);
  std::uint32_t stored = 0;
  for (std::size_t i = 0; i < checksum_size; ++i)
    stored |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(encoded[body.size() + i]))
              << (8 * i);
  if (stored != crc32c(body)) return std::nullopt;
  return body;
}

std::uint8_t decoder::byte() {
  const bytes_view one = raw(1);
  return one.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(one.front());
}

std::uint64_t decoder::number() {
  std::uint64_t n = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t b = byte();
    const bool padded = b == 0 && shift > 0;
    const bool too_big = shift == 63 && b > 1;
    if (padded || too_big) break;
    n |= static_cast<std::uint64_t>(b & 0x7FU) << shift;
    if ((b & 0x80U) == 0) return n;
  }
  failed("a number is padded or over 64 bits");
  return 0;
}

std::int64_t decoder::integer() {
  const std::uint64_t n = number();
  return static_cast<std::int64_t>(n >> 1U ^ (~(n & 1U) + 1U));
}

bytes_view decoder::raw(std::size_t size) {
  if (size > in_.size()) {
    failed("a field is longer than what is left");
    return {};
  }
  const bytes_view field = in_.substr(0, size);
  in_.remove_prefix(size);
  return field;
}

std::size_t decoder::count() {
  const std::uint64_t n = number();
  if (n > 0 && n <= in_.size()) return static_cast<std::size_t>(n);
  failed("a list has an impossible size");
  return 0;
}

void decoder::failed(const char* why) {
  if (fault_ == nullptr) {
    fault_ = why;
    fault_at_ = size_ - in_.size();
  }
  in_ = {};
}

error decoder::failure() const {
  return {errc::corrupt, bytes{what_} + " of " + std::to_string(size_ + checksum_size) +
                             " bytes is damaged at byte " + std::to_string(fault_at_) + ": " +
                             fault_};
}

}  // namespace comet
