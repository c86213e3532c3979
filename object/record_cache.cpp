#include "object/record_cache.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.hpp"
#include "base/digest.hpp"
#include "object/turn_ring.hpp"

namespace comet::object {

namespace {

constexpr std::size_t slots_at_start = 1U << 10U;
/// Slots that one call of `evict` looks at, and those that each entry made since the last call
/// adds: its time is bounded by what came in, and what leaves keeps up with it even in a sparse
/// table.
constexpr std::size_t evict_looks = 1'024;
constexpr std::size_t evict_looks_an_entry = 64;

std::size_t bytes_of(const record& r) {
  std::size_t n = sizeof(record) + r.value.capacity() + r.owner.capacity() + bytes_of(r.answered);
  if (r.active) {
    n += sizeof(activity) + r.active->state.capacity();
    for (const auto& arg : r.active->args)
      n += sizeof(bytes) + arg.capacity();
    for (const auto& t : r.active->timers)
      n += sizeof(timer) + t.name.capacity();
  }
  if (r.recorded) n += r.recorded->bytes_used();
  return n;
}

}  // namespace

std::size_t cache_entry::footprint() const {
  std::size_t n = sizeof(cache_entry) + 2 * sizeof(void*) * 2 + key.capacity();
  if (current) n += bytes_of(*current);
  if (account) n += sizeof(accounts);
  return n;
}

bool cache_entry::has_line() const {
  return line && !line->empty();
}

bool cache_entry::pinned(std::uint64_t durable) const {
  return dirty || written > durable || loading != 0 || turns > 0 || continuations > 0 || draining ||
         has_line() || (between && between->under_way());
}

accounts& account_of(cache_entry& entry) {
  if (!entry.account) entry.account = std::make_unique<accounts>();
  return *entry.account;
}

record_cache::record_cache(std::size_t bytes_max) : slots_(slots_at_start), bytes_max_(bytes_max) {}

record_cache::~record_cache() {
  for (auto& s : slots_)
    delete s.entry;
}

std::size_t record_cache::slot_of(std::uint64_t hash, bytes_view key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = hash & mask;
  while (slots_[i].entry != nullptr && (slots_[i].hash != hash || slots_[i].entry->key != key)) {
    i = (i + 1) & mask;
  }
  return i;
}

/// Slot, entry, then key and record: three waits for memory one after the other, whatever the
/// number of keys (group prefetching: Chen et al., Improving Hash Join Performance, ICDE 2004).
void record_cache::prefetch(std::span<const bytes_view> keys) const {
  constexpr std::size_t group = 16;
  std::array<std::uint64_t, group> hashes{};
  const std::size_t mask = slots_.size() - 1;
  for (; !keys.empty(); keys = keys.subspan(std::min(group, keys.size()))) {
    const std::size_t count = std::min(group, keys.size());
    for (std::size_t i = 0; i < count; ++i) {
      hashes[i] = table_hash(keys[i]);
      __builtin_prefetch(&slots_[hashes[i] & mask]);
    }
    std::array<const cache_entry*, group> entries{};
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t at = hashes[i] & mask;
      while (slots_[at].entry != nullptr && slots_[at].hash != hashes[i])
        at = (at + 1) & mask;
      entries[i] = slots_[at].entry;
      if (entries[i] == nullptr) continue;
      __builtin_prefetch(entries[i]);
      __builtin_prefetch(&entries[i]->turns);
    }
    for (const auto* entry : entries) {
      if (entry == nullptr) continue;
      __builtin_prefetch(entry->key.data());
      __builtin_prefetch(entry->current.get());
    }
  }
}

cache_entry* record_cache::find(bytes_view key) {
  auto* entry = slots_[slot_of(table_hash(key), key)].entry;
  if (entry != nullptr) entry->referenced = true;
  return entry;
}

cache_entry& record_cache::obtain(bytes_view key) {
  const std::uint64_t hash = table_hash(key);
  std::size_t i = slot_of(hash, key);
  if (slots_[i].entry != nullptr) {
    slots_[i].entry->referenced = true;
    return *slots_[i].entry;
  }
  if ((count_ + 1) * 2 > slots_.size()) {
    grow();
    i = slot_of(hash, key);
  }
  auto entry = std::make_unique<cache_entry>();
  entry->key = bytes{key};
  entry->hash = hash;
  recount(*entry);
  ++count_;
  ++made_;
  slots_[i] = {hash, entry.release()};
  return *slots_[i].entry;
}

void record_cache::recount(cache_entry& entry) {
  bytes_used_ -= entry.bytes_counted;
  entry.bytes_counted = entry.footprint();
  bytes_used_ += entry.bytes_counted;
}

void record_cache::grow() {
  std::vector<slot> old(slots_.size() * 2);
  old.swap(slots_);
  hand_ = 0;
  const std::size_t mask = slots_.size() - 1;
  for (const auto& s : old) {
    if (s.entry == nullptr) continue;
    std::size_t i = s.hash & mask;
    while (slots_[i].entry != nullptr)
      i = (i + 1) & mask;
    slots_[i] = s;
  }
}

void record_cache::erase_slot(std::size_t index) {
  // Linear probing without tombstones: later entries of the run move back (Knuth, 6.4 R).
  const std::size_t mask = slots_.size() - 1;
  bytes_used_ -= slots_[index].entry->bytes_counted;
  --count_;
  delete slots_[index].entry;
  slots_[index].entry = nullptr;
  std::size_t hole = index;
  for (std::size_t i = (index + 1) & mask; slots_[i].entry != nullptr; i = (i + 1) & mask) {
    const std::size_t home = slots_[i].hash & mask;
    if (((i - home) & mask) >= ((i - hole) & mask)) {
      slots_[hole] = slots_[i];
      slots_[i].entry = nullptr;
      hole = i;
    }
  }
}

void record_cache::erase(cache_entry& entry) {
  const std::size_t i = slot_of(entry.hash, entry.key);
  COMET_CHECK(slots_[i].entry == &entry);
  erase_slot(i);
}

void record_cache::erase_if(const std::function<bool(cache_entry&)>& visit) {
  std::vector<cache_entry*> gone;
  for (auto& s : slots_) {
    if (s.entry != nullptr && visit(*s.entry)) gone.push_back(s.entry);
  }
  for (auto* entry : gone)
    erase(*entry);
}

std::size_t record_cache::evict(std::uint64_t durable) {
  std::size_t evicted = 0;
  const std::size_t looks_max = evict_looks + evict_looks_an_entry * std::exchange(made_, 0);
  for (std::size_t looks = 0; bytes_used_ > bytes_max_ && looks < looks_max; ++looks) {
    hand_ = (hand_ + 1) & (slots_.size() - 1);
    auto* entry = slots_[hand_].entry;
    if (entry == nullptr || entry->pinned(durable)) continue;
    if (entry->referenced) {
      entry->referenced = false;
      continue;
    }
    if (entry->current) {
      complete_ = false;
      ++evicted;
    }
    erase_slot(hand_);
    // The next of the run may have moved into this slot: look at it again.
    hand_ = (hand_ - 1) & (slots_.size() - 1);
  }
  return evicted;
}

}  // namespace comet::object
