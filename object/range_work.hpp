#pragma once
// What a range of keys waits for at this node, in the order in which it has to happen.
//
// A range_replica writes and looks up without asking how; the shard has to load what it replaces
// first, since counts, codes and due times follow from that. So a range's effects queue up: each
// waits for the one before. Used by object/shard alone.

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "object/replica/effects.hpp"

namespace comet::object {

/// One batch of a range: values that its leader sent, and what it must not forget.
struct range_application {
  std::uint64_t number = 0;
  std::vector<replica::written_entry> entries;
  std::optional<replica::range_register> registered;
};

/// All objects of the range leave: page by page, so that counts and codes follow.
struct range_wipe {
  std::uint64_t flush = 0;  ///< they are erased for everybody, for this FLUSHALL; 0: forgotten here
  bytes from;               ///< store key of the next page
  std::vector<bytes> found;
  bool looked = false;  ///< the page was asked for
  bool looking = true;  ///< and is not here yet
  bool more = true;
};

using range_item =
    std::variant<range_application, range_wipe, replica::list_order, replica::read_order>;

/// Values that a range asked for, key by key.
struct range_read {
  replica::range_id range = 0;
  std::uint64_t ticket = 0;  ///< the range's
  std::size_t missing = 0;
  bool lost = false;  ///< some could not be read, and nobody waits for them any more
  std::vector<std::optional<replica::entry>> found;
};

/// What a batch holds of a range: when it is durable the range hears `number`.
struct range_write {
  replica::range_id range = 0;
  std::uint64_t number = 0;
  std::optional<replica::range_register> registered;
};

}  // namespace comet::object
