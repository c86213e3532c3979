// The shard's commands about the whole key space: they look into the store, off the I/O thread.
//
// A look waits until everything decided before it is in the store, so it sees what this client and
// every other was told.

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/check.hpp"
#include "base/number.hpp"
#include "object/layout.hpp"
#include "object/shard.hpp"

namespace comet::object {

namespace {

/// Cursors are the upper 53 bits of a position: clients keep them in a double without loss.
constexpr unsigned cursor_shift = 11;
constexpr std::size_t scan_looks_min = 10;
constexpr std::size_t scan_looks_max = 10'000;
constexpr std::size_t keys_looks = 10'000;
constexpr std::size_t randomkey_looks = 64;
/// Names that KEYS collects at most: beyond it a client should SCAN.
constexpr std::size_t keys_found_max = 4'000'000;

std::uint64_t group_of(bytes_view key) {
  return layout::position_of(key) >> cursor_shift;
}

reply page_reply(std::uint64_t cursor, std::vector<reply> found) {
  std::vector<reply> both;
  both.push_back(reply::bulk(std::to_string(cursor)));
  both.push_back(reply::list(std::move(found)));
  return reply::list(std::move(both));
}

/// The page may end inside a group of keys that share a cursor: leave that group to the next page,
/// unless the page holds nothing else.
reply scan_page(const scan_order& order, scanned& page) {
  std::uint64_t cursor = 0;
  if (page.looked_at >= order.limit) {
    const auto last = layout::parse_object_key(page.last);
    COMET_CHECK(last.ok());
    const std::uint64_t group = last->position >> cursor_shift;
    const auto first = layout::parse_object_key(order.from + '\0');
    const bool only_group = first.ok() && first->position >> cursor_shift == group;
    cursor = only_group ? group + 1 : group;
    if (!only_group) std::erase_if(page.keys, [&](const auto& k) { return group_of(k) == group; });
  }
  std::vector<reply> names;
  names.reserve(page.keys.size());
  for (auto& key : page.keys)
    names.push_back(reply::bulk(std::move(key)));
  return page_reply(cursor, std::move(names));
}

}  // namespace

bool shard::space_command(const request& r, reply& answer) {
  if (!alone() && r.to.what != origin::kind::node && r.to.what != origin::kind::part)
    return ask_all_nodes(r, answer);
  switch (r.what.what) {
    case op::dbsize:
      answer = reply::number(static_cast<std::int64_t>(objects_led()));
      // After a refused write, numbers were given that nothing will make durable.
      if (dirty_.empty() && unacknowledged_.empty()) return finish(r.to, durable_, answer);
      return finish(r.to, dirty_.empty() ? next_number_ - 1 : next_number_, answer);
    case op::flush:
      if (replicas_) return flush_ranges(r, answer);
      answer = flush(r.now);
      return finish(r.to, next_number_, answer);
    default: break;
  }
  scan_under_way scan;
  scan.to = r.to;
  scan.order.what = scan_order::kind::objects;
  if (r.what.what == op::keys || !r.what.value.empty()) scan.order.pattern = bytes{r.what.value};
  scan.order.type_filter = bytes{r.what.type_filter};
  scan.order.now = r.now.wall;
  scan.order.to = layout::objects_end();
  if (replicas_)
    scan.order.led = std::make_shared<const std::set<replica::range_id>>(replicas_->served());
  switch (r.what.what) {
    case op::scan: {
      scan.what = scan_under_way::kind::scan;
      const auto cursor = static_cast<std::uint64_t>(r.what.number);
      scan.order.from = layout::object_range_start(cursor << cursor_shift);
      // One entry more than asked for: it tells whether a group of equal cursors is cut.
      scan.order.limit =
          std::clamp(static_cast<std::size_t>(std::max<std::int64_t>(r.what.number2, 1)),
                     scan_looks_min, scan_looks_max) +
          1;
      break;
    }
    case op::keys:
      scan.what = scan_under_way::kind::keys;
      scan.order.from = layout::object_range_start(0);
      scan.order.limit = keys_looks;
      break;
    case op::randomkey:
      scan.what = scan_under_way::kind::randomkey;
      scan.order.from = layout::object_range_start(random_());
      scan.order.limit = randomkey_looks;
      break;
    default: COMET_CHECK(!"a command about the whole space");
  }
  start_scan(std::move(scan));
  deferred_ = true;
  return false;
}

/// Each node looks at what it has; the whole space is all of that together.
bool shard::ask_all_nodes(const request& r, reply& answer) {
  auto whole = gathering::kind::page;
  switch (r.what.what) {
    case op::dbsize: whole = gathering::kind::sum; break;
    case op::flush: whole = gathering::kind::all_ok; break;
    case op::keys: whole = gathering::kind::names; break;
    case op::randomkey: whole = gathering::kind::any_name; break;
    default: break;
  }
  const auto owned = r.owned ? r.owned : std::make_shared<const owned_command>(r.what);
  const auto own = ask_all_others(r, owned, whole);
  reply part;
  if (space_command({owned->get(), r.from, own, r.now, r.chain, owned}, part))
    deliver(own, std::move(part), r.now);
  deferred_ = true;
  answer = reply::null();
  return false;
}

/// Pages of several nodes from one cursor: what lies before the nearest of their ends. The rest is
/// found again by the next page.
reply shard::page_of_all(gathering& whole) {
  std::uint64_t end = 0;
  for (const auto& part : whole.parts) {
    if (part.what != reply::kind::array || part.items.size() != 2) return part;
    const auto cursor = parse_integer(part.items[0].text);
    if (cursor && *cursor != 0 && (end == 0 || static_cast<std::uint64_t>(*cursor) < end))
      end = static_cast<std::uint64_t>(*cursor);
  }
  std::vector<reply> names;
  for (auto& part : whole.parts)
    for (auto& name : part.items[1].items)
      if (end == 0 || object::group_of(name.text) < end) names.push_back(std::move(name));
  return page_reply(end, std::move(names));
}

std::uint64_t shard::start_scan(scan_under_way scan) {
  const std::uint64_t ticket = next_ticket_++;
  scan.order.ticket = ticket;
  auto& started = scans_.emplace(ticket, std::move(scan)).first->second;
  continue_scan(ticket, started);
  return ticket;
}

void shard::continue_scan(std::uint64_t ticket, scan_under_way& scan) {
  const bool collecting = !dirty_.empty() || flushing_ || counts_dirty_;
  const std::uint64_t barrier = collecting ? next_number_ : next_number_ - 1;
  if (barrier <= durable_ || (unacknowledged_.empty() && !collecting)) {
    outbox_.scans.push_back(scan.order);
  } else {
    scans_held_.emplace_back(barrier, ticket);
  }
}

void shard::finish_scan(std::uint64_t ticket, scan_under_way& scan, reply content,
                        const instant& now) {
  const origin to = scan.to;
  scans_.erase(ticket);
  deliver(to, std::move(content), now);
}

void shard::on_scanned(scanned page, const instant& now) {
  const auto found = scans_.find(page.ticket);
  if (found == scans_.end()) return;
  auto& scan = found->second;
  const std::uint64_t ticket = page.ticket;
  switch (scan.what) {
    case scan_under_way::kind::due: due_page_arrived(ticket, scan, page, now); return;
    case scan_under_way::kind::listing: listing_arrived(ticket, scan, page, now); return;
    case scan_under_way::kind::wipe: wipe_page_arrived(ticket, scan, page, now); return;
    default: break;
  }
  auto done = page.failure ? reply::failure(*page.failure) : space_page_arrived(scan, page);
  if (done) {
    finish_scan(ticket, scan, std::move(*done), now);
  } else {
    continue_scan(ticket, scan);
  }
}

/// The answer, or nothing: the next page has to be looked at, and `scan` says from where.
std::optional<reply> shard::space_page_arrived(scan_under_way& scan, scanned& page) {
  const bool at_end = page.looked_at < scan.order.limit;
  switch (scan.what) {
    case scan_under_way::kind::scan: return scan_page(scan.order, page);
    case scan_under_way::kind::keys:
      for (auto& key : page.keys)
        scan.found.push_back(reply::bulk(std::move(key)));
      if (scan.found.size() > keys_found_max)
        return reply::failure(errc::too_large, "KEYS found over 4000000 names; use SCAN");
      if (at_end) return reply::list(std::move(scan.found));
      break;
    default:  // RANDOMKEY: goes round once
      if (!page.keys.empty())
        return reply::bulk(std::move(page.keys[random_.below(page.keys.size())]));
      if (!at_end) break;
      if (std::exchange(scan.wrapped, true)) return reply::null();
      scan.order.from = layout::object_range_start(0);
      return std::nullopt;
  }
  scan.order.from = page.last + '\0';
  return std::nullopt;
}

}  // namespace comet::object
