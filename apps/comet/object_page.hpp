#pragma once
// All that is known of one object, on one page: the text of `comet inspect`.
//
// Pure. Made of the answer to COMET INSPECT and of the way to the key (COMET WHERE). What a node of
// another version does not tell is left out; nothing in it may steer a terminal.

#include "apps/comet/rendering.hpp"
#include "base/bytes.hpp"
#include "base/time.hpp"
#include "object/reply.hpp"

namespace comet::client {

/// `now`: times to come are told as what is left until then.
bytes object_page(const object::reply& inspected, const object::reply& route, wall_time now,
                  const rendering& how);

}  // namespace comet::client
