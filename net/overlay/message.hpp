#pragma once
// What nodes say to each other in the overlay. Plain structs; others decide how they become bytes.
//
// Who sends is known from the link (its id is the digest of the key it proved to hold) and where it
// listens from the link's first frame, so no message repeats either.

#include <cstdint>
#include <variant>
#include <vector>

#include "net/overlay/contact.hpp"
#include "net/overlay/coordinate.hpp"

namespace comet::overlay {

/// Are you there?
struct ping {
  friend bool operator==(const ping&, const ping&) = default;
};

/// Which nodes that live do you know nearest to `target`? `count` is at most k.
struct find_node {
  node_id target;
  std::uint8_t count = 20;

  friend bool operator==(const find_node&, const find_node&) = default;
};

/// I have joined, near you. Verified by a ping before it is believed.
struct announce {
  friend bool operator==(const announce&, const announce&) = default;
};

/// I am about to go.
struct leave {
  friend bool operator==(const leave&, const leave&) = default;
};

using request = std::variant<ping, find_node, announce, leave>;

/// The answer to each of them.
struct reply {
  coordinate position;
  std::vector<contact> contacts;  ///< of find_node, nearest first; else empty

  friend bool operator==(const reply&, const reply&) = default;
};

}  // namespace comet::overlay
