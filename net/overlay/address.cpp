#include "net/overlay/address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace comet::overlay {
namespace {

constexpr std::size_t v4_offset = 12;
constexpr std::size_t groups = 8;

template <class Number>
std::optional<Number> number(bytes_view text, int base, std::size_t digits_max) {
  Number value{};
  if (text.empty() || text.size() > digits_max) return std::nullopt;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<bytes_view> split(bytes_view text, char separator) {
  std::vector<bytes_view> parts;
  for (std::size_t from = 0;;) {
    const auto to = text.find(separator, from);
    parts.push_back(text.substr(from, to - from));
    if (to == bytes_view::npos) return parts;
    from = to + 1;
  }
}

bool parse_v4(bytes_view text, std::array<std::uint8_t, 16>& ip) {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return false;
  ip = v4_address(0, 0).ip;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto part = number<std::uint8_t>(parts[i], 10, 3);
    if (!part) return false;
    ip[v4_offset + i] = *part;
  }
  return true;
}

/// The groups of one side of "::"; an empty text has none.
std::optional<std::vector<std::uint16_t>> parse_groups(bytes_view text) {
  std::vector<std::uint16_t> values;
  if (text.empty()) return values;
  for (const auto part : split(text, ':')) {
    const auto value = number<std::uint16_t>(part, 16, 4);
    if (!value || values.size() == groups) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

bool parse_v6(bytes_view text, std::array<std::uint8_t, 16>& ip) {
  const auto gap = text.find("::");
  const auto front = parse_groups(text.substr(0, gap));
  const auto back = parse_groups(gap == bytes_view::npos ? bytes_view{} : text.substr(gap + 2));
  if (!front || !back) return false;
  const auto given = front->size() + back->size();
  if (gap == bytes_view::npos ? given != groups : given >= groups) return false;
  ip = {};
  const auto put = [&ip](std::size_t group, std::uint16_t value) {
    ip[2 * group] = static_cast<std::uint8_t>(value >> 8U);
    ip[2 * group + 1] = static_cast<std::uint8_t>(value);
  };
  for (std::size_t i = 0; i < front->size(); ++i)
    put(i, (*front)[i]);
  for (std::size_t i = 0; i < back->size(); ++i)
    put(groups - back->size() + i, (*back)[i]);
  return true;
}

/// With the longest run of two or more zero groups as "::" (RFC 5952).
bytes v6_text(const std::array<std::uint8_t, 16>& ip) {
  std::array<unsigned, groups> values{};
  for (std::size_t i = 0; i < groups; ++i)
    values[i] = static_cast<unsigned>(ip[2 * i] << 8U | ip[2 * i + 1]);
  std::size_t gap = groups;
  std::size_t gap_size = 1;
  for (std::size_t i = 0; i < groups; ++i) {
    std::size_t run = 0;
    while (i + run < groups && values[i + run] == 0)
      ++run;
    if (run > gap_size) {
      gap = i;
      gap_size = run;
    }
  }
  bytes text;
  for (std::size_t i = 0; i < groups; ++i) {
    if (i == gap) {
      text += "::";
      i += gap_size - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    text += fmt::format("{:x}", values[i]);
  }
  return text;
}

}  // namespace

address v4_address(std::uint32_t ip, std::uint16_t port) {
  address a;
  a.ip[10] = a.ip[11] = 0xFF;
  for (unsigned i = 0; i < 4; ++i)
    a.ip[v4_offset + i] = static_cast<std::uint8_t>(ip >> (24 - 8 * i));
  a.port = port;
  return a;
}

bool is_v4(const address& a) {
  return std::all_of(a.ip.begin(), a.ip.begin() + 10, [](auto byte) { return byte == 0; }) &&
         a.ip[10] == 0xFF && a.ip[11] == 0xFF;
}

result<address> parse_address(bytes_view text) {
  address a;
  const auto colon = text.rfind(':');
  const auto port = colon == bytes_view::npos
                        ? std::nullopt
                        : number<std::uint16_t>(text.substr(colon + 1), 10, 5);
  const auto host = text.substr(0, colon == bytes_view::npos ? 0 : colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const bool parsed =
      bracketed ? parse_v6(host.substr(1, host.size() - 2), a.ip) : parse_v4(host, a.ip);
  if (!port || !parsed) {
    return {errc::syntax, fmt::format("'{}' is no address of a node; write 192.0.2.1:7400 or "
                                      "[2001:db8::1]:7400",
                                      printable(shortened(text, 80)))};
  }
  a.port = *port;
  return a;
}

bytes to_text(const address& a) {
  if (!is_v4(a)) return fmt::format("[{}]:{}", v6_text(a.ip), a.port);
  return fmt::format("{}.{}.{}.{}:{}", a.ip[12], a.ip[13], a.ip[14], a.ip[15], a.port);
}

std::uint64_t network_of(const address& a) {
  std::uint64_t prefix = 0;
  const std::size_t from = is_v4(a) ? v4_offset : 0;
  const std::size_t to = is_v4(a) ? v4_offset + 3 : 8;
  for (std::size_t i = from; i < to; ++i)
    prefix = prefix << 8U | a.ip[i];
  return prefix;
}

bool is_loopback(const address& a) {
  if (is_v4(a)) return a.ip[v4_offset] == 127;
  return std::all_of(a.ip.begin(), a.ip.end() - 1, [](auto byte) { return byte == 0; }) &&
         a.ip[15] == 1;
}

bool is_private(const address& a) {
  if (is_loopback(a)) return true;
  if (!is_v4(a)) return (a.ip[0] & 0xFEU) == 0xFC || (a.ip[0] == 0xFE && (a.ip[1] & 0xC0U) == 0x80);
  const auto first = a.ip[12];
  const auto second = a.ip[13];
  return first == 10 || (first == 172 && (second & 0xF0U) == 16) ||
         (first == 192 && second == 168) || (first == 169 && second == 254);
}

bool is_reachable(const address& a) {
  if (a.port == 0) return false;
  if (is_v4(a)) return a.ip[12] != 0 && a.ip[12] < 224;
  const bool unspecified =
      std::all_of(a.ip.begin(), a.ip.end(), [](auto byte) { return byte == 0; });
  return !unspecified && a.ip[0] != 0xFF;
}

}  // namespace comet::overlay
