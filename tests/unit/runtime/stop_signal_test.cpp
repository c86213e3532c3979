#include "runtime/stop_signal.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <thread>

// Signals go to this thread by `raise`: threads that earlier tests left behind do not block them.
namespace comet::runtime {
namespace {

using event = stop_signal::event;

TEST_CASE("a signal to end is an event, not the end of the process") {
  stop_signal end;
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    CAPTURE(signal);
    REQUIRE(std::raise(signal) == 0);
    CHECK(end.wait() == event::asked);
  }
}

TEST_CASE("what other threads report is seen once, a failure first and an end before a signal") {
  stop_signal end;
  REQUIRE(std::raise(SIGTERM) == 0);
  std::thread([&] {
    end.report_end();
    end.report_failure();
  }).join();
  CHECK(end.wait() == event::failed);
  CHECK(end.wait() == event::ended);
  CHECK(end.wait() == event::asked);
}

TEST_CASE("the former treatment of signals comes back") {
  sigset_t before;
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  {
    const stop_signal end;
    sigset_t during;
    pthread_sigmask(SIG_SETMASK, nullptr, &during);
    CHECK(sigismember(&during, SIGTERM) == 1);
  }
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  CHECK(sigismember(&after, SIGTERM) == sigismember(&before, SIGTERM));
}

}  // namespace
}  // namespace comet::runtime
