#include "actors/clock.hpp"

#include <time.h>

#include <chrono>

#include "base/check.hpp"

namespace comet::actors {

instant read_clocks() {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {wall_time{std::chrono::duration_cast<wall_clock::duration>(wall)}, read_mono_clock()};
}

/// Not std::chrono::steady_clock, which stands still while the machine is suspended: a node that
/// wakes up would go on to count on leases that ran out in its sleep, and read what others have
/// replaced since.
mono_time read_mono_clock() {
  timespec now{};
  COMET_CHECK(::clock_gettime(CLOCK_BOOTTIME, &now) == 0);
  return mono_time{std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec}};
}

}  // namespace comet::actors
