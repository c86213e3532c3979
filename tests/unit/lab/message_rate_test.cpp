#include "lab/message_rate.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::lab;

TEST_CASE("who has sent more than half of its messages is short of them for a minute") {
  message_rate rate;
  const mono_time began{std::chrono::hours{1}};
  CHECK(rate.is_low(10, began));
  rate.sent("a", 5, began);
  rate.sent("b", 1, began);
  CHECK(rate.is_low(10, began));
  rate.sent("a", 1, began + std::chrono::seconds{30});
  CHECK_FALSE(rate.is_low(10, began + std::chrono::seconds{30}));
  CHECK(rate.is_low(12, began + std::chrono::seconds{30}));
  CHECK(rate.is_low(10, began + std::chrono::seconds{60}));
}
