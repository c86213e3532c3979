#pragma once
// Glob patterns of KEYS, SCAN MATCH, PSUBSCRIBE and CONFIG GET, with the meaning Redis 7.0 gives
// them (stringmatchlen), over bytes.
//
// `*` any run of bytes, `?` one byte, `[abc]` one of a set, `[^abc]` one outside of it, `[a-z]` a
// range (its ends in either order), `\x` the byte x itself, also inside a set. A set without its
// `]` ends with the pattern; a backslash at the end stands for itself. (Redis lets `*` match the
// empty string in KEYS only, here it always does.)
//
// A stranger chooses the pattern, so the matcher keeps one point to return to instead of recursing:
// at most |pattern| * |text| steps, no memory.

#include "base/bytes.hpp"

namespace comet {

/// Does all of `text` match `pattern`? Letter case counts; bytes compare as unsigned.
bool glob_match(bytes_view pattern, bytes_view text);

}  // namespace comet
