#pragma once
// Replies as RESP2 or RESP3, appended to a byte buffer.
//
// `append` takes any reply; the typed functions serve the hot paths without making one. RESP2 has
// no maps, sets, doubles, booleans or pushes: they become what Redis makes of them.

#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "object/reply.hpp"

namespace comet::wire {

enum class protocol : std::uint8_t { resp2 = 2, resp3 = 3 };

void append(bytes& out, const object::reply& r, protocol p);

void append_bulk(bytes& out, bytes_view text);
void append_null(bytes& out, protocol p);
void append_ok(bytes& out);
void append_status(bytes& out, bytes_view text);
void append_integer(bytes& out, std::int64_t n);
void append_real(bytes& out, double x, protocol p);
/// "-PREFIX message": the prefix is the one of `code` (error_map.hpp). Line breaks become spaces.
void append_error(bytes& out, errc code, bytes_view message);
/// An error line whose first word is its prefix already ("WRONGPASS ...").
void append_error_line(bytes& out, bytes_view line);

void append_array_header(bytes& out, std::size_t items);
/// RESP2: an array of twice as many.
void append_map_header(bytes& out, std::size_t pairs, protocol p);
void append_set_header(bytes& out, std::size_t items, protocol p);
void append_push_header(bytes& out, std::size_t items, protocol p);
void append_verbatim(bytes& out, bytes_view text, protocol p);

}  // namespace comet::wire
