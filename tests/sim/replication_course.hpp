#pragma once
// The run of replication_world that a seed stands for: the same in the test and in the simulator.

#include <cstdint>

#include "tests/sim/replication_world.hpp"

namespace comet::sim {

/// Different seeds, different sizes and terms.
replication_options drawn_options(std::uint64_t seed);

/// Clients work while everything fails; then it heals, and all is judged. True: no fault was found.
bool run_course(replication_world& world);

}  // namespace comet::sim
