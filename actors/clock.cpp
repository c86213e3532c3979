#include "actors/clock.hpp"

#include <chrono>

namespace comet::actors {

instant read_clocks() {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {wall_time{std::chrono::duration_cast<wall_clock::duration>(wall)}, read_mono_clock()};
}

mono_time read_mono_clock() {
  const auto mono = std::chrono::steady_clock::now().time_since_epoch();
  return mono_time{std::chrono::duration_cast<mono_clock::duration>(mono)};
}

}  // namespace comet::actors
