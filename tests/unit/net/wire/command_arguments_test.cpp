#include "net/wire/command_arguments.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::wire;

namespace {
constexpr wall_time now = from_unix_ms(5'000);
}

TEST_CASE("relative expiries count from now and absolute ones do not") {
  CHECK(*read_expiry("2", {.seconds = true, .absolute = false}, now, "set") == from_unix_ms(7'000));
  CHECK(*read_expiry("2", {.seconds = false, .absolute = false}, now, "set") ==
        from_unix_ms(5'002));
  CHECK(*read_expiry("2", {.seconds = true, .absolute = true}, now, "set") == from_unix_ms(2'000));
  CHECK(*read_expiry("2", {.seconds = false, .absolute = true}, now, "set") == from_unix_ms(2));
}

TEST_CASE("an expiry that is not positive or does not fit is refused by name") {
  const bytes invalid = "invalid expire time in 'set' command";
  for (const char* word : {"0", "-1", "9223372036854775807", "9223372036854776"})
    CHECK(read_expiry(word, {}, now, "set").failure().message == invalid);
  CHECK(read_expiry("9223372036854775807", {.seconds = false}, now, "set").failure().message ==
        invalid);
  CHECK(read_expiry("1x", {}, now, "set").failure().message ==
        "value is not an integer or out of range");
}

TEST_CASE("the EXPIRE family takes times that are past") {
  CHECK(*read_any_expiry("-1", {}, now, "expire") == from_unix_ms(4'000));
  CHECK(*read_any_expiry("0", {.seconds = false, .absolute = true}, now, "expire") ==
        from_unix_ms(0));
  CHECK(read_any_expiry("-9223372036854776", {}, now, "expire").failure().message ==
        "invalid expire time in 'expire' command");
}

TEST_CASE("options are taken in any case, with their argument or not at all") {
  const std::array<bytes_view, 4> argv{"cmd", "Match", "a*", "COUNT"};
  option_cursor options{argv, 1};
  bytes_view argument;
  CHECK(!options.take("count", argument));
  REQUIRE(options.take("match", argument));
  CHECK(argument == "a*");
  CHECK(!options.take("count", argument));
  CHECK(options.word() == "COUNT");
  CHECK(options.take("count"));
  CHECK(options.done());
}

TEST_CASE("long patterns are refused") {
  CHECK(check_pattern(bytes(pattern_bytes_max, '*')).ok());
  CHECK(check_pattern(bytes(pattern_bytes_max + 1, '*')).failure().message ==
        "pattern of 1025 bytes exceeds the limit of 1024 bytes");
}
