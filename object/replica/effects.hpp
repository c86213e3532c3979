#pragma once
// What a range_replica asks of its host: to write, to send, to read; and what it tells.
//
// The host takes them after each call. Writes of one round are one atomic batch, in the order
// wipe, entries, register; batches become durable in their order, and the host says so by number.
// Listings and reads see everything written before, durable or not. Messages leave at once: what
// has to wait for the disk is kept back in the range_replica.

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "object/replica/group.hpp"
#include "object/replica/message.hpp"

namespace comet::object::replica {

/// A change of the store. `forget`: nothing is kept of the key, not even a tombstone.
struct written_entry {
  entry what;
  bool forget = false;
};

/// Look up the first keys of the range after `after`.
struct list_order {
  std::uint64_t ticket = 0;
  std::optional<bytes> after;
  std::size_t limit = 0;
};

struct read_order {
  std::uint64_t ticket = 0;
  std::vector<bytes> keys;  ///< those that are there come back as entries, in this order
};

enum class event : std::uint8_t {
  leads,             ///< commands may be carried out here; what was cached of the range is void
  leads_no_more,     ///< all that it proposed is chosen
  loses_leadership,  ///< it leads no more, and what it proposed last is undecided
};

struct effects {
  std::uint64_t number = 0;  ///< of the batch that these writes are; 0: there are none
  bool wipe = false;         ///< all keys of the range
  std::vector<written_entry> entries;
  std::optional<range_register> registered;
  std::vector<std::pair<member, message>> sends;
  std::vector<list_order> lists;
  std::vector<read_order> reads;
  std::vector<event> events;

  [[nodiscard]] bool empty() const {
    return number == 0 && sends.empty() && lists.empty() && reads.empty() && events.empty();
  }
};

}  // namespace comet::object::replica
