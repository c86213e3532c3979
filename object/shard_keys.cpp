// The shard's commands about keys: expiry, kinds, several keys at once, copies and renames.

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "base/number.hpp"
#include "object/layout.hpp"
#include "object/request_trace.hpp"
#include "object/shard.hpp"
#include "object/turn_ring.hpp"

namespace comet::object {

namespace {

/// Strings up to this size Redis keeps beside their header ("embstr").
constexpr std::size_t embedded_bytes_max = 44;

bytes_view encoding_of(const record& r) {
  if (r.is_active()) return "aso";
  if (parse_integer(r.value)) return "int";
  return r.value.size() <= embedded_bytes_max ? "embstr" : "raw";
}

reply time_to_live(const record& r, ttl_form form, wall_time now) {
  if (!r.expires) return reply::number(-1);
  const std::int64_t at = to_unix_ms(*r.expires);
  const std::int64_t left = std::max<std::int64_t>(at - to_unix_ms(now), 0);
  switch (form) {
    case ttl_form::seconds_left: return reply::number((left + 500) / 1000);
    case ttl_form::milliseconds_left: return reply::number(left);
    case ttl_form::unix_seconds: return reply::number(at / 1000 + (at % 1000 + 500) / 1000);
    case ttl_form::unix_ms: return reply::number(at);
  }
  return reply::number(-1);
}

bool allows(expire_condition condition, const std::optional<wall_time>& old, wall_time asked) {
  switch (condition) {
    case expire_condition::always: return true;
    case expire_condition::if_none: return !old;
    case expire_condition::if_any: return old.has_value();
    case expire_condition::if_greater:  // no expiry counts as endless, as in Redis
      return old && asked > *old;
    case expire_condition::if_less: return !old || asked < *old;
    case expire_condition::if_any_and_less: return old && asked < *old;
  }
  return false;
}

}  // namespace

bool shard::key_command(const request& r, cache_entry& entry, reply& answer) {
  const auto& current = entry.current;
  switch (r.what.what) {
    case op::del:
      answer = reply::number(current ? 1 : 0);
      remove_record(entry);
      break;
    case op::exists:
    case op::touch:
    case op::type:
    case op::ttl: answer = about_key(r.what, current.get(), r.now.wall); break;
    case op::expire: return expire(r, entry, answer);
    case op::persist:
      if (auto refusal = refuse_stranger(r, entry)) {
        answer = reply::failure(std::move(*refusal));
        break;
      }
      answer = reply::number(current && current->expires ? 1 : 0);
      if (answer.integer == 1) {
        auto next = successor_of(entry);
        next->expires.reset();
        put_record(entry, std::move(next));
      }
      break;
    case op::object_encoding:
      answer = current ? reply::bulk(bytes{encoding_of(*current)}) : reply::null();
      break;
    case op::object_refcount: answer = current ? reply::number(1) : reply::null(); break;
    case op::object_idletime:
      // carry_out_on has just noted this access; the time before it is what the client asks for.
      answer = current ? reply::number(std::chrono::duration_cast<std::chrono::seconds>(
                                           r.now.mono - entry.touched)
                                           .count())
                       : reply::null();
      break;
    case op::object_freq:
      answer = reply::failure(errc::syntax,
                              "An LFU maxmemory policy is not selected, access frequency not "
                              "tracked. Please note that when switching between policies at "
                              "runtime LRU and LFU data will take some time to adjust.");
      break;
    default: COMET_CHECK(!"a key command");
  }
  return finish(r.to, entry.written, answer);
}

/// `current` is null where the key does not exist (any more).
reply shard::about_key(const command& what, const record* current, wall_time now) {
  switch (what.what) {
    case op::exists:
    case op::touch: return reply::number(current != nullptr ? 1 : 0);
    case op::type: return reply::status(current != nullptr ? "string" : "none");
    case op::ttl:
      return current != nullptr ? time_to_live(*current, what.form, now) : reply::number(-2);
    default: COMET_CHECK(!"a question about a key");
  }
}

bool shard::expire(const request& r, cache_entry& entry, reply& answer) {
  COMET_CHECK(r.what.when.has_value());
  const wall_time when = *r.what.when;
  if (auto refusal = refuse_stranger(r, entry)) {
    answer = reply::failure(std::move(*refusal));
    return finish(r.to, entry.written, answer);
  }
  if (!entry.current || !allows(r.what.expire_if, entry.current->expires, when)) {
    answer = reply::number(0);
    return finish(r.to, entry.written, answer);
  }
  if (when <= r.now.wall) {
    remove_record(entry);
  } else {
    auto next = successor_of(entry);
    next->expires = when;
    put_record(entry, std::move(next));
  }
  answer = reply::number(1);
  return finish(r.to, entry.written, answer);
}

bool shard::several_keys(const request& r, reply& answer) {
  const auto& keys = r.what.keys;
  const op what = r.what.what;
  if (what == op::msetnx)
    if (const auto done = decided_elsewhere(r, answer)) return *done;
  const bool may_run_turns = what == op::mget || what == op::del || what == op::mset;
  // All keys are in memory and free before any of them is touched: the command is atomic for
  // passive keys. The loads of all that are missing start together.
  for (const auto key : keys)
    entry_of(key);
  const bool each_for_itself = r.what.asked && r.what.asked->stale_max;
  for (const auto key : keys) {
    if (each_for_itself) break;
    auto& entry = *cache_.find(key);
    const bool is_turn = may_run_turns && entry.current && entry.current->is_active();
    if (must_wait(r, entry, is_turn)) return wait_in_line(r, entry, answer);
  }
  switch (what) {
    case op::mget: return gather(r, gathering::kind::values, op::get, answer);
    case op::del: return gather(r, gathering::kind::sum, op::del, answer);
    case op::exists:
    case op::touch: return gather(r, gathering::kind::sum, op::exists, answer);
    case op::msetnx: {
      for (const auto key : keys) {
        auto& entry = *cache_.find(key);
        drop_if_expired(entry, r.now);
        if (entry.current) {
          answer = reply::number(0);
          return finish(r.to, entry.written, answer);
        }
      }
      for (std::size_t i = 0; i < keys.size(); ++i) {
        auto& entry = *cache_.find(keys[i]);
        auto next = successor_of(entry);
        next->owner = r.from.user;
        next->value = bytes{r.what.values[i]};
        next->expires.reset();
        put_record(entry, std::move(next));
      }
      answer = reply::number(1);
      return finish(r.to, next_number_, answer);
    }
    default: return gather(r, gathering::kind::all_ok, op::set, answer);
  }
}

bool shard::gather(const request& r, gathering::kind what, op each, reply& answer) {
  const auto& keys = r.what.keys;
  const std::uint64_t index = next_gathering_++;
  gathering fresh;
  fresh.what = what;
  fresh.to = r.to;
  fresh.missing = keys.size() + 1;  // one more, so that it cannot complete while it is filled
  fresh.parts.resize(keys.size() + 1);
  gatherings_.emplace(index, std::move(fresh));
  std::vector<std::pair<std::size_t, reply>> ready;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    command part;
    part.what = each;
    part.key = keys[i];
    if (each == op::del || each == op::exists) part.keys = {keys[i]};
    if (each == op::set) part.value = r.what.values[i];
    part.asked = r.what.asked;
    const origin to{origin::kind::part, index, i};
    reply content;
    auto& entry = cache_.obtain(keys[i]);
    if (carry_out_on({part, r.from, to, r.now, r.chain, nullptr}, entry, content)) {
      if (tracer_) tracer_->answered(to, content, r.now.mono);
      auto& g = gatherings_.at(index);
      g.parts[i] = std::move(content);
      --g.missing;
      discard_if_void(entry);
    }
  }
  auto& g = gatherings_.at(index);
  g.parts.pop_back();
  if (--g.missing > 0) return false;
  // Everything was at hand: the answer leaves with this very call.
  gathering whole = std::move(g);
  gatherings_.erase(index);
  answer = total_of(whole);
  return true;
}

bool shard::copy_or_rename(const request& r, reply& answer) {
  COMET_CHECK(r.what.keys.size() == 2);
  if (const auto done = decided_elsewhere(r, answer)) return *done;
  const bool copies = r.what.what == op::copy;
  const bytes_view from = r.what.keys[0];
  const bytes_view to = r.what.keys[1];
  entry_of(from);
  entry_of(to);
  for (const auto key : r.what.keys) {
    auto& entry = *cache_.find(key);
    if (must_wait(r, entry, false)) return wait_in_line(r, entry, answer);
  }
  auto& source = *cache_.find(from);
  auto& target = *cache_.find(to);
  drop_if_expired(source, r.now);
  drop_if_expired(target, r.now);
  for (const auto* entry : {&source, &target})
    if (auto refusal = refuse_stranger(r, *entry)) {
      answer = reply::failure(std::move(*refusal));
      return finish(r.to, entry->written, answer);
    }
  if (!source.current) {
    answer = copies ? reply::number(0) : reply::failure(errc::not_found, "no such key");
    return finish(r.to, source.written, answer);
  }
  if (from == to) {
    answer = copies ? reply::failure(errc::syntax, "source and destination objects are the same")
                    : (r.what.exclusive ? reply::number(0) : reply::ok());
    return finish(r.to, source.written, answer);
  }
  const bool overwrites = copies ? r.what.replace : !r.what.exclusive;
  if (target.current && !overwrites) {
    answer = reply::number(0);
    return finish(r.to, target.written, answer);
  }
  auto next = std::make_shared<record>(*source.current);
  const code_ref code = source.code;
  if (next->is_active()) count_code(next->active->code_hash, +1);
  remove_record(target);
  if (!copies) remove_record(source);
  next->answered.reset();  // to requests about another key
  if (next->recorded) next->recorded = turn_ring::of(next->recorded->capacity());  // likewise
  next->incarnation = ++counts_.incarnation;
  next->version = 1;
  target.code = code;
  put_record(target, std::move(next));
  answer = copies || r.what.exclusive ? reply::number(1) : reply::ok();
  return finish(r.to, next_number_, answer);
}

reply shard::flush(const instant& now) {
  for (auto* entry : dirty_)
    entry->dirty = false;
  dirty_.clear();
  dirty_codes_.clear();
  codes_.clear();
  loads_.clear();
  code_loads_.clear();
  wheel_.clear();
  std::vector<cache_entry*> waiting;
  cache_.erase_if([&](cache_entry& entry) {
    ++entry.generation;
    entry.current.reset();
    entry.code.reset();
    entry.account.reset();
    entry.loading = 0;
    entry.stored = false;
    entry.counted = false;
    entry.counted_expiry = false;
    entry.stored_due = wall_time{};
    entry.armed = wall_time{};
    entry.known_absent = true;
    cache_.recount(entry);
    if (entry.has_line()) waiting.push_back(&entry);
    return !entry.pinned(durable_);
  });
  work item;
  item.what = work::kind::forget_all;
  outbox_.work_items.push_back(std::move(item));
  cache_.set_complete(true);
  counts_.objects = 0;
  counts_.with_expiry = 0;
  counts_dirty_ = true;
  flushing_ = true;
  flushed_in_ = next_number_;
  for (auto* entry : waiting)
    drain_line(*entry, now);
  return reply::ok();
}

}  // namespace comet::object
