#pragma once
// Traced requests as small waterfalls: the text of `comet trace`.
//
// Pure. Made of the answers to COMET TRACES; each step that took time is a bar between the moment
// when the request reached the node that leads the key and the one when its answer left.
// otlp_spans makes spans of the same steps.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "object/reply.hpp"

namespace comet::client {

struct trace_step {
  bytes name;
  std::int64_t us = 0;
  bytes remark;  ///< for people; mostly empty
};

/// Those of one request that took time, in the order in which a request takes them.
std::vector<trace_step> steps_of(const object::reply& request);
/// "ASO.CALL say"; of a timer its handler alone.
bytes what_was_asked(const object::reply& request);

/// The requests of an answer to COMET TRACES from the one at place `from` on.
bytes waterfalls(const object::reply& traces, std::size_t from);

}  // namespace comet::client
