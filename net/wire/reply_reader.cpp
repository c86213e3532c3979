#include "net/wire/reply_reader.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace comet::wire {
namespace {

using object::reply;

constexpr int depth_max = 64;
constexpr std::int64_t text_bytes_max = std::int64_t{512} << 20U;
constexpr std::size_t line_bytes_max = 65'536;
constexpr std::size_t taken_bytes_max = 65'536;  // kept in memory before they are dropped

template <class Number>
std::optional<Number> number_in(bytes_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [last, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || last != end) return std::nullopt;
  return number;
}

}  // namespace

result<reply> reply_reader::next() {
  return take(0);
}

result<reply> reply_reader::take(int depth) {
  auto line = take_line();
  if (!line) return std::move(line).failure();
  if (line->empty() || depth > depth_max) return malformed();
  const char kind = line->front();
  bytes rest = line->substr(1);
  switch (kind) {
    case '+': return reply::status(std::move(rest));
    case '-': return reply::failure(errc::unavailable, std::move(rest));
    case '(': return reply::bulk(std::move(rest));
    case '_': return reply::null();
    case '#':
      if (rest != "t" && rest != "f") return malformed();
      return reply::truth(rest == "t");
    case ',': {
      const auto number = number_in<double>(rest);  // "inf" and "nan" included
      if (!number) return malformed();
      return reply::real_number(*number);
    }
    default: break;
  }
  const auto number = number_in<std::int64_t>(rest);
  if (!number) return malformed();
  switch (kind) {
    case ':': return reply::number(*number);
    case '$':
    case '=':
    case '!': return take_text(kind, *number);
    default: return take_items(kind, *number, depth);
  }
}

result<reply> reply_reader::take_text(char kind, std::int64_t size) {
  if (kind == '$' && size == -1) return reply::null();
  if (size < 0 || size > text_bytes_max) return malformed();
  const auto length = static_cast<std::size_t>(size);
  while (unread_.size() - position_ < length + 2) {
    if (auto pulled = pull(); !pulled) return std::move(pulled).failure();
  }
  bytes text = unread_.substr(position_, length);
  if (unread_.compare(position_ + length, 2, "\r\n") != 0) return malformed();
  position_ += length + 2;
  if (kind == '$') return reply::bulk(std::move(text));
  if (kind == '!') return reply::failure(errc::unavailable, std::move(text));
  constexpr std::size_t format_size = 4;  // "txt:"
  if (length < format_size) return malformed();
  return reply::verbatim(text.substr(format_size));
}

result<reply> reply_reader::take_items(char kind, std::int64_t count, int depth) {
  if (kind == '*' && count == -1) return reply::null();
  if (count < 0 || count > std::numeric_limits<std::int32_t>::max()) return malformed();
  reply whole;
  switch (kind) {
    case '*': whole.what = reply::kind::array; break;
    case '%':
      whole.what = reply::kind::map;
      count *= 2;
      break;
    case '~': whole.what = reply::kind::set; break;
    case '>': whole.what = reply::kind::push; break;
    default: return malformed();
  }
  for (std::int64_t i = 0; i < count; ++i) {
    auto item = take(depth + 1);
    if (!item) return item;
    whole.items.push_back(std::move(*item));
  }
  return whole;
}

result<bytes> reply_reader::take_line() {
  std::size_t end = bytes::npos;
  while ((end = unread_.find("\r\n", position_)) == bytes::npos) {
    if (unread_.size() - position_ > line_bytes_max) return malformed();
    if (auto pulled = pull(); !pulled) return std::move(pulled).failure();
  }
  bytes line = unread_.substr(position_, end - position_);
  position_ = end + 2;
  return line;
}

result<void> reply_reader::pull() {
  if (position_ > taken_bytes_max) {
    unread_.erase(0, position_);
    position_ = 0;
  }
  auto received = more_();
  if (!received) return std::move(received).failure();
  unread_ += *received;
  return {};
}

error reply_reader::malformed() const {
  constexpr std::size_t shown_max = 40;
  return {errc::protocol,
          fmt::format("the answer is not RESP, near '{}'",
                      printable(shortened(bytes_view{unread_}.substr(
                                              position_ > shown_max ? position_ - shown_max : 0),
                                          shown_max)))};
}

}  // namespace comet::wire
