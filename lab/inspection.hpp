#pragma once
// An object as the network has it at this moment: its record, its accounts, who keeps it.
//
// It is read past the handlers, from the store of the node that leads the key; when none leads it,
// from the newest copy on the disk of any node. Looking changes nothing and takes no time.

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "lab/journal.hpp"
#include "lab/world_options.hpp"
#include "object/record.hpp"
#include "object/reply.hpp"
#include "object/timer.hpp"

namespace comet::lab {

struct inspection {
  bool active = false;
  object::reply value;  ///< passive: a bulk; active: the state's field `value`, or null
  object::reply state;  ///< active: all of it, as ASO.STATE has it; passive: null
  bytes code;           ///< hash, hex; empty: passive
  bytes owner;          ///< "default" for the default user
  std::optional<wall_time> expires;
  std::vector<object::timer> timers;
  std::optional<bytes> quarantined;  ///< why
  turn_sums sums;
  node_number leader = 0;             ///< 0: no node leads the key now
  std::vector<node_number> replicas;  ///< the group that keeps it, the leader included; rising
};

/// Of a record; who keeps it and its sums are for the world to fill in. Errors: corrupt.
result<inspection> inspect(const object::record& kept, int depth_max);

}  // namespace comet::lab
