#pragma once
// What a shard orders, and what comes back: answers, looks into the store, batches for it.
//
// The shard fills its outbox while it decides, and the reactor empties it at the end of each poll
// round; the simulation does the same. Every load_order and scan_order is answered exactly once, by
// its ticket. The store's actors (actors/store_reader, actors/scan_page) know nothing else of the
// shard.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/change_batch.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "object/exchange.hpp"
#include "object/forwarding.hpp"
#include "object/peer_delivery.hpp"
#include "object/reply.hpp"

namespace comet::object {

/// An answer for a client session, ready to be written.
struct client_answer {
  std::uint64_t session = 0;
  std::uint64_t slot = 0;
  reply content;
};

struct load_order {
  std::uint64_t ticket = 0;
  bytes store_key;
  bytes second_store_key;  ///< of a code: its count
};

struct loaded {
  std::uint64_t ticket = 0;
  result<std::optional<bytes>> content{std::optional<bytes>{}};
  std::optional<bytes> second;
};

/// A look at a range of the store, done off the I/O thread. Objects are filtered there.
struct scan_order {
  enum class kind : std::uint8_t { objects, due, listing };
  std::uint64_t ticket = 0;
  kind what = kind::objects;
  bytes from;  ///< store keys
  bytes to;
  std::size_t limit = 0;                                   ///< entries looked at
  std::optional<bytes> pattern;                            ///< objects: glob; nothing: all
  bytes type_filter;                                       ///< objects: "string", "aso" or empty
  wall_time now{};                                         ///< objects expired by then are left out
  std::shared_ptr<const std::set<replica::range_id>> led;  ///< objects: of these ranges; null: all
};

struct scanned {
  std::uint64_t ticket = 0;
  std::optional<error> failure;
  std::vector<bytes> keys;                       ///< objects
  std::vector<std::pair<wall_time, bytes>> due;  ///< due times and keys
  std::vector<replica::listed_key> listed;       ///< listing: store keys, tombstones included
  std::size_t looked_at = 0;
  bytes last;  ///< store key of the last entry looked at; empty: none
};

/// One batch for the store writer.
struct numbered_batch {
  std::uint64_t number = 0;
  change_batch changes;
};

/// What the reactor has to carry out at the end of a poll round.
struct outbox {
  std::vector<client_answer> answers;
  std::vector<work> work_items;
  std::vector<load_order> loads;
  std::vector<scan_order> scans;
  std::vector<std::pair<bytes, bytes>> publications;
  std::vector<forward_order> forwards;
  std::vector<std::uint64_t> withdrawals;  ///< numbers of forwards, rising
  std::vector<node_answer> node_answers;
  std::vector<peer_delivery> deliveries;
  bool sync = false;  ///< of all that is durable by now; answered by shard::on_synced

  [[nodiscard]] bool empty() const {
    return answers.empty() && work_items.empty() && loads.empty() && scans.empty() &&
           publications.empty() && forwards.empty() && withdrawals.empty() &&
           node_answers.empty() && deliveries.empty() && !sync;
  }
};

}  // namespace comet::object
