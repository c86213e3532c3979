#include "base/number.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "base/random.hpp"

namespace comet {

TEST_CASE("an integer has one form: no plus, no space, no leading zero, no negative zero") {
  CHECK(parse_integer("0") == 0);
  CHECK(parse_integer("7") == 7);
  CHECK(parse_integer("-42") == -42);
  for (const bytes_view text : {"", "-", "+1", " 1", "1 ", "01", "-0", "-01", "00", "1.0", "1e3",
                                "0x1", "--1", "a", "1a", "\n1", "-+1"}) {
    INFO(text);
    CHECK_FALSE(parse_integer(text));
  }
  CHECK_FALSE(parse_integer(bytes_view{"1\0", 2}));
}

TEST_CASE("an integer covers exactly 64 signed bits") {
  CHECK(parse_integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  CHECK(parse_integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  CHECK_FALSE(parse_integer("9223372036854775808"));
  CHECK_FALSE(parse_integer("-9223372036854775809"));
  CHECK_FALSE(parse_integer("99999999999999999999999999"));
}

TEST_CASE("every integer is read back from its text") {
  prng random{1};
  for (int i = 0; i < 10'000; ++i) {
    const auto n = static_cast<std::int64_t>(random() >> random.below(64));
    CHECK(parse_integer(std::to_string(n)) == n);
    CHECK(parse_integer(std::to_string(-n)) == -n);
  }
}

TEST_CASE("a real is what strtold reads, all of it and nothing else") {
  CHECK(parse_real("3.5") == 3.5L);
  CHECK(parse_real("-.5") == -0.5L);
  CHECK(parse_real("+5e-1") == 0.5L);
  CHECK(parse_real("0x10") == 16.0L);
  CHECK(parse_real("007") == 7.0L);
  CHECK(parse_real("inf").value_or(0) > 0);
  for (const bytes_view text : {"", " 1", "1 ", "\t1", "abc", "1.0a", "nan", "-nan", "1e", "."}) {
    INFO(text);
    CHECK_FALSE(parse_real(text));
  }
  CHECK_FALSE(parse_real(bytes_view{"1\0", 2}));
  CHECK_FALSE(parse_real(bytes_view{"1\0002", 3}));
}

TEST_CASE("a real that does not fit, or is too long, is none") {
  CHECK_FALSE(parse_real("1e5000"));
  CHECK_FALSE(parse_real("-1e5000"));
  CHECK_FALSE(parse_real("1e-5000"));
  CHECK(parse_real(bytes(real_text_max - 1, '0')) == 0.0L);
  CHECK_FALSE(parse_real(bytes(real_text_max, '0')));
}

TEST_CASE("a real is written without exponent and trailing zeros") {
  CHECK(format_real(10.6L) == "10.6");
  CHECK(format_real(3.0L) == "3");
  CHECK(format_real(5000.0L) == "5000");
  CHECK(format_real(0.0L) == "0");
  CHECK(format_real(-0.0L) == "0");
  CHECK(format_real(-1e-30L) == "0");
  CHECK(format_real(-2.5L) == "-2.5");
  CHECK(format_real(1e20L) == "100000000000000000000");
  CHECK(format_real(1.0L / 3) == "0.33333333333333333");
  CHECK(format_real(std::numeric_limits<long double>::max()).size() == 4'933);
}

TEST_CASE("a double is written as the shortest text that reads back the same") {
  CHECK(format_double(0.1) == "0.1");
  CHECK(format_double(3.0) == "3");
  CHECK(format_double(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(format_double(-std::numeric_limits<double>::infinity()) == "-inf");
  CHECK(format_double(std::numeric_limits<double>::quiet_NaN()) == "nan");
  CHECK(format_double(-std::numeric_limits<double>::quiet_NaN()) == "nan");
  prng random{2};
  for (int i = 0; i < 10'000; ++i) {
    double value = 0;
    const std::uint64_t word = random();
    std::memcpy(&value, &word, sizeof value);
    if (std::isfinite(value)) CHECK(std::strtod(format_double(value).c_str(), nullptr) == value);
  }
}

}  // namespace comet
