#pragma once
// The address of a node: an IP literal and a port, small enough to be held by the thousand.
//
// Names are never resolved here. An IPv4 address is held mapped into IPv6 (RFC 4291, 2.5.5.2).
// `network_of` names what one party is likely to own as a whole, /24 or /64: the routing table
// admits few nodes of one such network. Used by contact, routing_table and overlay_node.

#include <array>
#include <compare>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::overlay {

struct address {
  std::array<std::uint8_t, 16> ip{};
  std::uint16_t port = 0;

  friend auto operator<=>(const address&, const address&) = default;
};

address v4_address(std::uint32_t ip, std::uint16_t port);
[[nodiscard]] bool is_v4(const address& a);

/// "192.0.2.1:7400" or "[2001:db8::1]:7400". Errors: syntax.
result<address> parse_address(bytes_view text);
bytes to_text(const address& a);

/// The /24 of an IPv4 address, the /64 of an IPv6 address.
std::uint64_t network_of(const address& a);

[[nodiscard]] bool is_loopback(const address& a);
/// RFC 1918, unique local (RFC 4193), link-local; loopback too.
[[nodiscard]] bool is_private(const address& a);
/// Can be dialled at all: neither unspecified nor multicast, and a port that is not 0.
[[nodiscard]] bool is_reachable(const address& a);

}  // namespace comet::overlay
