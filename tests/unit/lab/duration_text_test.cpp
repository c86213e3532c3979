#include "lab/duration_text.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

namespace comet::lab {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("a duration is a number with a unit, or several of them") {
  CHECK(parse_duration("250ms").value() == milliseconds{250});
  CHECK(parse_duration("10s").value() == seconds{10});
  CHECK(parse_duration("5m").value() == minutes{5});
  CHECK(parse_duration("3d").value() == hours{72});
  CHECK(parse_duration("1h 30m").value() == minutes{90});
  CHECK(parse_duration(" 1h30m ").value() == minutes{90});
  CHECK(parse_duration("1.5s").value() == milliseconds{1'500});
  CHECK(parse_duration("0s").value() == milliseconds{0});
}

TEST_CASE("what is no duration is named together with what is expected") {
  for (const bytes_view text : {"", "  ", "10", "s", "10 s", "10x", "1..5s", ".s", "-1s", "1e3s"}) {
    const auto parsed = parse_duration(text);
    INFO(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.failure().message.find("'" + bytes{text} + "' is no duration") == 0);
    CHECK(parsed.failure().message.find("\"1h 30m\"") != bytes::npos);
  }
}

TEST_CASE("a duration ends at a thousand years and begins at nothing") {
  CHECK(parse_duration("365000d").value() == duration_max);
  CHECK(parse_duration("365001d").failure().code == errc::out_of_range);
  CHECK(parse_duration("99999999999999999999999999d").failure().code == errc::out_of_range);
  CHECK(duration_of_seconds(-1).failure().code == errc::out_of_range);
  CHECK(duration_of_seconds(std::numeric_limits<double>::quiet_NaN()).failure().code ==
        errc::out_of_range);
  CHECK(duration_of_seconds(0.25).value() == milliseconds{250});
}

TEST_CASE("a duration is written as people read it") {
  CHECK(duration_text(milliseconds{0}) == "0s");
  CHECK(duration_text(milliseconds{4'005}) == "4.005s");
  CHECK(duration_text(seconds{93'784}) == "1d 2h 3m 4s");
  CHECK(duration_text(hours{24}) == "1d");
}

}  // namespace
}  // namespace comet::lab
