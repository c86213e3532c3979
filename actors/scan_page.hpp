#pragma once
// What a page of the store means to the shard that asked for it: decoded, filtered, counted. Pure.
//
// It stands between two siblings (the store knows no objects, objects know no store). Used by
// store_reader.

#include <vector>

#include "object/outbox.hpp"
#include "store/store.hpp"

namespace comet::actors {

/// Entries that are no object or no due time (a damaged store) are left out and counted in
/// `damaged`; an object whose record does not decode stays in, so that it can be found and deleted.
struct scan_page {
  object::scanned content;
  std::size_t damaged = 0;
};

scan_page read_page(const object::scan_order& order, const std::vector<store::entry>& entries);

}  // namespace comet::actors
