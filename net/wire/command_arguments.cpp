#include "net/wire/command_arguments.hpp"

#include <limits>

#include "base/number.hpp"

namespace comet::wire {

namespace {

constexpr std::int64_t milliseconds_a_second = 1'000;
constexpr std::int64_t number_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t number_min = std::numeric_limits<std::int64_t>::min();

/// `number` as a point in time; nothing: it does not fit.
std::optional<wall_time> point_in_time(std::int64_t number, expiry_form form, wall_time now) {
  if (form.seconds) {
    if (number > number_max / milliseconds_a_second || number < number_min / milliseconds_a_second)
      return std::nullopt;
    number *= milliseconds_a_second;
  }
  if (form.absolute) return from_unix_ms(number);
  const std::int64_t base = to_unix_ms(now);
  if (number > number_max - base) return std::nullopt;
  return from_unix_ms(number + base);
}

}  // namespace

error syntax_error() {
  return {errc::syntax, "syntax error"};
}

error not_an_integer() {
  return {errc::out_of_range, "value is not an integer or out of range"};
}

error invalid_expire_time(bytes_view command) {
  return {errc::out_of_range, "invalid expire time in '" + bytes{command} + "' command"};
}

error over_limit(bytes_view what, std::size_t size, std::size_t limit) {
  return {errc::too_large, bytes{what} + " of " + std::to_string(size) +
                               " bytes exceeds the limit of " + std::to_string(limit) + " bytes"};
}

result<std::int64_t> read_integer(bytes_view word) {
  if (const auto number = parse_integer(word)) return *number;
  return not_an_integer();
}

result<void> check_pattern(bytes_view pattern) {
  if (pattern.size() > pattern_bytes_max)
    return over_limit("pattern", pattern.size(), pattern_bytes_max);
  return {};
}

result<wall_time> read_expiry(bytes_view word, expiry_form form, wall_time now,
                              bytes_view command) {
  const auto number = parse_integer(word);
  if (!number) return not_an_integer();
  if (*number <= 0) return invalid_expire_time(command);
  if (const auto when = point_in_time(*number, form, now)) return *when;
  return invalid_expire_time(command);
}

result<wall_time> read_any_expiry(bytes_view word, expiry_form form, wall_time now,
                                  bytes_view command) {
  const auto number = parse_integer(word);
  if (!number) return not_an_integer();
  if (const auto when = point_in_time(*number, form, now)) return *when;
  return invalid_expire_time(command);
}

std::optional<expiry_form> expiry_option(bytes_view word) {
  if (equal_ignoring_case(word, "ex")) return expiry_form{true, false};
  if (equal_ignoring_case(word, "px")) return expiry_form{false, false};
  if (equal_ignoring_case(word, "exat")) return expiry_form{true, true};
  if (equal_ignoring_case(word, "pxat")) return expiry_form{false, true};
  return std::nullopt;
}

bool option_cursor::take(bytes_view option) {
  if (done() || !equal_ignoring_case(word(), option)) return false;
  ++at_;
  return true;
}

bool option_cursor::take(bytes_view option, bytes_view& argument) {
  if (!has_argument() || !take(option)) return false;
  argument = take();
  return true;
}

}  // namespace comet::wire
