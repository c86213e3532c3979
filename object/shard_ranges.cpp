// What the replicas of a range write and look up: the shard loads what is replaced, so that counts,
// codes and due times follow, and keeps the order of each range.

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "object/layout.hpp"
#include "object/shard.hpp"
#include "object/stored_object.hpp"

namespace comet::object {

namespace {

constexpr std::chrono::milliseconds ask_again_after{500};
constexpr std::size_t wipe_page = 256;

/// What the disk damaged is no value that others may be told.
bool is_readable(const loaded& what) {
  if (!what.content) return false;
  if (!*what.content) return true;  // not there
  const auto stored = decode_stored(**what.content);
  return stored && (stored->erased || decode(stored->encoded).ok());
}

bytes_view user_key_of(bytes_view store_key) {
  const auto place = layout::parse_object_key(store_key);
  return place ? place->key : bytes_view{};
}

}  // namespace

/// Those for which something has come that they may have waited for.
void shard::advance_ranges(const instant& now) {
  if (std::exchange(advancing_, true)) return;
  while (!ready_ranges_.empty()) {
    const auto range = *ready_ranges_.begin();
    ready_ranges_.erase(ready_ranges_.begin());
    const auto queue = range_work_.find(range);
    if (queue == range_work_.end()) continue;
    auto& items = queue->second;
    while (!items.empty() && advance(range, items.front(), now))
      items.pop_front();
    if (items.empty()) range_work_.erase(queue);
  }
  advancing_ = false;
}

/// True: done.
bool shard::advance(replica::range_id range, range_item& item, const instant& now) {
  if (auto* written = std::get_if<range_application>(&item)) return apply(range, *written, now);
  if (auto* leaving = std::get_if<range_wipe>(&item)) return wipe(range, *leaving, now);
  if (const auto* list = std::get_if<replica::list_order>(&item))
    look_up(range, *list);
  else
    look_up(range, std::get<replica::read_order>(item));
  return true;
}

bool shard::is_loaded(cache_entry& entry) {
  if (entry.loading != 0) return false;
  if (entry.current || entry.known_absent || cache_.complete()) return true;
  start_load(entry);
  return false;
}

/// All entries of the batch are changed at once, so that it is one batch of the store, too.
bool shard::apply(replica::range_id range, range_application& what, const instant& now) {
  bool ready = true;
  std::vector<std::pair<cache_entry*, std::shared_ptr<record>>> changes;
  for (const auto& written : what.entries) {
    auto& entry = cache_.obtain(user_key_of(written.what.key));
    std::shared_ptr<record> next;
    if (!written.forget && !written.what.erased) {
      auto decoded = decode(written.what.value);
      if (!decoded) return false;  // never confirmed: the leader sees that this copy is incomplete
      next = std::make_shared<record>(std::move(*decoded));
    }
    ready = is_loaded(entry) && ready;
    if (ready) ready = obtain_codes(entry, next.get(), now) && ready;
    changes.emplace_back(&entry, std::move(next));
  }
  if (!ready) return false;
  for (std::size_t i = 0; i < changes.size(); ++i)
    apply_entry(*changes[i].first, what.entries[i], std::move(changes[i].second));
  registers_.push_back({range, what.number, std::move(what.registered)});
  return true;
}

/// The code of the record that goes is needed for its count, that of the one that comes for its
/// turns.
bool shard::obtain_codes(cache_entry& entry, const record* next, const instant& now) {
  if (entry.current && entry.current->is_active() && !entry.code &&
      !obtain_code(entry, entry.current->active->code_hash))
    return false;
  if (next == nullptr || !next->is_active()) return true;
  const auto& hash = next->active->code_hash;
  if (const auto known = codes_.find(hash); known != codes_.end() && known->second.text)
    return true;
  if (!wanted_codes_.contains(hash)) {
    if (!obtain_code(entry, hash)) return false;
    if (const auto known = codes_.find(hash); known != codes_.end() && known->second.text)
      return true;
  }
  want_code(hash, range_of(entry), now);
  return false;
}

/// Who leads the range has it. Who leads it here took over a value from another member, which has.
void shard::want_code(const digest& hash, replica::range_id range, const instant& now) {
  auto& asked = wanted_codes_[hash];
  if (asked != mono_time{} && now.mono < asked + ask_again_after) return;
  asked = now.mono;
  std::vector<digest> may_have;
  if (const auto leader = replicas_->leader(range); leader && *leader != options_.self)
    may_have.push_back(*leader);
  else if (const auto* kept = replicas_->look(range))
    for (const auto& member : kept->registered().current.members)
      if (member.node != options_.self) may_have.push_back(member.node);
  command question;
  question.what = op::code_text;
  question.method = as_bytes(hash);
  const auto owned = std::make_shared<const owned_command>(question);
  for (const auto& node : may_have)
    send({passed_command::kind::code, {}, node, now.mono, {owned, {}, {}, {}, {}, 0, true}});
}

void shard::code_told(const digest& hash, const reply& content) {
  if (content.what != reply::kind::bulk || sha256(content.text) != hash) return;
  wanted_codes_.erase(hash);
  for (const auto& [range, items] : range_work_)
    ready_ranges_.insert(range);
  auto& known = codes_[hash];
  if (!known.text) known.text = std::make_shared<code>(code{hash, content.text});
}

void shard::apply_entry(cache_entry& entry, const replica::written_entry& what,
                        std::shared_ptr<record> next) {
  ++stats_.applied;
  if (next) {
    counts_.incarnation = std::max(counts_.incarnation, next->incarnation);
    const bool active = next->is_active();
    const code_ref text = active ? codes_[next->active->code_hash].text : nullptr;
    if (active) count_code(next->active->code_hash, +1);
    if (entry.current && entry.current->is_active())
      count_code(entry.current->active->code_hash, -1);
    entry.code = text;
    put_record(entry, std::move(next));
  } else if (entry.current) {
    remove_record(entry);
  } else {
    entry.known_absent = true;
    mark_changed(entry);
  }
  entry.at = what.what.at;
  entry.proposed = true;
  entry.forgets = what.forget;
}

/// Nothing of the range is kept here any more.
bool shard::wipe(replica::range_id range, range_wipe& what, const instant& now) {
  if (!what.looked) {
    what.looked = true;
    scan_under_way scan;
    scan.what = scan_under_way::kind::wipe;
    scan.range = range;
    scan.order.what = scan_order::kind::listing;
    scan.order.from = what.from;
    scan.order.to = layout::objects_of(range).second;
    scan.order.limit = wipe_page;
    hold_look(std::move(scan));
    return false;
  }
  if (what.looking) return false;
  bool ready = true;
  for (const auto& key : what.found) {
    auto& entry = cache_.obtain(user_key_of(key));
    ready = is_loaded(entry) && obtain_codes(entry, nullptr, now) && ready;
  }
  if (!ready) return false;
  if (what.flush != 0 && !replicas_->serves(range)) {
    range_flushed(range, what.flush, false, now);
    return true;
  }
  for (const auto& key : what.found) {
    auto& entry = cache_.obtain(user_key_of(key));
    if (entry.turns > 0) forget_activation(entry);
    if (what.flush != 0)
      remove_record(entry);
    else
      apply_entry(entry, {{key, {}, true, {}}, true}, nullptr);
  }
  what.found.clear();
  what.looked = false;
  what.looking = true;
  if (what.more) return false;
  if (what.flush != 0) range_flushed(range, what.flush, true, now);
  return true;
}

/// FLUSHALL among replicas: each object of the ranges led here is erased, and agreed on as any
/// change.
bool shard::flush_ranges(const request& r, reply& answer) {
  const std::uint64_t index = next_gathering_++;
  flush_under_way flush;
  flush.to = r.to;
  for (const auto range : replicas_->served())
    if (objects_in_[range] > 0) flush.ranges.push_back(range);
  if (flush.ranges.empty()) {
    answer = reply::ok();
    return true;
  }
  flush.missing = flush.ranges.size();
  for (const auto range : flush.ranges) {
    range_wipe all;
    all.from = layout::objects_of(range).first;
    all.flush = index;
    range_work_[range].emplace_back(std::move(all));
    ready_ranges_.insert(range);
  }
  flushes_.emplace(index, std::move(flush));
  deferred_ = true;
  advance_ranges(r.now);
  return false;
}

void shard::range_flushed(replica::range_id, std::uint64_t flush, bool done, const instant& now) {
  const auto found = flushes_.find(flush);
  if (found == flushes_.end()) return;
  found->second.whole = found->second.whole && done;
  if (--found->second.missing > 0) return;
  auto ended = std::move(found->second);
  flushes_.erase(found);
  concerned_ = std::move(ended.ranges);
  answer_later(ended.to, collecting_number(),
               ended.whole ? reply::ok()
                           : reply::failure(errc::uncertain,
                                            "another node took over keys meanwhile: some may be "
                                            "left; flush again"),
               now);
}

void shard::wipe_page_arrived(std::uint64_t ticket, scan_under_way& scan, scanned& page,
                              const instant& now) {
  const auto range = scan.range;
  const auto queue = range_work_.find(range);
  auto* leaving = queue == range_work_.end() || queue->second.empty()
                      ? nullptr
                      : std::get_if<range_wipe>(&queue->second.front());
  if (leaving != nullptr && page.failure) return looks_again_.push_back(ticket);
  scans_.erase(ticket);
  if (leaving == nullptr) return;
  leaving->looking = false;
  leaving->more = page.looked_at >= wipe_page;
  for (auto& key : page.listed)
    leaving->found.push_back(std::move(key.key));
  ready_ranges_.insert(range);
  if (!page.last.empty()) leaving->from = page.last + '\0';
  advance_ranges(now);
}

// ---- looks ----

/// A look at the store that sees what was decided before it, once that is on the own disk.
void shard::hold_look(scan_under_way scan) {
  const std::uint64_t ticket = next_ticket_++;
  scan.order.ticket = ticket;
  const auto& kept = scans_.emplace(ticket, std::move(scan)).first->second;
  const std::uint64_t barrier = collecting_number();
  if (barrier <= stored_)
    outbox_.scans.push_back(kept.order);
  else
    lookups_held_.emplace_back(barrier, ticket);
}

/// What the disk did not answer. Whoever waits for a look waits on: what cannot be read is not
/// absent.
void shard::look_again() {
  for (const auto ticket : std::exchange(looks_again_, {}))
    outbox_.scans.push_back(scans_.at(ticket).order);
  for (auto& order : std::exchange(reads_again_, {}))
    outbox_.loads.push_back(std::move(order));
}

/// The batch that holds all that was decided so far.
std::uint64_t shard::collecting_number() const {
  const bool collecting = !dirty_.empty() || flushing_ || counts_dirty_ || !registers_.empty();
  if (!collecting && unacknowledged_.empty()) return stored_;
  return collecting ? next_number_ : next_number_ - 1;
}

void shard::look_up(replica::range_id range, const replica::list_order& what) {
  scan_under_way scan;
  scan.what = scan_under_way::kind::listing;
  scan.range = range;
  scan.range_ticket = what.ticket;
  scan.order.what = scan_order::kind::listing;
  const auto [first, end] = layout::objects_of(range);
  scan.order.from = what.after ? *what.after + '\0' : first;
  scan.order.to = end;
  scan.order.limit = what.limit;
  hold_look(std::move(scan));
}

void shard::listing_arrived(std::uint64_t ticket, scan_under_way& scan, scanned& page,
                            const instant& now) {
  const auto range = scan.range;
  const auto asked = scan.range_ticket;
  if (page.failure) {
    if (replicas_->on_look_failed(range, asked))
      looks_again_.push_back(ticket);
    else
      scans_.erase(ticket);
    return;
  }
  replica::listing found;
  found.more = page.looked_at >= scan.order.limit;
  found.keys = std::move(page.listed);
  scans_.erase(ticket);
  propose_changes();
  replicas_->on_listed(range, asked, std::move(found), now.mono);
  absorb(now);
  settle(now);
}

void shard::look_up(replica::range_id range, const replica::read_order& what) {
  const std::uint64_t index = next_ticket_++;
  auto& read = range_reads_[index];
  read.range = range;
  read.ticket = what.ticket;
  read.missing = what.keys.size();
  read.found.resize(what.keys.size());
  const std::uint64_t barrier = collecting_number();
  for (std::size_t i = 0; i < what.keys.size(); ++i) {
    const std::uint64_t ticket = next_ticket_++;
    range_loads_.emplace(ticket, std::pair{index, i});
    load_order order{ticket, what.keys[i], {}};
    read.found[i] = replica::entry{what.keys[i], {}, true, {}};
    if (barrier <= stored_)
      outbox_.loads.push_back(std::move(order));
    else
      reads_held_.emplace_back(barrier, std::move(order));
  }
}

void shard::range_read_arrived(std::uint64_t index, std::size_t place, const loaded& what,
                               const instant& now) {
  const auto found = range_reads_.find(index);
  COMET_CHECK(found != range_reads_.end());
  auto& read = found->second;
  auto& into = read.found[place];
  const bool readable = is_readable(what);
  if (!readable && replicas_->on_look_failed(read.range, read.ticket)) {
    range_loads_.emplace(what.ticket, std::pair{index, place});
    reads_again_.push_back({what.ticket, into->key, {}});
    return;
  }
  read.lost = read.lost || !readable;
  if (readable && *what.content) {
    const auto stored = decode_stored(**what.content);
    into->at = stored->at;
    into->erased = stored->erased;
    into->value = bytes{stored->encoded};
  } else {
    into.reset();
  }
  if (--read.missing > 0) return;
  std::vector<replica::entry> entries;
  for (auto& one : read.found)
    if (one) entries.push_back(std::move(*one));
  const auto range = read.range;
  const auto ticket = read.ticket;
  const bool lost = read.lost;
  range_reads_.erase(found);
  if (lost) return;
  propose_changes();
  replicas_->on_read(range, ticket, std::move(entries), now.mono);
  absorb(now);
  settle(now);
}

}  // namespace comet::object
