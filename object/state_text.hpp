#pragma once
// An object's encoded state as one text for people, bounded: the `state` of COMET INSPECT.
//
// Written much as Lua writes tables, with the names in the order in which they are stored. It is
// cut where it would be too long, and ends in "..." then. Nothing in it may steer a terminal: bytes
// that are no printable ASCII are escaped.

#include <cstddef>

#include "base/bytes.hpp"

namespace comet::object {

/// {left = 3, value = "the word"}; of bytes that are no state: what is wrong with them.
bytes state_text(bytes_view state, int depth_max, std::size_t bytes_max);

}  // namespace comet::object
