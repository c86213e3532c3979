#include "apps/comet/quantities.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace comet::client {

bytes duration_text(std::int64_t seconds) {
  constexpr std::int64_t minute = 60;
  constexpr std::int64_t hour = 60 * minute;
  constexpr std::int64_t day = 24 * hour;
  if (seconds < minute) return fmt::format("{}s", seconds);
  if (seconds < hour) return fmt::format("{}m {}s", seconds / minute, seconds % minute);
  if (seconds < day) return fmt::format("{}h {}m", seconds / hour, seconds % hour / minute);
  return fmt::format("{}d {}h", seconds / day, seconds % day / hour);
}

bytes size_text(std::int64_t size_bytes) {
  constexpr std::array<bytes_view, 4> units{"kB", "MB", "GB", "TB"};
  constexpr double step = 1'024;
  double size = static_cast<double>(size_bytes);
  if (size < step) return fmt::format("{} B", size_bytes);
  std::size_t unit = 0;
  for (size /= step; size >= step && unit + 1 < units.size(); size /= step)
    ++unit;
  return fmt::format("{:.1f} {}", size, units.at(unit));
}

bytes microseconds_text(std::int64_t us) {
  constexpr std::int64_t millisecond = 1'000;
  constexpr std::int64_t second = 1'000 * millisecond;
  if (us < millisecond) return fmt::format("{} us", us);
  if (us < second) return fmt::format("{:.1f} ms", static_cast<double>(us) / 1e3);
  return fmt::format("{:.2f} s", static_cast<double>(us) / 1e6);
}

bytes count_text(double count) {
  constexpr std::array<bytes_view, 5> units{"k", "M", "G", "T", "P"};
  constexpr double as_it_is = 9'999.5;
  constexpr double step = 1'000;
  constexpr double one_decimal = 99.95;
  if (count <= 0 || std::isnan(count)) return "0";
  if (count < 9.95 && std::abs(count - std::round(count)) >= 0.05)
    return fmt::format("{:.1f}", count);
  if (count < as_it_is) return fmt::format("{:.0f}", count);
  std::size_t unit = 0;
  for (count /= step; count >= step - 0.5 && unit + 1 < units.size(); count /= step)
    ++unit;
  if (count >= step) return fmt::format(">999{}", units.back());
  return count < one_decimal ? fmt::format("{:.1f}{}", count, units.at(unit))
                             : fmt::format("{:.0f}{}", count, units.at(unit));
}

}  // namespace comet::client
