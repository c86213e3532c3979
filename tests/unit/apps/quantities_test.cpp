#include "apps/comet/quantities.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::client {
namespace {

TEST_CASE("counts take six characters at most, whatever they are") {
  CHECK(count_text(0) == "0");
  CHECK(count_text(-3) == "0");
  CHECK(count_text(0.44) == "0.4");
  CHECK(count_text(3) == "3");
  CHECK(count_text(17.6) == "18");
  CHECK(count_text(9'999) == "9999");
  CHECK(count_text(9'999.7) == "10.0k");
  CHECK(count_text(12'345) == "12.3k");
  CHECK(count_text(456'000'000) == "456M");
  CHECK(count_text(999'700) == "1.0M");
  CHECK(count_text(1e30) == ">999P");
  for (double count = 0.01; count < 1e20; count *= 1.7)
    CHECK(count_text(count).size() <= 6);
}

TEST_CASE("sizes are told in powers of 1024, with their unit") {
  CHECK(size_text(512) == "512 B");
  CHECK(size_text(44'564'480) == "42.5 MB");
}

TEST_CASE("durations are told in their two largest units") {
  CHECK(duration_text(42) == "42s");
  CHECK(duration_text(185) == "3m 5s");
  CHECK(duration_text(8'040) == "2h 14m");
  CHECK(duration_text(93'600) == "1d 2h");
  CHECK(microseconds_text(17) == "17 us");
  CHECK(microseconds_text(1'340) == "1.3 ms");
  CHECK(microseconds_text(2'500'000) == "2.50 s");
}

}  // namespace
}  // namespace comet::client
