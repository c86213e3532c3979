#include "runtime/descriptor_limit.hpp"

#include <sys/resource.h>

#include "tests/unit/runtime/forked_child.hpp"

namespace comet::runtime {
namespace {

rlimit current() {
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  return limit;
}

std::optional<bytes> warning_for(std::size_t maxclients) {
  const auto raised = raise_descriptor_limit(maxclients);
  REQUIRE(raised.ok());
  return *raised;
}

TEST_CASE("the soft limit is raised as far as clients need") {
  const rlimit before = current();
  rlimit low = before;
  low.rlim_cur = 256;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &low) == 0);
  REQUIRE(before.rlim_max > 1'100);
  CHECK_FALSE(warning_for(50));
  CHECK(current().rlim_cur == 50 + 1'024);
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
}

TEST_CASE("a limit that is high enough stays") {
  const rlimit before = current();
  REQUIRE(before.rlim_cur >= 1'025);
  CHECK_FALSE(warning_for(1));
  CHECK(current().rlim_cur == before.rlim_cur);
}

TEST_CASE("a hard limit that is too low is a warning with the figures") {
  const rlimit before = current();
  if (before.rlim_max > 900'000'000) SKIP("the hard limit is as good as none");
  const auto warning = warning_for(1'000'000'000);
  REQUIRE(warning);
  CHECK(warning->starts_with("maxclients = 1000000000 needs 1000001024 file descriptors"));
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
}

TEST_CASE("a hard limit that is too low for the store itself is an error that says what to do") {
  const auto under_hard_limit = [](rlim_t hard) {
    return test::in_child([hard] {
      const rlimit low{hard, hard};
      if (setrlimit(RLIMIT_NOFILE, &low) != 0) return test::not_prepared;
      const auto refused = raise_descriptor_limit(10);
      if (refused) return 0;
      const bool clear =
          refused.failure().code == errc::config &&
          refused.failure().message.starts_with(
              "the process may have 255 file descriptors, and a node needs 256 before the first "
              "client comes; raise the hard limit (ulimit -Hn, LimitNOFILE=)");
      return clear ? 1 : 2;
    });
  };
  CHECK(under_hard_limit(255) == 1);
  CHECK(under_hard_limit(256) == 0);
}

}  // namespace
}  // namespace comet::runtime
