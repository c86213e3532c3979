#include "net/wire/endpoint.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet::wire;

TEST_CASE("an endpoint is written as Redis writes addresses") {
  CHECK(endpoint{"127.0.0.1", 6379}.text() == "127.0.0.1:6379");
  CHECK(endpoint{"::1", 6379}.text() == "[::1]:6379");
}
