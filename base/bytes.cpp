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
