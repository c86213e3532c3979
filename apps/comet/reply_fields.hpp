#pragma once
// Fields of a map that a node answered, by their names.
//
// Pure. A field that a node does not send is nothing, so that a client works with nodes of other
// versions. Used by whatever shows answers: network_view, node_figures.

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "object/reply.hpp"

namespace comet::client {

/// Null: there is no such field, or it has no value.
const object::reply* field(const object::reply& map, bytes_view name);

/// As it was sent; empty when there is none.
bytes text_field(const object::reply& map, bytes_view name);

/// Nothing as well for what is no number, and for less than 0.
std::optional<std::int64_t> number_field(const object::reply& map, bytes_view name);

}  // namespace comet::client
