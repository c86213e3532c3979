#pragma once
// How a world runs until something is so: the loop of its calls. Included by world*.cpp alone.

#include <algorithm>

#include "lab/world.hpp"

namespace comet::lab {

template <class Done>
bool world::run_until(Done done, std::optional<std::chrono::milliseconds> within) {
  const auto last = within ? std::min(now() + *within, end()) : end();
  while (!done()) {
    if (now() >= last) return false;
    step(last);
  }
  return true;
}

}  // namespace comet::lab
