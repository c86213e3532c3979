#include "runtime/descriptor_limit.hpp"

#include <sys/resource.h>

#include <catch2/catch_test_macros.hpp>

namespace comet::runtime {
namespace {

rlimit current() {
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  return limit;
}

TEST_CASE("the soft limit is raised as far as clients need") {
  const rlimit before = current();
  rlimit low = before;
  low.rlim_cur = 256;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &low) == 0);
  REQUIRE(before.rlim_max > 1'100);
  CHECK_FALSE(raise_descriptor_limit(50));
  CHECK(current().rlim_cur == 50 + 1'024);
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
}

TEST_CASE("a limit that is high enough stays") {
  const rlimit before = current();
  REQUIRE(before.rlim_cur >= 1'025);
  CHECK_FALSE(raise_descriptor_limit(1));
  CHECK(current().rlim_cur == before.rlim_cur);
}

TEST_CASE("a hard limit that is too low is a warning with the figures") {
  const rlimit before = current();
  if (before.rlim_max > 900'000'000) SKIP("the hard limit is as good as none");
  const auto warning = raise_descriptor_limit(1'000'000'000);
  REQUIRE(warning);
  CHECK(warning->starts_with("maxclients = 1000000000 needs 1000001024 file descriptors"));
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
}

}  // namespace
}  // namespace comet::runtime
