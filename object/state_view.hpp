#pragma once
// An object's encoded state as a reply, without running its code: ASO.STATE, quarantined values.
//
// The state is msgpack as lua/state writes it (docs/formats.md). Decoding is total: bytes that are
// not such a state give errc::corrupt.

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "object/reply.hpp"

namespace comet::object {

/// The whole state as nested maps and arrays; depth at most `depth_max`.
result<reply> view_state(bytes_view state, int depth_max);

/// The field `value` of the state; a null reply when there is none.
result<reply> view_value(bytes_view state, int depth_max);

}  // namespace comet::object
