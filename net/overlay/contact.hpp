#pragma once
// A contact: who a node is and where it listens. What nodes tell each other of nodes.
//
// When it was last seen and how fast it answers is each node's own knowledge and stands in the
// routing table's entry (bucket.hpp); nobody takes it from others.

#include <cstdint>

#include "net/overlay/address.hpp"
#include "net/overlay/node_id.hpp"

namespace comet::overlay {

struct contact {
  node_id id;
  address where;
  std::uint16_t version = 0;  ///< of the protocol between nodes

  friend bool operator==(const contact&, const contact&) = default;
};

}  // namespace comet::overlay
