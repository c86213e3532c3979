#include "base/bytes.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet {

TEST_CASE("hexadecimal is lower case with two digits a byte") {
  CHECK(to_hex("") == "");
  CHECK(to_hex(bytes_view{"\x00\x0f\xff", 3}) == "000fff");
}

TEST_CASE("only what is longer than the limit is cut and marked") {
  CHECK(shortened("comet", 5) == "comet");
  CHECK(shortened("comet", 4) == "come...");
  CHECK(shortened("comet", 0) == "...");
}

TEST_CASE("bytes outside printable ASCII are escaped") {
  CHECK(printable("a key ~") == "a key ~");
  CHECK(printable(bytes_view{"\n\x00\x7f\xc3", 4}) == "\\x0a\\x00\\x7f\\xc3");
}

TEST_CASE("letter case is ignored in ASCII and nowhere else") {
  CHECK(equal_ignoring_case("GeT", "gEt"));
  CHECK_FALSE(equal_ignoring_case("get", "gets"));
  CHECK_FALSE(equal_ignoring_case("@", "`"));
  CHECK_FALSE(equal_ignoring_case("\xc4", "\xe4"));
}

TEST_CASE("hexadecimal is read back in either case, and nothing else is") {
  CHECK(from_hex("00fF7a") == bytes("\0\xff\x7a", 3));
  CHECK(from_hex("") == bytes{});
  for (const char* bad : {"0", "0g", "0x00", " 00", "-1"})
    CHECK_FALSE(from_hex(bad));
}

}  // namespace comet
