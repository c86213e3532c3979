#include "runtime/stop_signal.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "base/check.hpp"

namespace comet::runtime {
namespace {

void post(int descriptor) {
  const std::uint64_t one = 1;
  COMET_CHECK(write(descriptor, &one, sizeof one) == sizeof one);
}

/// Takes what is there from a descriptor that polled readable.
template <class Content>
void take(int descriptor) {
  Content content{};
  COMET_CHECK(read(descriptor, &content, sizeof content) == sizeof content);
}

}  // namespace

stop_signal::stop_signal() {
  sigset_t taken;
  sigemptyset(&taken);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&taken, signal);
  COMET_CHECK(pthread_sigmask(SIG_BLOCK, &taken, &former_) == 0);
  former_pipe_ = std::signal(SIGPIPE, SIG_IGN);
  signals_ = signalfd(-1, &taken, SFD_CLOEXEC);
  end_ = eventfd(0, EFD_CLOEXEC);
  failure_ = eventfd(0, EFD_CLOEXEC);
  COMET_CHECK(signals_ >= 0 && end_ >= 0 && failure_ >= 0);
}

stop_signal::~stop_signal() {
  close(failure_);
  close(end_);
  close(signals_);
  std::signal(SIGPIPE, former_pipe_);
  pthread_sigmask(SIG_SETMASK, &former_, nullptr);
}

stop_signal::event stop_signal::wait() {
  std::array<pollfd, 3> watched{{{failure_, POLLIN, 0}, {end_, POLLIN, 0}, {signals_, POLLIN, 0}}};
  while (poll(watched.data(), watched.size(), -1) < 0)
    COMET_CHECK(errno == EINTR);
  if (watched[0].revents != 0) {
    take<std::uint64_t>(failure_);
    return event::failed;
  }
  if (watched[1].revents != 0) {
    take<std::uint64_t>(end_);
    return event::ended;
  }
  take<signalfd_siginfo>(signals_);
  return event::asked;
}

void stop_signal::report_end() {
  post(end_);
}

void stop_signal::report_failure() {
  post(failure_);
}

}  // namespace comet::runtime
