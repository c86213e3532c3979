#pragma once
// Values as people write them in configuration and flags: "10s", "64kB", "127.0.0.1:7379".
//
// Pure. Reading and writing are inverse: what `text_of` gives, the parser of its kind takes. The
// error of a parser says only what is allowed; who calls it knows the key and the place.

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::runtime {

/// Where to listen or to connect.
struct address {
  bytes host;  ///< name or number; IPv6 without brackets
  std::uint16_t port = 0;

  friend bool operator==(const address&, const address&) = default;
};

/// "HOST:PORT", an IPv6 number in brackets. Port 0 means any free one.
result<address> parse_address(bytes_view text);
bytes text_of(const address& a);
/// Addresses that can be connected to, with commas between them; empty: none.
result<std::vector<address>> parse_addresses(bytes_view text);
bytes text_of(const std::vector<address>& all);
/// Is it reached from this machine only: 127.0.0.0/8, ::1 or localhost?
bool is_loopback(const address& a);
/// Does it stand for all addresses of this machine: 0.0.0.0 or ::?
bool is_wildcard(const address& a);
/// Is its host an IPv4 or IPv6 number, not a name?
bool is_numeric(const address& a);

/// A whole number and a unit: B (or none), kB, MB, GB; powers of 1024, without regard to case.
result<std::int64_t> parse_size(bytes_view text);
/// In the largest unit that is exact.
bytes text_of_size(std::int64_t size_bytes);

/// A whole number and a unit: ms, s, m, h, d. The unit may only be left out of 0.
result<std::chrono::milliseconds> parse_duration(bytes_view text);
bytes text_of(std::chrono::milliseconds duration);

/// A whole decimal number that fits 64 bits.
result<std::int64_t> parse_count(bytes_view text);

}  // namespace comet::runtime
