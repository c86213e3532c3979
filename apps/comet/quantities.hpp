#pragma once
// Figures as people read them: sizes, times and rates in a few characters.
//
// Pure. Used by every view of figures: network_view, top_screen, doctor_rules.

#include <cstdint>

#include "base/bytes.hpp"

namespace comet::client {

/// "42s", "3m 5s", "2h 14m", "1d 2h".
bytes duration_text(std::int64_t seconds);

/// "512 B", "42.5 MB"; powers of 1024.
bytes size_text(std::int64_t size_bytes);

/// "17 us", "1.3 ms", "2.50 s".
bytes microseconds_text(std::int64_t us);

/// At most six characters: "0", "0.4", "17", "9999", "12.3k", "456M", "1.2T"; powers of 1000.
bytes count_text(double count);

}  // namespace comet::client
