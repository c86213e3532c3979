#pragma once
// What cannot be undone is tried in a child of the test's process.

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <functional>

namespace comet::runtime::test {

/// ThreadSanitizer follows no threads into a forked process; system/confinement_test looks at those
/// of a node.
#ifdef __SANITIZE_THREAD__
inline constexpr bool children_make_threads = false;
#else
inline constexpr bool children_make_threads = true;
#endif

/// What `attempt` gave in a child process, 0 to 255; no assertion works in there.
inline int in_child(const std::function<int()>& attempt) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(attempt());
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

/// 0, or why a system call that gave `answer` did not do it.
inline int cause_of(long answer) {
  return answer < 0 ? errno : 0;
}

/// No cause: what had to be done before the attempt failed.
inline constexpr int not_prepared = 254;

}  // namespace comet::runtime::test
