#pragma once
// The disk of one simulated node: what is left of it when it loses its power.
//
// Everything committed stays, so a kill loses nothing that was acknowledged. Its first start makes
// the node's identity and life; `erase` ends both. It answers the shard's looks as the store's
// actors do (actors/store_reader, actors/scan_page). Owned by lab/world, lent to lab/node.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "object/layout.hpp"
#include "object/outbox.hpp"
#include "object/replica/asked_groups.hpp"
#include "object/replica/group.hpp"
#include "object/shard_parts.hpp"
#include "store/memory_store.hpp"

namespace comet::lab {

/// What it says of its node when that starts.
struct stored_node {
  object::stored_facts facts;
  std::uint64_t life = 0;  ///< of the data (object/replica)
  bool newborn = false;    ///< this is the life's first start
  bool founds = false;     ///< ranges that nobody wrote down are this node's alone
  std::map<object::replica::range_id, object::replica::range_register> registers;
  std::vector<std::uint32_t> objects_in;  ///< objects by range
  object::replica::asked_groups asked;
};

/// What the network has under a key.
struct stored_copy {
  object::replica::stamp at;
  bool erased = false;
  bytes encoded;  ///< the record; empty: erased
};

class disk {
 public:
  /// `identity` is the node's: a digest that no other node of any world of this seed has.
  explicit disk(const digest& identity) : id_(identity), store_(std::make_unique<store>()) {}

  [[nodiscard]] const digest& id() const { return id_; }
  /// Everything on it, for another node to begin.
  void erase(const digest& identity);
  /// The groups that keep its ranges, agreed on before time began.
  void found(std::uint64_t life,
             const std::map<object::replica::range_id, object::replica::range_register>& registers);

  /// For a node that starts. `life` is taken if there is none yet; `joins`: then it is not the
  /// first of its network. Errors: corrupt.
  result<stored_node> open(std::uint64_t life, bool joins);

  result<void> commit(const change_batch& changes) { return store_->commit(changes); }
  object::loaded load(const object::load_order& order);
  object::scanned scan(const object::scan_order& order);
  /// Nothing: it never had the key. Errors: corrupt.
  result<std::optional<stored_copy>> copy_of(bytes_view key);
  /// The earliest time after `after` at which something is due; nothing: nothing ever is.
  std::optional<wall_time> next_due(wall_time after);
  /// What is due after `after` and up to `until`; at most `keys_max` of it.
  std::vector<bytes> keys_due(wall_time after, wall_time until, std::size_t keys_max);

 private:
  using store = comet::store::memory_store;

  digest id_;
  std::unique_ptr<store> store_;
};

}  // namespace comet::lab
