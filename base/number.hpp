#pragma once
// Numbers as text, exactly as Redis 7.0 reads and writes them.
//
// INCR and friends keep numbers as decimal text inside a value, so what counts as a number, and how
// a sum is written back, is visible to every client. The parser of commands (net/wire), the string
// operations (object/) and the conversion of Lua values use these and no others. Nothing here looks
// at a locale except through the C library's long double conversions; the node never sets one.

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace comet {

/// Longest text `parse_real` takes and `format_real` makes (MAX_LONG_DOUBLE_CHARS in Redis).
inline constexpr std::size_t real_text_max = 5 * 1024;

/// A signed 64-bit integer in its one canonical form: an optional '-', no '+', no space, no leading
/// zero, no "-0". Nothing if `text` is anything else or does not fit (string2ll in Redis).
std::optional<std::int64_t> parse_integer(bytes_view text);

/// A long double as strtold reads it: decimal or hexadecimal, exponent, "inf"; no space around, no
/// NaN, no overflow and no underflow to zero (string2ld in Redis).
std::optional<long double> parse_real(bytes_view text);

/// Decimal without an exponent, at most 17 digits after the point, trailing zeros removed, zero
/// without a sign (LD_STR_HUMAN in Redis). `value` is finite.
bytes format_real(long double value);

/// The shortest text that reads back as the same double; "inf", "-inf" and "nan" as in RESP3.
bytes format_double(double value);

}  // namespace comet
