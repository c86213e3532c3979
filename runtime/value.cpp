#include "runtime/value.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <span>

namespace comet::runtime {
namespace {

struct unit {
  bytes_view name;
  std::int64_t factor;
};

// From large to small, so that the first exact one is the largest.
constexpr std::array<unit, 4> size_units{
    {{"GB", std::int64_t{1} << 30}, {"MB", std::int64_t{1} << 20}, {"kB", 1024}, {"B", 1}}};
constexpr std::array<unit, 5> time_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

/// The whole number at the start of `text`; what follows it goes to `rest`.
std::optional<std::int64_t> leading_number(bytes_view text, bytes_view& rest) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{}) return std::nullopt;
  rest = {stop, static_cast<std::size_t>(end - stop)};
  return number;
}

std::optional<std::int64_t> scaled(bytes_view text, std::span<const unit> units,
                                   std::optional<std::int64_t> plain_factor) {
  bytes_view name;
  const auto number = leading_number(text, name);
  if (!number || *number < 0) return std::nullopt;
  std::optional<std::int64_t> factor;
  if (name.empty()) factor = *number == 0 ? 1 : plain_factor;
  for (const unit& u : units) {
    if (equal_ignoring_case(u.name, name)) factor = u.factor;
  }
  if (!factor || *number > std::numeric_limits<std::int64_t>::max() / *factor) return std::nullopt;
  return *number * *factor;
}

bytes with_unit(std::int64_t number, std::span<const unit> units) {
  for (const unit& u : units) {
    if (number % u.factor == 0 && (number != 0 || u.factor == 1)) {
      return fmt::format("{}{}", number / u.factor, u.name);
    }
  }
  return fmt::format("{}", number);
}

}  // namespace

result<address> parse_address(bytes_view text) {
  const auto refusal = [] {
    return error{errc::config,
                 "takes HOST:PORT, such as 127.0.0.1:7379 or [::1]:7379, with a port of 0 (any "
                 "free one) to 65535"};
  };
  const std::size_t colon = text.rfind(':');
  if (colon == bytes_view::npos || colon == 0) return refusal();
  bytes_view host = text.substr(0, colon);
  if (host.front() == '[') {
    if (host.back() != ']') return refusal();
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != bytes_view::npos) {
    return refusal();  // an IPv6 number without brackets
  }
  bytes_view rest;
  const auto port = leading_number(text.substr(colon + 1), rest);
  if (host.empty() || host.find_first_of(" \t[]") != bytes_view::npos || !port || !rest.empty() ||
      *port < 0 || *port > 65'535) {
    return refusal();
  }
  return address{bytes{host}, static_cast<std::uint16_t>(*port)};
}

bytes text_of(const address& a) {
  const bool numeric6 = a.host.find(':') != bytes::npos;
  return numeric6 ? fmt::format("[{}]:{}", a.host, a.port) : fmt::format("{}:{}", a.host, a.port);
}

result<std::vector<address>> parse_addresses(bytes_view text) {
  constexpr bytes_view spaces = " \t";
  std::vector<address> all;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    bytes_view one = text.substr(0, comma);
    text.remove_prefix(comma == bytes_view::npos ? text.size() : comma + 1);
    one.remove_prefix(std::min(one.find_first_not_of(spaces), one.size()));
    one = one.substr(0, one.find_last_not_of(spaces) + 1);
    auto where = parse_address(one);
    if (!where || where->port == 0) {
      return error{errc::config,
                   "takes HOST:PORT, or several with commas between them, such as "
                   "192.0.2.1:7400,node-b:7400, with ports of 1 to 65535"};
    }
    all.push_back(std::move(*where));
  }
  return all;
}

bytes text_of(const std::vector<address>& all) {
  bytes text;
  for (const address& one : all)
    text.append(text.empty() ? "" : ",").append(text_of(one));
  return text;
}

bool is_loopback(const address& a) {
  return a.host.starts_with("127.") || a.host == "::1" || equal_ignoring_case(a.host, "localhost");
}

bool is_wildcard(const address& a) {
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, a.host.c_str(), &v4) == 1) return v4.s_addr == INADDR_ANY;
  return inet_pton(AF_INET6, a.host.c_str(), &v6) == 1 && IN6_IS_ADDR_UNSPECIFIED(&v6);
}

bool is_numeric(const address& a) {
  in6_addr either{};
  return inet_pton(AF_INET, a.host.c_str(), &either) == 1 ||
         inet_pton(AF_INET6, a.host.c_str(), &either) == 1;
}

result<std::int64_t> parse_size(bytes_view text) {
  if (const auto size = scaled(text, size_units, 1)) return *size;
  return error{errc::config,
               "takes a size: a whole number with B, kB, MB or GB (powers of 1024), such as 64kB"};
}

bytes text_of_size(std::int64_t size_bytes) {
  return with_unit(size_bytes, size_units);
}

result<std::chrono::milliseconds> parse_duration(bytes_view text) {
  if (const auto ms = scaled(text, time_units, std::nullopt)) return std::chrono::milliseconds{*ms};
  return error{errc::config,
               "takes a time: a whole number with ms, s, m, h or d, such as 10s or 500ms"};
}

bytes text_of(std::chrono::milliseconds duration) {
  return with_unit(duration.count(), time_units);
}

result<std::int64_t> parse_count(bytes_view text) {
  bytes_view rest;
  const auto number = leading_number(text, rest);
  if (number && rest.empty()) return *number;
  return error{errc::config, "takes a whole number"};
}

}  // namespace comet::runtime
