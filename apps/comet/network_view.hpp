#pragma once
// What the answers of COMET NODES and COMET WHERE look like to people, and to programs as JSON.
//
// Pure. Fields are found by their names: one that a node does not send is shown as "-", one that is
// not known here is left to the JSON.

#include "apps/comet/rendering.hpp"
#include "base/bytes.hpp"
#include "object/reply.hpp"

namespace comet::client {

/// One line a node, in the order of the answer; then why those that did not answer did not.
bytes nodes_view(const object::reply& nodes, const rendering& how);

/// One line a node on the way, then a sentence on who holds `key`.
bytes route_view(bytes_view key, const object::reply& route, const rendering& how);

/// Any answer as JSON, with all its fields; bytes that are no UTF-8 become U+FFFD.
bytes json_view(const object::reply& answer);

}  // namespace comet::client
