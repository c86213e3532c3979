#include "actors/process_usage.hpp"

#include <catch2/catch_test_macros.hpp>

TEST_CASE("a process holds memory and has used time") {
  const auto usage = comet::actors::read_process_usage();
  CHECK(usage.resident_bytes > 100'000);
  CHECK(usage.resident_bytes_peak >= usage.resident_bytes / 2);
  CHECK(usage.user_seconds + usage.system_seconds >= 0);
  CHECK(usage.thread_seconds >= 0);
  CHECK(usage.thread_seconds <= usage.user_seconds + usage.system_seconds + 0.1);
  CHECK(usage.descriptors_max >= 3);
}
