#pragma once
// Virtual time that somebody at a terminal can stop.
//
// A year of a network of many timers takes a while. It passes in steps, each of about as many
// events as a moment of real time has room for; between two steps the flag is looked at. The steps
// hang on events, not on a clock, so they are the same in every run. Called by the shell and by the
// test API within it.

#include <atomic>
#include <chrono>

#include "base/result.hpp"
#include "lab/world.hpp"

namespace comet::lab {

/// As world::advance. Errors, besides: unavailable (`stop` was set; so much time has passed).
result<void> advance(world& network, std::chrono::milliseconds span, const std::atomic<bool>& stop);

}  // namespace comet::lab
