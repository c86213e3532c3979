#include "net/wire/resp_parser.hpp"

#include <algorithm>
#include <utility>

#include "base/number.hpp"
#include "net/wire/inline_request.hpp"

namespace comet::wire {

namespace {

constexpr std::int64_t untrusted_words_max = 10;
constexpr std::int64_t untrusted_bulk_bytes_max = 16'384;
constexpr std::int64_t line_end_size = 2;
constexpr std::size_t idle_rest_max = 65'536;  ///< kept for the next read of a quiet connection

/// Reads "<mark><1 to 7 digits>\r\n" and moves `at` past it: the common case. False, and `at` as
/// it was: anything else, which take_line and parse_integer then judge.
bool read_short_count(bytes_view text, std::size_t& at, char mark, std::int64_t& out) {
  const char* p = text.data() + at;
  const char* const end = text.data() + text.size();
  if (end - p < 4 || *p != mark || p[1] < '1' || p[1] > '9') return false;
  const char* const limit = std::min(end, p + 8);
  std::int64_t n = 0;
  for (++p; p != limit && *p >= '0' && *p <= '9'; ++p)
    n = n * 10 + (*p - '0');
  if (end - p < line_end_size || p[0] != '\r') return false;
  at = static_cast<std::size_t>(p + line_end_size - text.data());
  out = n;
  return true;
}

}  // namespace

void resp_parser::feed(bytes_view input) {
  if (rest_.empty()) {
    window_ = input;
    start_ = position_ = previous_ = 0;
    return;
  }
  const char* const before = rest_.data();
  rest_.append(input);
  move_words(before, rest_.data());
  window_ = rest_;
}

void resp_parser::keep() {
  if (start_ == window_.size()) {
    rest_.clear();
    if (rest_.capacity() > idle_rest_max) rest_.shrink_to_fit();
  } else if (window_.data() != rest_.data()) {
    const char* const before = window_.data() + start_;
    rest_.assign(before, unread());
    move_words(before, rest_.data());
  } else if (start_ > window_.size() / 2) {
    rest_.erase(0, start_);
    move_words(rest_.data() + start_, rest_.data());
  } else {
    return;
  }
  position_ -= start_;
  start_ = previous_ = 0;
  window_ = rest_;
}

void resp_parser::move_words(const char* from, const char* to) {
  if (from == to) return;
  for (bytes_view& word : words_)
    word = {to + (word.data() - from), word.size()};
}

std::size_t resp_parser::glance(std::span<bytes_view> words) const {
  if (words_left_ != 0 || failed_) return 0;
  std::size_t found = 0;
  std::size_t at = start_;
  std::int64_t count = 0;
  while (found < words.size() && read_short_count(window_, at, '*', count)) {
    for (std::int64_t i = 0; i < count; ++i) {
      std::int64_t size = 0;
      if (!read_short_count(window_, at, '$', size)) return found;
      const auto length = static_cast<std::size_t>(size);
      if (window_.size() - at < length + line_end_size) return found;
      if (i == 1) words[found++] = window_.substr(at, length);
      at += length + line_end_size;
    }
  }
  return found;
}

void resp_parser::put_back() {
  start_ = position_ = previous_;
  words_left_ = 0;
  bytes_left_ = -1;
}

void resp_parser::fail(bytes problem) {
  problem_ = "Protocol error: " + std::move(problem);
  failed_ = true;
}

resp_parser::outcome resp_parser::next(std::vector<bytes_view>& words, bool trusted) {
  words.clear();
  if (failed_) return outcome::failed;
  while (words_left_ == 0) {
    previous_ = position_ = start_;
    if (start_ == window_.size()) return outcome::incomplete;
    if (window_[start_] != '*') {
      const outcome read = read_inline(words);
      if (read != outcome::request || !words.empty()) return read;
    } else if (!read_count(trusted)) {
      return stopped();
    }
  }
  return dropping_ ? drop_words(trusted) : read_words(words, trusted);
}

/// The line at `position_`, without its mark and its end; false: not whole yet, or failed.
bool resp_parser::take_line(bytes_view& line, const char* too_long) {
  const bytes_view rest = window_.substr(position_);
  const std::size_t size = rest.substr(0, limits_.line_bytes_max + 1).find('\r');
  if (size == bytes_view::npos) {
    if (rest.size() > limits_.line_bytes_max) fail(too_long);
    return false;
  }
  if (rest.size() < size + line_end_size) return false;
  line = rest.substr(0, size);
  return true;
}

/// The count of words at `start_`; false: incomplete or failed. An empty request is skipped.
bool resp_parser::read_count(bool trusted) {
  std::int64_t count = 0;
  if (!read_short_count(window_, position_, '*', count)) {
    bytes_view line;
    if (!take_line(line, "too big mbulk count string")) return false;
    const auto number = parse_integer(line.substr(1));
    if (!number) return fail("invalid multibulk length"), false;
    count = *number;
    position_ += line.size() + line_end_size;
  }
  if (count > limits_.words_max) return fail("invalid multibulk length"), false;
  if (!trusted && count > untrusted_words_max)
    return fail("unauthenticated multibulk length"), false;
  words_left_ = std::max(count, std::int64_t{0});
  if (words_left_ == 0) start_ = position_;
  return true;
}

/// The length of the next word at `position_`; false: incomplete or failed.
bool resp_parser::read_length(bool trusted) {
  std::int64_t length = 0;
  if (!read_short_count(window_, position_, '$', length)) {
    bytes_view line;
    if (!take_line(line, "too big bulk count string")) return false;
    const char mark = line.empty() ? '\r' : line[0];
    if (mark != '$') return fail(bytes{"expected '$', got '"} + mark + "'"), false;
    const auto number = parse_integer(line.substr(1));
    if (!number || *number < 0) return fail("invalid bulk length"), false;
    length = *number;
    position_ += line.size() + line_end_size;
  }
  if (length > limits_.bulk_bytes_claim_max) return fail("invalid bulk length"), false;
  if (!trusted && length > untrusted_bulk_bytes_max)
    return fail("unauthenticated bulk length"), false;
  bytes_left_ = length;
  return true;
}

resp_parser::outcome resp_parser::read_words(std::vector<bytes_view>& words, bool trusted) {
  words.swap(words_);
  words_.clear();
  while (words_left_ > 0) {
    if (bytes_left_ < 0) {
      if (!read_length(trusted)) return words.swap(words_), stopped();
      const auto length = static_cast<std::size_t>(bytes_left_);
      if (length > limits_.bulk_bytes_max) {
        start_dropping("an argument of " + std::to_string(length) + " bytes exceeds the limit of " +
                       std::to_string(limits_.bulk_bytes_max) + " bytes");
      } else if (position_ - start_ + length > limits_.request_bytes_max) {
        start_dropping("a request exceeds the limit of " +
                       std::to_string(limits_.request_bytes_max) + " bytes");
      }
      if (dropping_) return words.clear(), drop_words(trusted);
    }
    const auto length = static_cast<std::size_t>(bytes_left_);
    if (window_.size() - position_ < length + line_end_size)
      return words.swap(words_), outcome::incomplete;
    words.emplace_back(window_.data() + position_, length);
    position_ += length + line_end_size;
    bytes_left_ = -1;
    --words_left_;
  }
  start_ = position_;
  return outcome::request;
}

void resp_parser::start_dropping(bytes problem) {
  problem_ = std::move(problem);
  dropping_ = true;
  bytes_left_ += line_end_size;
}

/// Reads on without keeping anything; `bytes_left_` counts the line end too.
resp_parser::outcome resp_parser::drop_words(bool trusted) {
  while (words_left_ > 0) {
    if (bytes_left_ < 0) {
      if (!read_length(trusted)) return stopped();
      bytes_left_ += line_end_size;
    }
    const auto here = std::min(static_cast<std::size_t>(bytes_left_), window_.size() - position_);
    position_ += here;
    start_ = position_;
    bytes_left_ -= static_cast<std::int64_t>(here);
    if (bytes_left_ > 0) return outcome::incomplete;
    bytes_left_ = -1;
    --words_left_;
  }
  dropping_ = false;
  return outcome::too_large;
}

resp_parser::outcome resp_parser::read_inline(std::vector<bytes_view>& words) {
  const bytes_view rest = window_.substr(start_);
  const std::size_t size = rest.substr(0, limits_.line_bytes_max + 1).find('\n');
  if (size == bytes_view::npos) {
    if (rest.size() > limits_.line_bytes_max) fail("too big inline request");
    return stopped();
  }
  start_ += size + 1;
  bytes_view line = rest.substr(0, size);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!split_inline(line, words, unquoted_)) fail("unbalanced quotes in request");
  return failed_ ? outcome::failed : outcome::request;
}

}  // namespace comet::wire
