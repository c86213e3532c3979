#include "actors/scan_page.hpp"

#include "base/glob.hpp"
#include "object/layout.hpp"
#include "object/record.hpp"
#include "object/stored_object.hpp"

namespace comet::actors {

namespace {

using object::scan_order;

void read_object(const scan_order& order, const store::entry& entry, scan_page& page) {
  const auto place = object::layout::parse_object_key(entry.first);
  if (!place) {
    ++page.damaged;
    return;
  }
  if (order.led && !order.led->contains(object::replica::range_at(place->position))) return;
  const auto stored = object::decode_stored(entry.second);
  if (stored && stored->erased) return;
  const auto summary = object::summarize(stored ? stored->encoded : bytes_view{});
  if (!summary) ++page.damaged;
  if (summary && summary->expires && *summary->expires <= order.now) return;
  if (!order.type_filter.empty()) {
    if (!summary || order.type_filter != (summary->active ? "aso" : "string")) return;
  }
  if (order.pattern && !glob_match(*order.pattern, place->key)) return;
  page.content.keys.emplace_back(place->key);
}

void read_listed(const store::entry& entry, scan_page& page) {
  const auto stored = object::decode_stored(entry.second);
  if (!stored) ++page.damaged;
  // What cannot be read has no stamp: it is older than anything another replica has.
  object::replica::listed_key key{entry.first, {}, false, entry.second.size()};
  if (stored) key.at = stored->at;
  if (stored) key.erased = stored->erased;
  page.content.listed.push_back(std::move(key));
}

void read_due(const store::entry& entry, scan_page& page) {
  const auto place = object::layout::parse_due_key(entry.first);
  if (place) {
    page.content.due.emplace_back(place->due, bytes{place->key});
  } else {
    ++page.damaged;
  }
}

}  // namespace

scan_page read_page(const scan_order& order, const std::vector<store::entry>& entries) {
  scan_page page;
  page.content.ticket = order.ticket;
  page.content.looked_at = entries.size();
  if (!entries.empty()) page.content.last = entries.back().first;
  for (const auto& entry : entries) {
    switch (order.what) {
      case scan_order::kind::objects: read_object(order, entry, page); break;
      case scan_order::kind::due: read_due(entry, page); break;
      case scan_order::kind::listing: read_listed(entry, page); break;
    }
  }
  return page;
}

}  // namespace comet::actors
