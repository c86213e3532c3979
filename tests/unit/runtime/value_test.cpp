#include "runtime/value.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

namespace comet::runtime {
namespace {

using std::chrono::milliseconds;

TEST_CASE("an address is a host and a port") {
  CHECK(parse_address("127.0.0.1:7379").value() == address{"127.0.0.1", 7379});
  CHECK(parse_address("localhost:0").value() == address{"localhost", 0});
  CHECK(parse_address("[::1]:65535").value() == address{"::1", 65535});
}

TEST_CASE("an address without host, port or brackets is refused with the form it takes") {
  for (const bytes_view text :
       {"", ":", ":7379", "host", "host:", "host:x", "host:65536", "host:-1", "host:7 ", "::1:7379",
        "[::1:7379", "[]:1", "a b:1", "h:1:2"}) {
    CAPTURE(text);
    const auto parsed = parse_address(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.failure() ==
          error{errc::config,
                "takes HOST:PORT, such as 127.0.0.1:7379 or [::1]:7379, with a port of 0 (any free "
                "one) to 65535"});
  }
}

TEST_CASE("an address is written as it is read") {
  for (const bytes_view text : {"127.0.0.1:7379", "[::1]:1", "example.org:80"}) {
    CHECK(text_of(parse_address(text).value()) == text);
  }
}

TEST_CASE("loopback is 127.0.0.0/8, ::1 and localhost") {
  CHECK(is_loopback({"127.0.0.1", 1}));
  CHECK(is_loopback({"127.9.9.9", 1}));
  CHECK(is_loopback({"::1", 1}));
  CHECK(is_loopback({"LocalHost", 1}));
  CHECK_FALSE(is_loopback({"0.0.0.0", 1}));
  CHECK_FALSE(is_loopback({"::", 1}));
  CHECK_FALSE(is_loopback({"10.0.0.1", 1}));
}

TEST_CASE("several addresses have commas between them, and none is nothing") {
  CHECK(parse_addresses("").value().empty());
  const auto several = parse_addresses("192.0.2.1:7400, node-b:1,[::1]:7400 ").value();
  CHECK(several == std::vector<address>{{"192.0.2.1", 7400}, {"node-b", 1}, {"::1", 7400}});
  CHECK(text_of(several) == "192.0.2.1:7400,node-b:1,[::1]:7400");
  for (const bytes_view text : {",", "a:1,,b:2", "a", "a:1 b:2", "a:0", "a:1,b"}) {
    CAPTURE(text);
    CHECK(parse_addresses(text).failure() ==
          error{errc::config,
                "takes HOST:PORT, or several with commas between them, such as "
                "192.0.2.1:7400,node-b:7400, with ports of 1 to 65535"});
  }
}

TEST_CASE("a wildcard is every way to write no address at all") {
  for (const char* host : {"0.0.0.0", "::", "0::0"})
    CHECK(is_wildcard({host, 1}));
  for (const char* host : {"127.0.0.1", "::1", "localhost", ""})
    CHECK_FALSE(is_wildcard({host, 1}));
}

TEST_CASE("numbers are told from names") {
  for (const char* host : {"192.0.2.1", "2001:db8::1", "0.0.0.0"})
    CHECK(is_numeric({host, 1}));
  for (const char* host : {"localhost", "node-b", "192.0.2", ""})
    CHECK_FALSE(is_numeric({host, 1}));
}

TEST_CASE("sizes take units of 1024, in any case, or none") {
  CHECK(parse_size("17").value() == 17);
  CHECK(parse_size("0").value() == 0);
  CHECK(parse_size("17B").value() == 17);
  CHECK(parse_size("64kB").value() == 65'536);
  CHECK(parse_size("64KB").value() == 65'536);
  CHECK(parse_size("1MB").value() == 1'048'576);
  CHECK(parse_size("2gb").value() == std::int64_t{2} << 30);
}

TEST_CASE("what is no size is refused") {
  for (const bytes_view text : {"", "kB", "-1", "1.5MB", "1 MB", "1XB", "9223372036854775808",
                                "9223372036854775807kB", "0x10"}) {
    CAPTURE(text);
    REQUIRE_FALSE(parse_size(text).ok());
    CHECK(parse_size(text).failure().code == errc::config);
  }
}

TEST_CASE("sizes are written in the largest exact unit") {
  CHECK(text_of_size(0) == "0B");
  CHECK(text_of_size(1'000) == "1000B");
  CHECK(text_of_size(102'400) == "100kB");
  CHECK(text_of_size(std::int64_t{3} << 30) == "3GB");
}

TEST_CASE("durations need a unit, except 0") {
  CHECK(parse_duration("0").value() == milliseconds{0});
  CHECK(parse_duration("500ms").value() == milliseconds{500});
  CHECK(parse_duration("10s").value() == milliseconds{10'000});
  CHECK(parse_duration("5m").value() == milliseconds{300'000});
  CHECK(parse_duration("1h").value() == milliseconds{3'600'000});
  CHECK(parse_duration("2d").value() == milliseconds{172'800'000});
  for (const bytes_view text :
       {"", "10", "s", "1.5s", "-1s", "1 s", "1w", "9223372036854775807d"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text).ok());
  }
}

TEST_CASE("durations are written in the largest exact unit") {
  CHECK(text_of(milliseconds{0}) == "0ms");
  CHECK(text_of(milliseconds{1'500}) == "1500ms");
  CHECK(text_of(milliseconds{90'000}) == "90s");
  CHECK(text_of(milliseconds{7'200'000}) == "2h");
}

TEST_CASE("counts are whole decimal numbers of 64 bits") {
  CHECK(parse_count("-5").value() == -5);
  CHECK(parse_count("9223372036854775807").value() == std::numeric_limits<std::int64_t>::max());
  for (const bytes_view text : {"", "1x", " 1", "+1", "1e3", "9223372036854775808"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_count(text).ok());
  }
}

}  // namespace
}  // namespace comet::runtime
