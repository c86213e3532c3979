#pragma once
// Traced requests as small waterfalls: the text of `comet trace`.
//
// Pure. Made of the answers to COMET TRACES; each step that took time is a bar between the moment
// when the request reached the node that leads the key and the one when its answer left.

#include <cstddef>

#include "base/bytes.hpp"
#include "object/reply.hpp"

namespace comet::client {

/// The requests of an answer to COMET TRACES from the one at place `from` on.
bytes waterfalls(const object::reply& traces, std::size_t from);

}  // namespace comet::client
