#include "net/overlay/liveness.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::overlay {

using namespace std::chrono_literals;

namespace {

constexpr mono_time start{1h};

}  // namespace

TEST_CASE("a contact is suspected after one failure and dead after three in a row") {
  liveness life{start};
  CHECK(life.state() == life::alive);
  life.failed(start);
  CHECK(life.state() == life::suspected);
  life.failed(start);
  CHECK(life.state() == life::suspected);
  life.failed(start);
  CHECK(life.state() == life::dead);
  for (int i = 0; i < 1'000; ++i)
    life.failed(start);
  CHECK(life.state() == life::dead);
}

TEST_CASE("an answer makes it alive again") {
  liveness life{start};
  life.failed(start);
  life.failed(start);
  life.answered(start + 1s, 20ms);
  CHECK(life.state() == life::alive);
  CHECK(life.failures() == 0);
  life.failed(start + 2s);
  CHECK(life.state() == life::suspected);
}

TEST_CASE("a request of its own does not: it may hear nobody") {
  liveness life{start};
  life.failed(start);
  life.spoke(start + 1s);
  CHECK(life.state() == life::suspected);
  CHECK(life.ping_due(start + life.timeout(), 60s));
}

TEST_CASE("a ping is due when nothing came from it for the interval") {
  liveness life{start};
  CHECK_FALSE(life.ping_due(start + 9s, 10s));
  CHECK(life.ping_due(start + 10s, 10s));
  life.spoke(start + 9s);
  CHECK_FALSE(life.ping_due(start + 18s, 10s));
  CHECK(life.ping_due(start + 19s, 10s));
}

TEST_CASE("who only speaks is asked all the same after four intervals") {
  liveness life{start};
  for (auto now = start; now < start + 40s; now += 1s) {
    REQUIRE_FALSE(life.ping_due(now, 10s));
    life.spoke(now);
  }
  CHECK(life.ping_due(start + 40s, 10s));
}

TEST_CASE("each failure doubles its timeout and the back-off to the next ping") {
  liveness life{start};
  life.answered(start, 100ms);
  CHECK(life.timeout() == 300ms);
  life.failed(start);
  CHECK(life.timeout() == 600ms);
  CHECK_FALSE(life.ping_due(start + 599ms, 1ms));
  CHECK(life.ping_due(start + 600ms, 1h));
  life.failed(start);
  CHECK(life.timeout() == 1'200ms);
}

TEST_CASE("no second ping is due while one is under way") {
  liveness life{start};
  life.answered(start, 100ms);
  life.pinged(start + 10s);
  CHECK_FALSE(life.ping_due(start + 10s + 299ms, 10s));
  CHECK(life.ping_due(start + 10s + 300ms, 10s));
  life.answered(start + 11s, 100ms);
  CHECK_FALSE(life.ping_due(start + 20s, 10s));
  CHECK(life.ping_due(start + 21s, 10s));
}

}  // namespace comet::overlay
