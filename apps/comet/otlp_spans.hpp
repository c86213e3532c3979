#pragma once
// Traced requests as OpenTelemetry spans: the body that `comet trace --otlp` posts.
//
// Pure. Made of the answers to COMET TRACES, in the JSON of OTLP (opentelemetry-proto): one request
// is a span of the node that led the key, and each of its steps (trace_page) a child of that. A
// request whose id (COMET WITH ID) is a W3C traceparent belongs to the span which that names; any
// other is a trace of its own. The ids of spans follow from what they tell of, so the same request
// sent twice is the same spans.

#include <cstddef>
#include <optional>

#include "base/bytes.hpp"
#include "object/reply.hpp"

namespace comet::client {

/// The span of a client that a request belongs to, as `traceparent` of W3C Trace Context names it.
struct span_context {
  bytes trace_id;  ///< 32 hexadecimal digits in lower case
  bytes span_id;   ///< 16
};

/// Nothing: `id` is none.
std::optional<span_context> read_traceparent(bytes_view id);

/// The node that leads the key, from the answer to COMET WHERE; empty fields: unknown.
struct span_source {
  bytes node;     ///< its id
  bytes address;  ///< HOST:PORT where other nodes reach it
};
span_source span_source_of(const object::reply& route);

/// The requests of an answer to COMET TRACES from the one at place `from` on, as the body of an
/// ExportTraceServiceRequest. Bytes that are no UTF-8 become U+FFFD.
bytes otlp_body(const object::reply& traces, std::size_t from, const span_source& source);

}  // namespace comet::client
