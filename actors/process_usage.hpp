#pragma once
// What the operating system says of this process, for INFO and metrics.

#include <cstdint>

namespace comet::actors {

struct process_usage {
  std::uint64_t resident_bytes = 0;
  std::uint64_t resident_bytes_peak = 0;
  double user_seconds = 0;
  double system_seconds = 0;
  double thread_seconds = 0;          ///< of the calling thread, user and system
  std::uint64_t descriptors_max = 0;  ///< that the process may have open
};

/// About 10 us: one read of /proc/self/statm and three system calls.
process_usage read_process_usage();

}  // namespace comet::actors
