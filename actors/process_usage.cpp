#include "actors/process_usage.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

namespace comet::actors {

namespace {

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

}  // namespace

process_usage read_process_usage() {
  process_usage usage;
  std::uint64_t pages_total = 0;
  std::uint64_t pages_resident = 0;
  if (std::ifstream statm{"/proc/self/statm"}; statm >> pages_total >> pages_resident)
    usage.resident_bytes = pages_resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  rusage own{};
  if (::getrusage(RUSAGE_SELF, &own) == 0) {
    usage.resident_bytes_peak = static_cast<std::uint64_t>(own.ru_maxrss) * 1024;
    usage.user_seconds = seconds(own.ru_utime);
    usage.system_seconds = seconds(own.ru_stime);
  }
  if (::getrusage(RUSAGE_THREAD, &own) == 0)
    usage.thread_seconds = seconds(own.ru_utime) + seconds(own.ru_stime);
  if (rlimit descriptors{}; ::getrlimit(RLIMIT_NOFILE, &descriptors) == 0)
    usage.descriptors_max = descriptors.rlim_cur;
  return usage;
}

}  // namespace comet::actors
