#include "net/wire/inline_request.hpp"

#include <catch2/catch_test_macros.hpp>
#include <optional>

using namespace comet;
using namespace comet::wire;

namespace {

std::optional<std::vector<bytes>> split(bytes_view line) {
  std::vector<bytes_view> words;
  bytes unquoted;
  if (!split_inline(line, words, unquoted)) return std::nullopt;
  return std::vector<bytes>(words.begin(), words.end());
}
using words = std::vector<bytes>;

}  // namespace

TEST_CASE("words are separated by any white space") {
  CHECK(split("get key") == words{"get", "key"});
  CHECK(split("  get\t key \v") == words{"get", "key"});
  CHECK(split("") == words{});
  CHECK(split("   ") == words{});
}

TEST_CASE("double quotes know escapes") {
  CHECK(split(R"(set "a b" "\x41\n\t\r\b\a\"\\\q")") == words{"set", "a b", "A\n\t\r\b\a\"\\q"});
  CHECK(split(R"("\x4")") == words{"x4"});
  CHECK(split(R"("")") == words{""});
}

TEST_CASE("single quotes know only their own escape") {
  CHECK(split(R"('a\'b\n')") == words{"a'b\\n"});
  CHECK(split("'a b' c") == words{"a b", "c"});
}

TEST_CASE("a quoted part may end a word that began without quotes") {
  CHECK(split(R"(a"b c" d)") == words{"ab c", "d"});
}

TEST_CASE("unbalanced quotes are refused") {
  for (const char* line : {"\"a", "'a", "a \"b", "\"a\"b", "'a'b", "\"a\\\"", "\"\\"})
    CHECK(split(line) == std::nullopt);
}

TEST_CASE("words without quotes are views into the line") {
  const bytes line = "get key";
  std::vector<bytes_view> found;
  bytes unquoted;
  REQUIRE(split_inline(line, found, unquoted));
  CHECK(found[1].data() == line.data() + 4);
  CHECK(unquoted.empty());
}
