#pragma once
// The resolver: names of hosts become addresses, on a thread of its own, because the system's
// resolver waits as long as it likes. Spawned detached; the router asks it at each try to join.

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/messages.hpp"

namespace comet::actors {

/// All addresses of one name. Blocks.
resolved_name resolve(const listen_address& name);

class resolver {
 public:
  static inline const char* name = "comet.resolver";

  explicit resolver(caf::event_based_actor*) {}

  caf::behavior make_behavior();
};

using resolver_actor = caf::stateful_actor<resolver>;

}  // namespace comet::actors
