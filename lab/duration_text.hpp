#pragma once
// Durations as tests write them: "250ms", "10s", "1h 30m".
//
// A number with a unit, several with spaces between; fractions are allowed, below a millisecond
// nothing is. Called by the binding of the test API and by nothing that clients reach.

#include <chrono>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::lab {

/// The longest that a test may ask for: 1,000 years.
inline constexpr std::chrono::milliseconds duration_max{1'000LL * 365 * 86'400'000};

/// Units: ms, s, m, h, d. Errors, syntax: what the text is and what is expected.
result<std::chrono::milliseconds> parse_duration(bytes_view text);
/// Of a number of seconds. Errors, out_of_range: negative, not finite, over `duration_max`.
result<std::chrono::milliseconds> duration_of_seconds(double seconds);

/// "1d 2h 3m 4s", "4.005s", "0s": as people read it, for reports.
bytes duration_text(std::chrono::milliseconds duration);

}  // namespace comet::lab
