#include "base/glob.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace comet {

namespace {

/// What one element of a pattern (not a star) did with one byte.
struct element_match {
  bool matched = false;
  std::size_t next = 0;  ///< where the pattern goes on
};

/// `at` is the first byte after the '['.
element_match match_set(bytes_view pattern, std::size_t at, unsigned char c) {
  const auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(pattern[i]); };
  const bool negated = at < pattern.size() && pattern[at] == '^';
  if (negated) ++at;
  bool found = false;
  for (; at < pattern.size() && pattern[at] != ']'; ++at) {
    const std::size_t left = pattern.size() - at;
    if (pattern[at] == '\\' && left >= 2) {
      ++at;
      found = found || byte_at(at) == c;
    } else if (left >= 3 && pattern[at + 1] == '-') {
      const auto [low, high] = std::minmax({byte_at(at), byte_at(at + 2)});
      found = found || (low <= c && c <= high);
      at += 2;
    } else {
      found = found || byte_at(at) == c;
    }
  }
  return {found != negated, std::min(at + 1, pattern.size())};
}

element_match match_element(bytes_view pattern, std::size_t at, unsigned char c) {
  if (pattern[at] == '?') return {true, at + 1};
  if (pattern[at] == '[') return match_set(pattern, at + 1, c);
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return {static_cast<unsigned char>(pattern[at]) == c, at + 1};
}

}  // namespace

bool glob_match(bytes_view pattern, bytes_view text) {
  struct return_point {
    std::size_t pattern;  ///< just after the last star met
    std::size_t text;     ///< where that star's run ends
  };
  std::optional<return_point> last_star;
  std::size_t p = 0;
  std::size_t t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      last_star = {++p, t};
      if (p == pattern.size()) return true;
      continue;
    }
    if (p < pattern.size()) {
      const auto [matched, next] = match_element(pattern, p, static_cast<unsigned char>(text[t]));
      if (matched) {
        p = next;
        ++t;
        continue;
      }
    }
    if (!last_star) return false;
    p = last_star->pattern;
    t = ++last_star->text;
  }
  return pattern.find_first_not_of('*', p) == bytes_view::npos;
}

}  // namespace comet
