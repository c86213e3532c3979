#pragma once
// The records that a shard holds in memory, and all it knows of a key besides: the bounded cache
// over the store.
//
// An entry without a record means "known to be absent". While the cache is `complete` it holds
// every record of the store, so a key that is not in it does not exist and needs no look at the
// disk. Entries that are pinned (changed and not yet durable, loading, awaited, in a turn) are
// never evicted; the others go second-chance (clock) once `bytes_max` is passed. Used by
// object/shard only.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "object/accounts.hpp"
#include "object/pending_command.hpp"
#include "object/record.hpp"
#include "object/replica/group.hpp"
#include "object/transit.hpp"

namespace comet::object {

/// What each command looks at stands first, in two cache lines.
struct cache_entry {
  bytes key;
  std::shared_ptr<record> current;  ///< null: the key does not exist
  std::uint64_t written = 0;        ///< number of the batch that holds the last change; 0: none
  mono_time touched{};              ///< last access, for OBJECT IDLETIME
  std::uint64_t loading = 0;        ///< ticket of the load under way; 0: none
  std::unique_ptr<std::deque<pending_command>> line;  ///< what waits for the entry, in order
  std::uint32_t turns = 0;                            ///< turns at the executor
  std::uint32_t continuations = 0;                    ///< operations whose result becomes a turn
  bool dirty = false;                                 ///< in the batch that is being collected
  bool known_absent = false;                          ///< looked for in the store, not there
  bool stored = false;          ///< the store (or an earlier batch) holds a record of this key
  bool counted = false;         ///< among the objects of stored_facts
  bool counted_expiry = false;  ///< among those with an expiry
  bool referenced = true;       ///< second chance
  bool draining = false;        ///< its line is being worked off
  bool putting = false;         ///< an ASO.PUT is under way: everything else waits
  bool timer_running = false;
  bool proposed = false;          ///< the change in the batch being collected has its stamp
  bool stored_tombstone = false;  ///< the store (or an earlier batch) holds a tombstone
  bool forgets = false;           ///< the batch being collected removes even the tombstone
  replica::stamp at;              ///< of `current`, or of the tombstone
  code_ref code;                  ///< of an active record, once loaded
  std::unique_ptr<accounts> account;
  std::unique_ptr<transit> between;  ///< null: nothing is under way between nodes for this key
  std::uint64_t hash = 0;
  std::optional<std::uint64_t> position;  ///< in the store's order, once it was needed
  std::size_t bytes_counted = 0;          ///< in the cache's account
  std::uint64_t generation = 0;           ///< turns of an older generation are void
  wall_time stored_due{};  ///< where the store's index of due times has it; epoch: nowhere
  wall_time armed{};       ///< the wheel wakes it then; epoch: not armed

  cache_entry() = default;
  ~cache_entry() = default;
  cache_entry(const cache_entry&) = delete;
  cache_entry& operator=(const cache_entry&) = delete;

  [[nodiscard]] std::size_t footprint() const;
  [[nodiscard]] bool has_line() const;
  /// May not leave the cache, whatever its age: something under way points to it.
  [[nodiscard]] bool pinned(std::uint64_t durable) const;
};

/// Made where there is none.
accounts& account_of(cache_entry& entry);

class record_cache {
 public:
  explicit record_cache(std::size_t bytes_max);
  ~record_cache();
  record_cache(const record_cache&) = delete;
  record_cache& operator=(const record_cache&) = delete;

  cache_entry* find(bytes_view key);
  /// Finds or makes; a made entry has no record.
  cache_entry& obtain(bytes_view key);
  /// Fetches what is known of these keys into the processor's cache, all at once.
  void prefetch(std::span<const bytes_view> keys) const;
  /// Call after an entry's record changed, so that the account of bytes follows.
  void recount(cache_entry& entry);
  void erase(cache_entry& entry);

  /// Evicts until `bytes_max` holds or a number of slots was looked at that grows with the entries
  /// made since the last call. So called regularly, it keeps up with whatever comes in.
  /// `durable` is the last durable batch: entries written later stay.
  /// Returns how many records left memory.
  std::size_t evict(std::uint64_t durable);

  [[nodiscard]] bool complete() const { return complete_; }
  void set_complete(bool complete) { complete_ = complete; }
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] std::size_t bytes_used() const { return bytes_used_; }
  void set_bytes_max(std::size_t bytes_max) { bytes_max_ = bytes_max; }

  /// Visits every entry and erases those for which the visitor returns true.
  void erase_if(const std::function<bool(cache_entry&)>& visit);

 private:
  struct slot {
    std::uint64_t hash = 0;
    cache_entry* entry = nullptr;
  };

  void grow();
  void erase_slot(std::size_t index);
  /// The slot of the key, or the free slot where it would go.
  [[nodiscard]] std::size_t slot_of(std::uint64_t hash, bytes_view key) const;

  std::vector<slot> slots_;
  std::size_t count_ = 0;
  std::size_t made_ = 0;  ///< entries since the last `evict`
  std::size_t bytes_used_ = 0;
  std::size_t bytes_max_;
  std::size_t hand_ = 0;
  bool complete_ = false;
};

}  // namespace comet::object
