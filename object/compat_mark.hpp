#pragma once
// How code says that it was written for the prototype of the paper (docs/compat.md).
//
// A comment at the very beginning of the source, on its first line, so lines keep their numbers. It
// is part of the code: kept with it, hashed with it, told by ASO.CODE, and so it holds on every
// node and after every restart. `ASO.PUT ... COMPAT` (object/shard) writes it, lua/ reads it.

#include "base/bytes.hpp"

namespace comet::object {

inline constexpr bytes_view compat_mark = "--[[comet:compat]] ";

[[nodiscard]] constexpr bool has_compat_mark(bytes_view source) {
  return source.starts_with(compat_mark.substr(0, compat_mark.size() - 1));
}

/// `source` with the mark, once.
[[nodiscard]] inline bytes with_compat_mark(bytes_view source) {
  return has_compat_mark(source) ? bytes{source} : bytes{compat_mark} + bytes{source};
}

}  // namespace comet::object
