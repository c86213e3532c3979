// The shard's records: how they change, and how they move between memory and the store.

#include <utility>

#include "base/check.hpp"
#include "object/layout.hpp"
#include "object/shard.hpp"
#include "object/stored_object.hpp"

namespace comet::object {

namespace {

/// Codes kept besides those that cached records use.
constexpr std::size_t spare_codes_max = 1'024;

bytes object_key(cache_entry& entry) {
  if (!entry.position) entry.position = layout::position_of(entry.key);
  return layout::object_key(*entry.position, entry.key);
}

}  // namespace

// ---- from the store ----

void shard::start_load(cache_entry& entry) {
  entry.loading = next_ticket_++;
  loads_.emplace(entry.loading, &entry);
  outbox_.loads.push_back({entry.loading, object_key(entry), {}});
  ++stats_.loads;
}

bool shard::obtain_code(cache_entry& entry, const digest& hash) {
  if (const auto known = codes_.find(hash); known != codes_.end()) {
    if (entry.current && entry.current->is_active() && entry.current->active->code_hash == hash) {
      entry.code = known->second.text;
    }
    return true;
  }
  if (cache_.complete()) {
    codes_.emplace(hash, known_code{});
    return true;
  }
  auto& load = load_code(hash);
  load.waiting.push_back(&entry);
  entry.loading = load.ticket;
  return false;
}

code_load& shard::load_code(const digest& hash) {
  for (auto& [ticket, load] : code_loads_)
    if (load.hash == hash) return load;
  const std::uint64_t ticket = next_ticket_++;
  outbox_.loads.push_back({ticket, layout::code_key(hash), layout::code_count_key(hash)});
  return code_loads_.emplace(ticket, code_load{ticket, hash, {}, {}}).first->second;
}

void shard::record_arrived(cache_entry& entry, const loaded& what, const instant& now) {
  entry.loading = 0;
  if (replicas_) ready_ranges_.insert(range_of(entry));
  std::optional<error> failure;
  if (!what.content) {
    failure = what.content.failure();
  } else if (const auto& raw = *what.content; !raw) {
    entry.known_absent = true;
  } else if (const auto stored = decode_stored(*raw); !stored) {
    failure = stored.failure();
  } else if (stored->erased) {
    entry.known_absent = true;
    entry.stored_tombstone = true;
    entry.at = stored->at;
  } else if (auto decoded = decode(stored->encoded); !decoded) {
    failure = decoded.failure();
  } else {
    entry.at = stored->at;
    entry.current = std::make_shared<record>(std::move(*decoded));
    entry.stored = true;
    entry.counted = true;
    entry.counted_expiry = entry.current->expires.has_value();
    entry.stored_due = entry.current->next_due().value_or(wall_time{});
    cache_.recount(entry);
  }
  if (failure) {  // what waits gets the reason; the next command tries again
    fail_line(entry, *failure, now);
    if (!entry.pinned(durable_)) cache_.erase(entry);
    return;
  }
  if (entry.current) arm(entry);
  drain_line(entry, now);
}

void shard::code_arrived(const code_load& load, const loaded& what, const instant& now) {
  auto& known = codes_[load.hash];
  if (what.content && *what.content) {
    auto text = std::make_shared<code>();
    text->hash = load.hash;
    text->source = **what.content;
    known.text = std::move(text);
    known.stored = true;
    if (what.second) {
      const auto count = layout::decode_number(*what.second);
      known.records = count ? *count : 1;
    }
  }
  for (const auto& who : load.asking)
    deliver(who, known.text ? reply::bulk(known.text->source) : reply::null(), now);
  for (auto* entry : load.waiting) {
    entry->loading = 0;
    if (replicas_) ready_ranges_.insert(range_of(*entry));
    const bool wants_it = entry->current && entry->current->is_active() &&
                          entry->current->active->code_hash == load.hash;
    if (!what.content || (wants_it && !known.text)) {
      const error failure = what.content
                                ? error{errc::corrupt, "the code " + to_hex(as_bytes(load.hash)) +
                                                           " of this object is not in the store"}
                                : what.content.failure();
      fail_line(*entry, failure, now);
      discard_if_void(*entry);
      continue;
    }
    if (wants_it) {
      entry->code = known.text;
      arm(*entry);
    }
    drain_line(*entry, now);
  }
  if (replicas_ && !known.text) wanted_codes_.try_emplace(load.hash);  // another node has it
  // Nobody put it: the next that needs it looks again.
  if (const auto left = codes_.find(load.hash); left != codes_.end() && !left->second.text)
    codes_.erase(left);
}

// ---- changes ----

std::shared_ptr<record> shard::successor_of(const cache_entry& entry) {
  if (!entry.current) {
    auto fresh = std::make_shared<record>();
    fresh->version = 1;
    fresh->incarnation = ++counts_.incarnation;
    counts_dirty_ = true;
    return fresh;
  }
  // A passive record is never shared with an executor: its only other reference would be this one.
  auto next = entry.current->is_active() ? std::make_shared<record>(*entry.current) : entry.current;
  ++next->version;
  return next;
}

void shard::put_record(cache_entry& entry, std::shared_ptr<record> next) {
  const bool had = entry.counted;
  const bool had_expiry = entry.counted_expiry;
  const bool has_expiry = next->expires.has_value();
  if (!had || had_expiry != has_expiry) {
    counts_.objects += had ? 0 : 1;
    if (!had) count_objects(entry, +1);
    counts_.with_expiry += (has_expiry ? 1U : 0U);
    counts_.with_expiry -= (had_expiry ? 1U : 0U);
    counts_dirty_ = true;
  }
  note_asked(entry, next.get());
  entry.current = std::move(next);
  entry.known_absent = false;
  mark_changed(entry);
  arm(entry);
}

void shard::remove_record(cache_entry& entry) {
  if (!entry.current) return;
  if (entry.current->is_active()) {
    COMET_CHECK(entry.code != nullptr);
    count_code(entry.current->active->code_hash, -1);
    forget_activation(entry);
  }
  counts_.objects -= 1;
  count_objects(entry, -1);
  note_asked(entry, nullptr);
  counts_.with_expiry -= (entry.counted_expiry ? 1U : 0U);
  counts_dirty_ = true;
  entry.current.reset();
  entry.code.reset();
  entry.account.reset();
  entry.known_absent = true;
  mark_changed(entry);
}

void shard::drop_if_expired(cache_entry& entry, const instant& now) {
  if (!entry.current || !entry.current->expired_at(now.wall)) return;
  ++stats_.expired;
  remove_record(entry);
}

void shard::mark_changed(cache_entry& entry) {
  cache_.recount(entry);
  entry.counted = entry.current != nullptr;
  entry.counted_expiry = entry.current && entry.current->expires.has_value();
  entry.written = next_number_;
  entry.proposed = false;
  entry.forgets = false;
  if (entry.dirty) return;
  entry.dirty = true;
  dirty_.push_back(&entry);
}

void shard::count_code(const digest& hash, int delta) {
  auto& known = codes_[hash];
  COMET_CHECK(delta > 0 || known.records > 0);
  const std::uint64_t before = known.records;
  known.records += static_cast<std::uint64_t>(static_cast<std::int64_t>(delta));
  known.written = next_number_;
  if (known.dirty) return;
  known.dirty = true;
  dirty_codes_.push_back({hash, before, known.stored});
}

// ---- to the store ----

void shard::write_entry(cache_entry& entry, change_batch& out) {
  entry.dirty = false;
  const wall_time due =
      entry.current ? entry.current->next_due().value_or(wall_time{}) : wall_time{};
  if (entry.stored_due != due && entry.stored_due != wall_time{}) {
    out.erase(layout::due_key(entry.stored_due, entry.key));
  }
  if (!entry.current) {
    const bool keeps = entry.at != replica::stamp{} && !entry.forgets;
    if (keeps)
      out.put(object_key(entry), encode_tombstone(entry.at));
    else if (entry.stored || entry.stored_tombstone)
      out.erase(object_key(entry));
    entry.stored_tombstone = keeps;
  } else {
    out.put(object_key(entry), encode_stored(entry.at, encode(*entry.current)));
    entry.stored_tombstone = false;
    if (entry.stored_due != due && due != wall_time{}) {
      out.put(layout::due_key(due, entry.key), {});
    }
  }
  entry.stored = entry.current != nullptr;
  entry.stored_due = due;
}

void shard::write_codes(change_batch& out) {
  for (const auto& [hash, records_before, stored_before] : dirty_codes_) {
    auto& known = codes_[hash];
    known.dirty = false;
    if (known.records == 0) {
      out.erase(layout::code_key(hash));
      out.erase(layout::code_count_key(hash));
      known.stored = false;
      continue;
    }
    if (!known.stored) out.put(layout::code_key(hash), known.text->source);
    known.stored = true;
    out.put(layout::code_count_key(hash), layout::encode_number(known.records));
  }
  if (codes_.size() <= spare_codes_max) return;
  std::erase_if(codes_, [this](const auto& item) {
    const auto& known = item.second;
    return known.written <= durable_ && !known.dirty &&
           (!known.text || known.text.use_count() == 1);
  });
}

void shard::revert_code(const changed_code& lost) {
  auto& known = codes_[lost.hash];
  known.records = lost.records_before;
  known.stored = lost.stored_before;
  known.written = 0;
  known.dirty = false;
}

void shard::revert(cache_entry& entry) {
  forget_activation(entry);
  entry.current.reset();
  entry.code.reset();
  entry.written = 0;
  entry.dirty = false;
  entry.stored = false;
  entry.stored_tombstone = false;
  entry.at = {};
  entry.known_absent = false;
  entry.counted = false;
  entry.counted_expiry = false;
  entry.stored_due = wall_time{};
  entry.armed = wall_time{};
  entry.timer_running = false;
  cache_.recount(entry);
}

// ---- facts ----

bytes shard::encode_facts(const stored_facts& facts) {
  return layout::encode_number(facts.objects) + layout::encode_number(facts.with_expiry) +
         layout::encode_number(facts.incarnation);
}

result<stored_facts> shard::decode_facts(bytes_view raw) {
  constexpr std::size_t number_size = 8;
  if (raw.size() != 3 * number_size) {
    return {errc::corrupt, "the store's 'counts' entry has " + std::to_string(raw.size()) +
                               " bytes instead of 24; restore the data directory from a backup"};
  }
  stored_facts facts;
  facts.objects = *layout::decode_number(raw.substr(0, number_size));
  facts.with_expiry = *layout::decode_number(raw.substr(number_size, number_size));
  facts.incarnation = *layout::decode_number(raw.substr(2 * number_size));
  return facts;
}

}  // namespace comet::object
