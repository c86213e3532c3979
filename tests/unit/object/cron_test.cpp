#include "object/cron.hpp"

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <ctime>
#include <set>

#include "base/random.hpp"

namespace comet::object {
namespace {

using namespace std::chrono_literals;

wall_time at(int year, int month, int day, int hour = 0, int minute = 0, int second = 0) {
  std::tm parts{};
  parts.tm_year = year - 1900;
  parts.tm_mon = month - 1;
  parts.tm_mday = day;
  parts.tm_hour = hour;
  parts.tm_min = minute;
  parts.tm_sec = second;
  return from_unix_ms(std::int64_t{timegm(&parts)} * 1'000);
}

std::optional<wall_time> next(bytes_view text, wall_time after) {
  const auto schedule = cron_schedule::parse(text);
  REQUIRE(schedule);
  return schedule->next(after);
}

bytes refusal(bytes_view text) {
  const auto schedule = cron_schedule::parse(text);
  if (schedule) return "(accepted)";
  CHECK(schedule.failure().code == errc::syntax);
  return schedule.failure().message;
}

bool mentions(const bytes& message, bytes_view part) {
  return message.find(part) != bytes::npos;
}

/// A field as the set of its values, written as a list of them; empty: '*'.
struct drawn_field {
  std::set<int> values;
  bytes text = "*";

  [[nodiscard]] bool star() const { return values.empty(); }
  [[nodiscard]] bool has(int value) const { return star() || values.count(value) > 0; }
};

drawn_field draw(prng& random, int low, int high) {
  drawn_field field;
  if (random.below(3) == 0) return field;
  for (auto n = 1 + random.below(4); n > 0; --n) {
    field.values.insert(low +
                        static_cast<int>(random.below(static_cast<unsigned>(high - low + 1))));
  }
  field.text.clear();
  for (const int value : field.values) {
    if (!field.text.empty()) field.text += ",";
    field.text += std::to_string(value);
  }
  return field;
}

}  // namespace

TEST_CASE("a schedule's next time is after the given one, at the start of a minute") {
  CHECK(next("* * * * *", at(2024, 5, 1, 10, 30)) == at(2024, 5, 1, 10, 31));
  CHECK(next("* * * * *", at(2024, 5, 1, 10, 30, 59)) == at(2024, 5, 1, 10, 31));
  CHECK(next("* * * * *", at(2024, 5, 1, 10, 30) - 1ms) == at(2024, 5, 1, 10, 30));
  CHECK(next("0 12 * * *", at(2024, 5, 1, 12)) == at(2024, 5, 2, 12));
  CHECK(next("0 12 * * *", at(2024, 5, 1, 11, 59, 59)) == at(2024, 5, 1, 12));
}

TEST_CASE("lists, ranges and steps combine") {
  CHECK(next("*/15 * * * *", at(2024, 1, 1, 0, 16)) == at(2024, 1, 1, 0, 30));
  CHECK(next("5/20 * * * *", at(2024, 1, 1, 0, 26)) == at(2024, 1, 1, 0, 45));
  CHECK(next("5/20 * * * *", at(2024, 1, 1, 0, 45)) == at(2024, 1, 1, 1, 5));
  CHECK(next("0 9-17/4 * * *", at(2024, 1, 1, 9)) == at(2024, 1, 1, 13));
  CHECK(next("0 9-17/4 * * *", at(2024, 1, 1, 17)) == at(2024, 1, 2, 9));
  CHECK(next("1,2,50-52 0 * * *", at(2024, 1, 1, 0, 2)) == at(2024, 1, 1, 0, 50));
}

TEST_CASE("months and days of the week have names in any case, also as ranges") {
  CHECK(next("0 0 1 FEB *", at(2024, 3, 1)) == at(2025, 2, 1));
  CHECK(next("0 0 * * mon-Fri", at(2024, 5, 3)) == at(2024, 5, 6));  // from a Friday
  CHECK(next("0 0 1 jan,jul *", at(2024, 2, 1)) == at(2024, 7, 1));
  CHECK(next("0 0 * * sat-sun", at(2024, 5, 4)) == at(2024, 5, 5));
}

TEST_CASE("Sunday is 0 and 7") {
  const wall_time saturday = at(2024, 5, 4);
  CHECK(next("0 0 * * 0", saturday) == at(2024, 5, 5));
  CHECK(next("0 0 * * 7", saturday) == at(2024, 5, 5));
  CHECK(next("0 0 * * 5-7", saturday) == at(2024, 5, 5));
  CHECK(next("0 0 * * sun-mon", saturday + 24h) == at(2024, 5, 6));
}

TEST_CASE("two restricted day fields mean either of them, one that begins with a star means both") {
  // 13 September 2024 is a Friday; the first of August 2024 a Thursday.
  CHECK(next("0 0 13 * fri", at(2024, 8, 1)) == at(2024, 8, 2));
  CHECK(next("0 0 13 * fri", at(2024, 8, 9)) == at(2024, 8, 13));
  CHECK(next("0 0 13 * *", at(2024, 8, 14)) == at(2024, 9, 13));
  CHECK(next("0 0 */12 * fri", at(2024, 8, 1)) == at(2024, 9, 13));  // days 1, 13, 25
}

TEST_CASE("29 February comes in leap years, across 2100 after eight years") {
  CHECK(next("0 0 29 2 *", at(2024, 3, 1)) == at(2028, 2, 29));
  CHECK(next("0 0 29 2 *", at(2096, 3, 1)) == at(2104, 2, 29));
  CHECK(next("0 0 31 * *", at(2024, 4, 1)) == at(2024, 5, 31));
  CHECK(next("59 23 31 12 *", at(2024, 1, 1)) == at(2024, 12, 31, 23, 59));
}

TEST_CASE("a schedule begins in 1970 and ends with the year 9999") {
  CHECK(next("* * * * *", from_unix_ms(-1)) == from_unix_ms(0));
  CHECK(next("0 0 * * *", from_unix_ms(std::numeric_limits<std::int64_t>::min())) ==
        from_unix_ms(0));
  CHECK(next("59 23 31 12 *", at(9999, 1, 1)) == at(9999, 12, 31, 23, 59));
  CHECK_FALSE(next("* * * * *", at(9999, 12, 31, 23, 59)));
  CHECK_FALSE(next("* * * * *", from_unix_ms(std::numeric_limits<std::int64_t>::max())));
}

TEST_CASE("a refusal names the field, the value and what is allowed") {
  CHECK(refusal("60 * * * *") ==
        "cron: minute '60' is not a value of this field; allowed are 0-59, lists (1,2), ranges "
        "(1-5), steps (*/2)");
  CHECK(mentions(refusal("* 24 * * *"), "hour '24'"));
  CHECK(mentions(refusal("* * 0 * *"), "day of month '0'"));
  CHECK(mentions(refusal("* * * 13 *"), "1-12 or jan-dec"));
  CHECK(mentions(refusal("* * * foo *"), "month 'foo'"));
  CHECK(mentions(refusal("* * * * 8"), "0-7 or sun-sat"));
  CHECK(mentions(refusal("* * * * mond"), "day of week 'mond'"));
  CHECK(mentions(refusal("jan * * * *"), "minute 'jan'"));
  CHECK(mentions(refusal("30-10 * * * *"), "'30-10' runs backwards"));
  CHECK(mentions(refusal("*/0 * * * *"), "'*/0' has a step that is not in 1-59"));
  CHECK(mentions(refusal("*/60 * * * *"), "step"));
  CHECK(mentions(refusal("*/x * * * *"), "step"));
}

TEST_CASE("what is no list of values is refused") {
  for (const bytes_view text :
       {", * * * *", "1, * * * *", ",1 * * * *", "1-- * * * *", "- * * * *", "1-2-3 * * * *",
        "1/ * * * *", "/2 * * * *", "** * * * *", "*5 * * * *", "-1 * * * *", "+1 * * * *",
        "1.5 * * * *", "4294967297 * * * *", "99999999999999999999 * * * *", "1//2 * * * *"}) {
    INFO(text);
    CHECK(refusal(text) != "(accepted)");
  }
}

TEST_CASE("a schedule has five fields between blanks, and a bounded size") {
  CHECK(mentions(refusal(""), "has 0 fields, it has to have 5"));
  CHECK(mentions(refusal("* * * *"), "has 4 fields"));
  CHECK(mentions(refusal("* * * * * *"), "has 6 fields"));
  CHECK(mentions(refusal("@daily"), "has 1 fields"));
  CHECK(next(" 0\t0  * * * ", at(2024, 1, 1)) == at(2024, 1, 2));
  CHECK(mentions(refusal(bytes(300, ' ') + "* * * * *"), "at most 256"));
}

TEST_CASE("a date that never comes is refused") {
  CHECK(refusal("0 0 30 2 *") ==
        "cron: day of month '30' never comes in month '2'; choose a day that one of its months "
        "has");
  CHECK(mentions(refusal("0 0 31 apr,jun,sep,nov *"), "never comes"));
  CHECK(refusal("0 0 29 2 *") == "(accepted)");
  CHECK(refusal("0 0 30,1 2 *") == "(accepted)");
  CHECK(refusal("0 0 31 2,3 *") == "(accepted)");
  CHECK(next("0 0 30 2 mon", at(2024, 2, 1)) == at(2024, 2, 5));  // on Mondays it does come
}

TEST_CASE("the next time is the one a look at every minute finds") {
  prng random{21};
  for (int i = 0; i < 300; ++i) {
    const auto minute = draw(random, 0, 59);
    const auto hour = draw(random, 0, 23);
    const auto day = draw(random, 1, 28);
    const auto month = draw(random, 1, 12);
    const auto weekday = draw(random, 0, 6);
    const bytes text =
        minute.text + " " + hour.text + " " + day.text + " " + month.text + " " + weekday.text;
    const wall_time after =
        at(2000, 1, 1) + std::chrono::minutes{random.below(std::uint64_t{100} * 365 * 24 * 60)};
    const wall_time limit = after + std::chrono::days{45};
    std::optional<wall_time> expected;
    for (wall_time t = after + 1min; t <= limit && !expected; t += 1min) {
      const std::time_t seconds = to_unix_ms(t) / 1'000;
      std::tm parts{};
      gmtime_r(&seconds, &parts);
      const bool by_date = day.has(parts.tm_mday);
      const bool by_weekday = weekday.has(parts.tm_wday);
      const bool on_day =
          day.star() || weekday.star() ? by_date && by_weekday : by_date || by_weekday;
      if (on_day && minute.has(parts.tm_min) && hour.has(parts.tm_hour) &&
          month.has(parts.tm_mon + 1)) {
        expected = t;
      }
    }
    INFO(text << " after " << to_unix_ms(after));
    const auto found = next(text, after);
    REQUIRE(found);
    if (expected) {
      CHECK(*found == *expected);
    } else {
      CHECK(*found > limit);
    }
  }
}

}  // namespace comet::object
