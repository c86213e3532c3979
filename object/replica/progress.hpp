#pragma once
// How far the ranges that a node leads are kept as they should be. For COMET NODES and metrics.

#include <cstdint>

namespace comet::object::replica {

struct replica_progress {
  std::uint64_t led = 0;
  std::uint64_t changing = 0;    ///< another group is wanted, or on its way
  std::uint64_t behind = 0;      ///< a member is not known to have everything
  std::uint64_t taken_over = 0;  ///< times that this node began to lead one, since the start
};

}  // namespace comet::object::replica
