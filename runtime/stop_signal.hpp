#pragma once
// How the process learns that it has to end: SIGTERM, SIGINT, SIGHUP, or an event of its own.
//
// Signals are taken from a descriptor by the one thread that waits, never in a handler, so what
// follows may do anything. Make it in main before any thread starts: all inherit the blocked
// signals. SIGPIPE is ignored. The signals' former treatment comes back with the destructor.

#include <csignal>

namespace comet::runtime {

class stop_signal {
 public:
  enum class event { asked, ended, failed };

  stop_signal();
  ~stop_signal();
  stop_signal(const stop_signal&) = delete;
  stop_signal& operator=(const stop_signal&) = delete;

  /// Blocks until the next event. A failure goes before an end, an end before a signal.
  event wait();

  // From any thread; each is seen once by `wait`.
  void report_end();
  void report_failure();

 private:
  sigset_t former_{};
  void (*former_pipe_)(int) = nullptr;
  int signals_ = -1;
  int end_ = -1;
  int failure_ = -1;
};

}  // namespace comet::runtime
