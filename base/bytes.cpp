#include "base/bytes.hpp"

#include <array>
#include <cstddef>

namespace comet {

namespace {

constexpr std::array<char, 16> hex_digits = {'0', '1', '2', '3', '4', '5', '6', '7',
                                             '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

void append_hex(bytes& out, unsigned char byte) {
  out.push_back(hex_digits[byte >> 4U]);
  out.push_back(hex_digits[byte & 15U]);
}

std::optional<unsigned> value_of_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bytes to_hex(bytes_view data) {
  bytes out;
  out.reserve(data.size() * 2);
  for (const char c : data)
    append_hex(out, static_cast<unsigned char>(c));
  return out;
}

std::optional<bytes> from_hex(bytes_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  bytes out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = value_of_digit(text[i]);
    const auto low = value_of_digit(text[i + 1]);
    if (!high || !low) return std::nullopt;
    out.push_back(static_cast<char>(*high << 4U | *low));
  }
  return out;
}

bytes shortened(bytes_view data, std::size_t limit) {
  if (data.size() <= limit) return bytes{data};
  bytes out{data.substr(0, limit)};
  out += "...";
  return out;
}

bytes printable(bytes_view data) {
  bytes out;
  out.reserve(data.size());
  for (const char c : data) {
    if (c >= ' ' && c <= '~') {
      out.push_back(c);
    } else {
      out += "\\x";
      append_hex(out, static_cast<unsigned char>(c));
    }
  }
  return out;
}

bool equal_ignoring_case(bytes_view a, bytes_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (folded(a[i]) != folded(b[i])) return false;
  }
  return true;
}

}  // namespace comet
