#include "object/cron.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <limits>
#include <span>
#include <string>

namespace comet::object {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::array<bytes_view, 12> month_names = {"jan", "feb", "mar", "apr", "may", "jun",
                                                    "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<bytes_view, 7> weekday_names = {"sun", "mon", "tue", "wed",
                                                     "thu", "fri", "sat"};

struct field_rule {
  bytes_view name;
  unsigned low;
  unsigned high;
  std::span<const bytes_view> names;  ///< the first stands for `low`
  bytes_view allowed;
};

constexpr field_rule minute_rule{"minute", 0, 59, {}, "0-59"};
constexpr field_rule hour_rule{"hour", 0, 23, {}, "0-23"};
constexpr field_rule day_rule{"day of month", 1, 31, {}, "1-31"};
constexpr field_rule month_rule{"month", 1, 12, month_names, "1-12 or jan-dec"};
constexpr field_rule weekday_rule{"day of week", 0, 7, weekday_names, "0-7 or sun-sat"};

struct field {
  std::uint64_t values = 0;  ///< bit n: the value n
  bool restricted = false;   ///< does not begin with '*'
};

error refused(const field_rule& rule, bytes_view text, bytes_view why) {
  bytes message{"cron: "};
  message.append(rule.name).append(" '").append(printable(shortened(text, 32))).append("' ");
  message.append(why).append("; allowed are ").append(rule.allowed);
  message += ", lists (1,2), ranges (1-5), steps (*/2)";
  return {errc::syntax, std::move(message)};
}

std::optional<unsigned> number_in(bytes_view text) {
  unsigned value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (text.empty() || failure != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<unsigned> value_in(const field_rule& rule, bytes_view text) {
  for (std::size_t i = 0; i < rule.names.size(); ++i) {
    if (equal_ignoring_case(text, rule.names[i])) return rule.low + static_cast<unsigned>(i);
  }
  const auto value = number_in(text);
  if (!value || *value < rule.low || *value > rule.high) return std::nullopt;
  return value;
}

struct value_range {
  unsigned from;
  unsigned to;
};

/// `*`, `a`, `a-b`; a lone value that has a step runs to the end of the field.
result<value_range> parse_range(const field_rule& rule, bytes_view text, bool stepped) {
  if (text == "*") return value_range{rule.low, rule.high};
  const std::size_t dash = text.find('-');
  const auto from = value_in(rule, text.substr(0, dash));
  if (!from) return refused(rule, text, "is not a value of this field");
  if (dash == bytes_view::npos) return value_range{*from, stepped ? rule.high : *from};
  auto to = value_in(rule, text.substr(dash + 1));
  if (!to) return refused(rule, text, "is not a range of this field");
  const bool ends_on_sunday = rule.high == weekday_rule.high && *to == 0;
  if (ends_on_sunday && *from > 0) to = weekday_rule.high;
  if (*from > *to) return refused(rule, text, "runs backwards");
  return value_range{*from, *to};
}

result<std::uint64_t> parse_item(const field_rule& rule, bytes_view text) {
  const std::size_t slash = text.find('/');
  const bool stepped = slash != bytes_view::npos;
  const auto range = parse_range(rule, text.substr(0, slash), stepped);
  if (!range) return range.failure();
  unsigned step = 1;
  if (stepped) {
    const auto given = number_in(text.substr(slash + 1));
    if (!given || *given == 0 || *given > rule.high) {
      return refused(rule, text, "has a step that is not in 1-" + std::to_string(rule.high));
    }
    step = *given;
  }
  std::uint64_t values = 0;
  for (unsigned v = range->from; v <= range->to; v += step)
    values |= std::uint64_t{1} << v;
  return values;
}

result<field> parse_field(const field_rule& rule, bytes_view text) {
  field parsed;
  parsed.restricted = !text.starts_with('*');
  for (;;) {
    const std::size_t comma = text.find(',');
    const auto values = parse_item(rule, text.substr(0, comma));
    if (!values) return values.failure();
    parsed.values |= *values;
    if (comma == bytes_view::npos) return parsed;
    text.remove_prefix(comma + 1);
  }
}

/// The words of `text`, and how many there were in all.
struct words {
  std::array<bytes_view, 5> first{};
  std::size_t count = 0;
};

words split(bytes_view text) {
  constexpr bytes_view blanks = " \t";
  words found;
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    if (text.empty()) return found;
    const std::size_t size = std::min(text.find_first_of(blanks), text.size());
    if (found.count < found.first.size()) found.first[found.count] = text.substr(0, size);
    ++found.count;
    text.remove_prefix(size);
  }
}

constexpr unsigned days_in_longest(unsigned month) {
  if (month == 2) return 29;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool some_date_exists(std::uint64_t months, std::uint64_t days_of_month) {
  const auto first_day = static_cast<unsigned>(std::countr_zero(days_of_month));
  for (unsigned month = 1; month <= 12; ++month) {
    if ((months >> month & 1U) != 0 && first_day <= days_in_longest(month)) return true;
  }
  return false;
}

/// The lowest bit of `set` at or after `from`.
std::optional<unsigned> first_from(std::uint64_t set, unsigned from) {
  const std::uint64_t rest = set >> from << from;
  if (rest == 0) return std::nullopt;
  return static_cast<unsigned>(std::countr_zero(rest));
}

}  // namespace

result<cron_schedule> cron_schedule::parse(bytes_view text) {
  if (text.size() > text_bytes_max) {
    return error{errc::syntax, "cron: the schedule has " + std::to_string(text.size()) +
                                   " bytes, at most " + std::to_string(text_bytes_max) +
                                   " are allowed"};
  }
  const words parts = split(text);
  constexpr std::array<const field_rule*, 5> rules = {&minute_rule, &hour_rule, &day_rule,
                                                      &month_rule, &weekday_rule};
  if (parts.count != rules.size()) {
    return error{errc::syntax,
                 "cron: '" + printable(shortened(text, 64)) + "' has " +
                     std::to_string(parts.count) +
                     " fields, it has to have 5: minute hour day-of-month month day-of-week"};
  }
  std::array<field, 5> fields;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto parsed = parse_field(*rules[i], parts.first[i]);
    if (!parsed) return parsed.failure();
    fields[i] = *parsed;
  }
  const auto& [minute, hour, day, month, weekday] = fields;
  cron_schedule schedule;
  schedule.minutes_ = minute.values;
  schedule.hours_ = static_cast<std::uint32_t>(hour.values);
  schedule.days_ = static_cast<std::uint32_t>(day.values);
  schedule.months_ = static_cast<std::uint32_t>(month.values);
  schedule.weekdays_ = static_cast<std::uint32_t>((weekday.values | weekday.values >> 7U) & 0x7FU);
  schedule.either_day_matches_ = day.restricted && weekday.restricted;
  if (!schedule.either_day_matches_ && !some_date_exists(month.values, day.values)) {
    return error{errc::syntax, "cron: day of month '" + bytes{parts.first[2]} +
                                   "' never comes in month '" + bytes{parts.first[3]} +
                                   "'; choose a day that one of its months has"};
  }
  return schedule;
}

bool cron_schedule::on_day(unsigned day_of_month, unsigned weekday) const {
  const bool by_date = (days_ >> day_of_month & 1U) != 0;
  const bool by_weekday = (weekdays_ >> weekday & 1U) != 0;
  return either_day_matches_ ? by_date || by_weekday : by_date && by_weekday;
}

std::optional<wall_time> cron_schedule::next(wall_time after) const {
  constexpr sys_days first_day{std::chrono::year{1970} / 1 / 1};
  constexpr sys_days end_day{std::chrono::year{10'000} / 1 / 1};
  const auto since_epoch = std::chrono::floor<minutes>(after.time_since_epoch());
  if (since_epoch >= end_day.time_since_epoch()) return std::nullopt;
  const auto start = std::max(since_epoch + minutes{1}, minutes{0});

  sys_days day = first_day + std::chrono::floor<days>(start);
  const auto into_day = start - day.time_since_epoch();
  auto from_hour = static_cast<unsigned>(into_day / hours{1});
  auto from_minute = static_cast<unsigned>(into_day % hours{1} / minutes{1});
  while (day < end_day) {
    const year_month_day date{day};
    if ((months_ >> static_cast<unsigned>(date.month()) & 1U) == 0) {
      day = sys_days{(date.year() / date.month() + std::chrono::months{1}) / 1};
      from_hour = from_minute = 0;
      continue;
    }
    if (on_day(static_cast<unsigned>(date.day()), std::chrono::weekday{day}.c_encoding())) {
      for (auto hour = first_from(hours_, from_hour); hour; hour = first_from(hours_, *hour + 1)) {
        const auto minute = first_from(minutes_, *hour == from_hour ? from_minute : 0);
        if (!minute) continue;
        return wall_time{day.time_since_epoch() + hours{*hour} + minutes{*minute}};
      }
    }
    day += days{1};
    from_hour = from_minute = 0;
  }
  return std::nullopt;
}

}  // namespace comet::object
