#pragma once
// What the overlay's messages take on the wire, in bytes: what overlay_world counts.
//
// A segment has an IPv4 header and a TCP header with timestamps. Each message is one segment with
// one TLS record with one frame (docs/links.md). A request is acknowledged by its reply, a reply by
// a segment of its own.

#include <cstddef>
#include <variant>

#include "net/overlay/message.hpp"

namespace comet::sim {

inline constexpr std::size_t segment_bytes = 20 + 32;
inline constexpr std::size_t message_bytes = segment_bytes + 22 + 14 + 2;
inline constexpr std::size_t target_bytes = 36;
inline constexpr std::size_t position_bytes = 20;
inline constexpr std::size_t contact_bytes = 53;
/// To open and close a link, each side: half of what went over the loopback between two nodes.
/// TCP's handshake takes 172 bytes, that of TLS 1.3 447 (202 and 58 of the dialer, 187 of the
/// other) and their headers 156, two acknowledgements 104, the hellos 324 and a header 52 (the
/// dialer's goes with the first request), the end 308.
inline constexpr std::size_t link_bytes = 782;
/// Somebody who is not there is dialed in vain.
inline constexpr std::size_t dial_bytes = 60;

inline std::size_t size_of(const overlay::request& what) {
  return message_bytes + (std::holds_alternative<overlay::find_node>(what) ? target_bytes : 0);
}
/// With its acknowledgement.
inline std::size_t size_of(const overlay::reply& what) {
  return message_bytes + position_bytes + what.contacts.size() * contact_bytes + segment_bytes;
}

}  // namespace comet::sim
