#include "lab/duration_text.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>

namespace comet::lab {
namespace {

using std::chrono::milliseconds;

struct unit {
  bytes_view name;
  std::int64_t ms;
};

constexpr std::array units{unit{"d", 86'400'000}, unit{"h", 3'600'000}, unit{"m", 60'000},
                           unit{"s", 1'000}, unit{"ms", 1}};

error not_a_duration(bytes_view text) {
  return {errc::syntax,
          fmt::format("'{}' is no duration: expected a number of seconds, or text like \"250ms\", "
                      "\"10s\", \"5m\", \"2h\", \"3d\" or \"1h 30m\"",
                      printable(shortened(text, 40)))};
}

/// Takes digits with at most one point from the front.
std::optional<double> take_number(bytes_view& text) {
  const auto size = std::min(text.find_first_not_of("0123456789."), text.size());
  const bytes digits{text.substr(0, size)};
  constexpr std::size_t digits_max = 30;
  const bool is_number = digits.size() <= digits_max &&
                         digits.find_first_of("0123456789") != bytes::npos &&
                         digits.find('.') == digits.rfind('.');
  if (!is_number) return std::nullopt;
  text.remove_prefix(size);
  return std::stod(digits);
}

std::optional<double> take_unit(bytes_view& text) {
  const auto size = std::min(text.find_first_of(" 0123456789."), text.size());
  for (const unit& known : units) {
    if (text.substr(0, size) != known.name) continue;
    text.remove_prefix(size);
    return static_cast<double>(known.ms);
  }
  return std::nullopt;
}

void skip_spaces(bytes_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
}

result<milliseconds> within_limits(double ms) {
  if (!(ms >= 0) || ms > static_cast<double>(duration_max.count()))
    return {errc::out_of_range, "a duration is between 0 and 1,000 years"};
  return milliseconds{std::llround(ms)};
}

}  // namespace

result<milliseconds> parse_duration(bytes_view text) {
  bytes_view left = text;
  skip_spaces(left);
  if (left.empty()) return not_a_duration(text);
  double sum = 0;
  while (!left.empty()) {
    const auto count = take_number(left);
    const auto unit_ms = count ? take_unit(left) : std::nullopt;
    if (!unit_ms) return not_a_duration(text);
    sum += *count * *unit_ms;
    skip_spaces(left);
  }
  return within_limits(sum);
}

result<milliseconds> duration_of_seconds(double seconds) {
  return within_limits(seconds * 1'000);
}

bytes duration_text(milliseconds duration) {
  std::int64_t left = duration.count();
  bytes text;
  for (const unit& known : units) {
    if (known.ms <= 1'000) break;
    if (left >= known.ms) text += fmt::format("{}{} ", left / known.ms, known.name);
    left %= known.ms;
  }
  if (left % 1'000 != 0) {
    text += fmt::format("{}.{:03}s", left / 1'000, left % 1'000);
  } else if (left != 0 || text.empty()) {
    text += fmt::format("{}s", left / 1'000);
  }
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

}  // namespace comet::lab
