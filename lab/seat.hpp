#pragma once
// A node's place in the world: its number and its disk, which stay, and the node while it runs.
// Owned by lab/world.

#include <cstdint>
#include <memory>

#include "lab/disk.hpp"
#include "lab/node.hpp"
#include "lab/world_options.hpp"

namespace comet::lab {

struct seat {
  seat(node_number its_number, const digest& identity) : number(its_number), storage(identity) {}

  node_number number;
  disk storage;
  std::uint64_t disks = 1;  ///< that it had
  std::uint64_t runs = 0;
  std::unique_ptr<node> running;  ///< null: down
};

/// Where it is reached.
inline overlay::address address_of(node_number number) {
  constexpr std::uint32_t network = 0x0a4d0000;  // 10.77.0.0
  constexpr std::uint16_t link_port = 7400;
  return overlay::v4_address(network + static_cast<std::uint32_t>(number), link_port);
}

}  // namespace comet::lab
