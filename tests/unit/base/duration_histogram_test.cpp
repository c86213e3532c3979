#include "base/duration_histogram.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace std::chrono_literals;

TEST_CASE("a duration counts in the first bucket whose bound it does not pass") {
  duration_histogram h;
  h.add(0ns);
  h.add(10us);
  h.add(10'001ns);
  h.add(1ms);
  CHECK(h.in_bucket(0) == 2);
  CHECK(h.in_bucket(1) == 1);
  CHECK(h.in_bucket(4) == 1);
  CHECK(h.count() == 4);
}

TEST_CASE("what is longer than all bounds has a bucket of its own") {
  duration_histogram h;
  h.add(10s);
  h.add(11s);
  h.add(1h);
  CHECK(h.in_bucket(duration_histogram::bounds.size() - 1) == 1);
  CHECK(h.in_bucket(duration_histogram::bounds.size()) == 2);
}

TEST_CASE("several events of one length are added at once") {
  duration_histogram h;
  h.add(2ms, 3);
  h.add(1ms);
  CHECK(h.count() == 4);
  CHECK(h.sum() == 7ms);
  CHECK(h.in_bucket(5) == 3);
}

TEST_CASE("a clock that went back makes no negative time") {
  duration_histogram h;
  h.add(-5s);
  CHECK(h.in_bucket(0) == 1);
  CHECK(h.sum() == 0s);
}

TEST_CASE("bounds grow") {
  for (std::size_t i = 1; i < duration_histogram::bounds.size(); ++i)
    CHECK(duration_histogram::bounds[i - 1] < duration_histogram::bounds[i]);
}
