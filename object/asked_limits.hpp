#pragma once
// The limits that an object may ask to have lower than the policy's: for itself, for good.
//
// ASO.PUT ... LIMIT name value keeps them in the record, in the units of the policy: instructions,
// bytes, milliseconds, counts. The names are those of the configuration. A policy that is lowered
// later goes before them: what holds is the lower of the two. Used by net/wire (reading and
// refusing), the shard and the Lua rooms (applying).

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "object/policy.hpp"

namespace comet::object {

/// The number of each is part of the record's format.
enum class limit : std::uint8_t {
  fuel_per_turn = 1,
  memory_per_object = 2,
  state_bytes = 3,
  state_depth = 4,
  messages_per_turn = 5,
  messages_per_minute = 6,
  turn_time = 7,
  mailbox = 8,
  timers = 9,
};

struct asked_limit {
  limit which{};
  std::int64_t value = 0;

  friend bool operator==(const asked_limit&, const asked_limit&) = default;
};
using asked_limits = std::vector<asked_limit>;

struct limit_row {
  limit which;
  bytes_view name;  ///< as in the configuration
  std::int64_t lowest;
  std::int64_t (*read)(const policy&);
  void (*write)(policy&, std::int64_t);
};

std::span<const limit_row> limit_rows();
/// Null: there is no such limit.
const limit_row* find_limit(bytes_view name);
const limit_row* find_limit(limit which);

/// What holds for an object: `node`, with what it asked for where that is lower.
policy lowered(const policy& node, std::span<const asked_limit> asked);
/// The same for one limit.
std::int64_t allowed(const policy& node, std::span<const asked_limit> asked, limit which);

}  // namespace comet::object
