#include "net/wire/inline_request.hpp"

#include <cstddef>

namespace comet::wire {

namespace {

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char escaped(char c) {
  switch (c) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'b': return '\b';
    case 'a': return '\a';
    default: return c;
  }
}

/// Reads a quoted part from its opening quote at `at` on; false: it is not closed, or something
/// other than space follows.
bool read_quoted(bytes_view line, std::size_t& at, bytes& out) {
  const char quote = line[at++];
  for (; at < line.size(); ++at) {
    const bytes_view rest = line.substr(at);
    if (rest[0] == quote) {
      ++at;
      return at == line.size() || is_space(line[at]);
    }
    if (rest[0] != '\\' || rest.size() < 2) {
      out.push_back(rest[0]);
    } else if (quote == '\'') {
      out.push_back(rest[1] == '\'' ? '\'' : '\\');
      if (rest[1] == '\'') ++at;
    } else if (rest.size() >= 4 && rest[1] == 'x' && hex_digit(rest[2]) >= 0 &&
               hex_digit(rest[3]) >= 0) {
      out.push_back(static_cast<char>(hex_digit(rest[2]) * 16 + hex_digit(rest[3])));
      at += 3;
    } else {
      out.push_back(escaped(rest[1]));
      ++at;
    }
  }
  return false;
}

bool is_quote(char c) {
  return c == '"' || c == '\'';
}

}  // namespace

bool split_inline(bytes_view line, std::vector<bytes_view>& words, bytes& unquoted) {
  words.clear();
  unquoted.clear();
  // Unquoting never makes a word longer, so the words that view `unquoted` stay where they are.
  if (line.find_first_of("\"'") != bytes_view::npos) unquoted.reserve(line.size());
  std::size_t at = 0;
  while (true) {
    while (at < line.size() && is_space(line[at]))
      ++at;
    if (at == line.size()) return true;
    const std::size_t start = at;
    while (at < line.size() && !is_space(line[at]) && !is_quote(line[at]))
      ++at;
    if (at == line.size() || is_space(line[at])) {
      words.push_back(line.substr(start, at - start));
      continue;
    }
    const std::size_t unquoted_start = unquoted.size();
    unquoted.append(line.substr(start, at - start));
    if (!read_quoted(line, at, unquoted)) return false;
    words.push_back(bytes_view{unquoted}.substr(unquoted_start));
  }
}

}  // namespace comet::wire
