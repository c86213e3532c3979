#include "runtime/thread_stacks.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include <cstring>

namespace comet::runtime {

std::optional<bytes> enlarge_thread_stacks() {
  pthread_attr_t attributes;
  std::size_t present = 0;
  int cause = pthread_getattr_default_np(&attributes);
  if (cause == 0) {
    cause = pthread_attr_getstacksize(&attributes, &present);
    if (cause == 0 && present < thread_stack_bytes) {
      cause = pthread_attr_setstacksize(&attributes, thread_stack_bytes);
      if (cause == 0) cause = pthread_setattr_default_np(&attributes);
    }
    pthread_attr_destroy(&attributes);
  }
  if (cause == 0) return std::nullopt;
  return fmt::format(
      "threads keep stacks of {} bytes, and handlers that nest deeply need {}: {}; raise the limit "
      "(ulimit -s)",
      present, thread_stack_bytes, std::strerror(cause));
}

}  // namespace comet::runtime
