#include "base/glob.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/random.hpp"

namespace comet {
namespace {

/// The definition, by recursion: exponential in stars, fine for a few bytes.
bool matches_by_definition(bytes_view pattern, bytes_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    return matches_by_definition(pattern.substr(1), text) ||
           (!text.empty() && matches_by_definition(pattern, text.substr(1)));
  }
  if (text.empty()) return false;
  if (pattern.front() == '?') return matches_by_definition(pattern.substr(1), text.substr(1));
  if (pattern.front() == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
  return pattern.front() == text.front() &&
         matches_by_definition(pattern.substr(1), text.substr(1));
}

bytes drawn(prng& random, bytes_view alphabet, std::size_t size_max) {
  bytes out;
  for (auto size = random.below(size_max + 1); size > 0; --size) {
    out.push_back(alphabet[random.below(alphabet.size())]);
  }
  return out;
}

}  // namespace

TEST_CASE("a pattern without special bytes matches itself only") {
  CHECK(glob_match("", ""));
  CHECK(glob_match("key", "key"));
  CHECK_FALSE(glob_match("key", "Key"));
  CHECK_FALSE(glob_match("key", "keys"));
  CHECK_FALSE(glob_match("keys", "key"));
  CHECK_FALSE(glob_match("", "k"));
}

TEST_CASE("a star is any run of bytes, a question mark is one byte") {
  CHECK(glob_match("*", ""));
  CHECK(glob_match("**", "any"));
  CHECK(glob_match("user:*", "user:"));
  CHECK(glob_match("*:7:*", "user:7:name"));
  CHECK(glob_match("*aab", "aaaab"));
  CHECK_FALSE(glob_match("*:7:*", "user:8:name"));
  CHECK(glob_match("h?llo", "hello"));
  CHECK_FALSE(glob_match("h?llo", "hllo"));
  CHECK_FALSE(glob_match("?", ""));
  CHECK(glob_match("a?*", bytes_view{"a\0\xff", 3}));
}

TEST_CASE("a set is one byte of it, or outside of it after ^") {
  CHECK(glob_match("h[ae]llo", "hallo"));
  CHECK_FALSE(glob_match("h[ae]llo", "hillo"));
  CHECK(glob_match("h[^e]llo", "hallo"));
  CHECK_FALSE(glob_match("h[^e]llo", "hello"));
  CHECK(glob_match("[a-c]x", "bx"));
  CHECK(glob_match("[c-a]x", "bx"));
  CHECK_FALSE(glob_match("[a-c]x", "dx"));
  CHECK(glob_match("[-a]", "-"));
  CHECK(glob_match("[Z-]]", "["));  // A range to ']', and so a set that is never closed.
  CHECK(glob_match("[\x80-\xff]", "\xc3"));
  CHECK_FALSE(glob_match("[]", "a"));
  CHECK(glob_match("[^]", "a"));
}

TEST_CASE("a backslash takes the meaning from the byte after it") {
  CHECK(glob_match("\\*", "*"));
  CHECK_FALSE(glob_match("\\*", "a"));
  CHECK(glob_match("[\\]]", "]"));
  CHECK(glob_match("[\\-x]", "-"));
  CHECK(glob_match("a\\", "a\\"));
  CHECK(glob_match("\\\\", "\\"));
}

TEST_CASE("a set that is never closed ends with the pattern") {
  CHECK(glob_match("[ab", "a"));
  CHECK(glob_match("*[ab", "xb"));
  CHECK_FALSE(glob_match("[ab", "c"));
  CHECK_FALSE(glob_match("[ab", "ab"));
  CHECK_FALSE(glob_match("[", "["));
  CHECK(glob_match("[^", "["));
  CHECK(glob_match("[a\\", "\\"));
}

TEST_CASE("the matcher agrees with the definition on drawn patterns and texts") {
  prng random{3};
  int matched = 0;
  for (int i = 0; i < 50'000; ++i) {
    const bytes pattern = drawn(random, "ab*?\\", 7);
    const bytes text = drawn(random, "ab", 7);
    const bool expected = matches_by_definition(pattern, text);
    matched += expected ? 1 : 0;
    INFO(pattern << " on " << text);
    REQUIRE(glob_match(pattern, text) == expected);
  }
  CHECK(matched > 1'000);
}

TEST_CASE("any bytes are a pattern") {
  prng random{4};
  for (int i = 0; i < 50'000; ++i) {
    const bytes pattern = drawn(random, "ab*?\\[]^-!\xff", 12);
    const bytes text = drawn(random, "ab[]\\-\xff", 6);
    if (glob_match(pattern, text)) CHECK(glob_match("*" + pattern, "x" + text));
  }
}

TEST_CASE("many stars on a text that nearly matches end after a bounded number of steps") {
  bytes pattern;
  for (int i = 0; i < 200; ++i)
    pattern += "*a";
  CHECK_FALSE(glob_match(pattern + "*b", bytes(100'000, 'a')));
}

}  // namespace comet
