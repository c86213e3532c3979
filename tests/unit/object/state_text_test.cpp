#include "object/state_text.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::object;

namespace {

constexpr int deep = 16;

}  // namespace

TEST_CASE("a state is written as a table with its names") {
  // {value: "v", n: [1, -1, 1.5], on: true, ["two words"]: {}}
  const bytes state(
      "\x84\xa5value\xa1v\xa1n\x93\x01\xff\xcb\x3f\xf8\0\0\0\0\0\0\xa2on\xc3\xa9two words\x90", 38);
  CHECK(state_text(state, deep, 4'096) ==
        R"({value = "v", n = {1, -1, 1.5}, on = true, ["two words"] = {}})");
}

TEST_CASE("what could steer a terminal is escaped") {
  CHECK(state_text(bytes("\x81\xa1v\xa4\x1b[1m", 8), deep, 4'096) == R"({v = "\x1b[1m"})");
}

TEST_CASE("a text that is too long is cut and says so") {
  // {value: 60 letters, rest: 1}
  const bytes state = bytes("\x82\xa5value\xd9\x3c", 9) + bytes(60, 'x') + bytes("\xa4rest\x01", 6);
  const auto cut = state_text(state, deep, 40);
  CHECK(cut.size() <= 40);
  CHECK(cut.starts_with("{value = \"xxx"));
  CHECK(cut.ends_with("x..."));
  CHECK(state_text(state, deep, 100).ends_with("x\", rest = 1}"));
  for (std::size_t most = 10; most < 100; ++most)
    CHECK(state_text(state, deep, most).size() <= most);
}

TEST_CASE("bytes that are no state say what is wrong with them") {
  CHECK_FALSE(state_text("\xc1", deep, 4'096).empty());
  CHECK(state_text("\xc1", deep, 4'096).find('{') == bytes::npos);
}
