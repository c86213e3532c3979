#pragma once
// Cron schedules of timers: five fields in UTC, as text a person knows from crontab(5).
//
//   minute  hour  day-of-month  month  day-of-week
//   0-59    0-23  1-31          1-12   0-7 (0 and 7 are Sunday)
//
// A field is a list of `*`, a value or a range `a-b`, each with an optional step `/n`; a value with
// a step (`5/15`) runs to the end of the field. Months and days have names (jan, mon; any case).
// When neither day field begins with `*`, a day has to match one of them, else both (POSIX crontab,
// Vixie cron). A schedule whose date never comes, such as 30 February, is refused.
//
// Called by the dht library to check what a handler asked for, and by `fire` to find the next time.

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace comet::object {

class cron_schedule {
 public:
  /// Longest text: a list of all minutes is shorter.
  static constexpr std::size_t text_bytes_max = 256;

  /// Fails with errc::syntax; the message names the field, the value and what is allowed.
  static result<cron_schedule> parse(bytes_view text);

  /// The first matching minute that begins after `after`, in the years 1970 to 9999. Any schedule
  /// that `parse` takes has one within 12 years (1 February on a Friday, across 2100); months that
  /// do not match are skipped whole.
  [[nodiscard]] std::optional<wall_time> next(wall_time after) const;

 private:
  [[nodiscard]] bool on_day(unsigned day_of_month, unsigned weekday) const;

  std::uint64_t minutes_ = 0;        ///< bit n: minute n
  std::uint32_t hours_ = 0;          ///< bit n: hour n
  std::uint32_t days_ = 0;           ///< bit n: day n of the month, from 1
  std::uint32_t months_ = 0;         ///< bit n: month n, from 1
  std::uint32_t weekdays_ = 0;       ///< bit n: day n of the week, Sunday 0
  bool either_day_matches_ = false;  ///< both day fields are restricted
};

}  // namespace comet::object
