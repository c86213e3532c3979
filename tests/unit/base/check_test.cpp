#include "base/check.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace comet {
namespace {

struct ending {
  int signal = 0;       ///< that ended the child; 0: it went on
  std::string message;  ///< its standard error
};

/// Runs `body` in a child process, for what ends a process.
template <class Body>
ending ending_of(Body body) {
  int channel[2];
  REQUIRE(pipe(channel) == 0);
  std::fflush(nullptr);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    dup2(channel[1], STDERR_FILENO);
    body();
    _exit(0);
  }
  close(channel[1]);
  ending out;
  char buffer[512];
  for (ssize_t n = 0; (n = read(channel[0], buffer, sizeof buffer)) > 0;) {
    out.message.append(buffer, static_cast<std::size_t>(n));
  }
  close(channel[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status)) out.signal = WTERMSIG(status);
  return out;
}

}  // namespace

TEST_CASE("a check that holds does nothing") {
  const ending end = ending_of([] { COMET_CHECK(1 + 1 == 2); });
  CHECK(end.signal == 0);
  CHECK(end.message.empty());
}

TEST_CASE("a broken check aborts and names the condition and the place") {
  const ending end = ending_of([] { COMET_CHECK(1 + 1 == 3); });
  CHECK(end.signal == SIGABRT);
  CHECK(end.message.find("1 + 1 == 3") != std::string::npos);
  CHECK(end.message.find("check_test.cpp:") != std::string::npos);
}

}  // namespace comet
