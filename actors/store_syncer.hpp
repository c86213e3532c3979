#pragma once
// The store syncer: makes commits safe against power loss, off the path of their acknowledgement.
//
// Detached, because an fsync takes as long as it takes. Under durability `interval` the writer
// notes each commit here, and one sync follows within the interval; at a stop the reactor orders
// one. The first `introduction` names who gets the reports.

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "actors/log.hpp"
#include "actors/messages.hpp"
#include "store/store.hpp"

namespace comet::actors {

class store_syncer {
 public:
  static inline const char* name = "comet.store-syncer";

  store_syncer(caf::event_based_actor* self, std::shared_ptr<store::store> store,
               std::chrono::milliseconds interval, log_sink log);

  caf::behavior make_behavior();

 private:
  void note(const commit_note& committed);
  std::optional<error> sync();
  void report(std::uint64_t synced_changes, std::optional<std::chrono::nanoseconds> took = {});

  caf::event_based_actor* self_;
  std::shared_ptr<store::store> store_;
  std::chrono::milliseconds interval_;
  log_sink log_;
  caf::actor reactor_;
  std::uint64_t unsynced_ = 0;  ///< changes noted since the last sync
  std::uint64_t syncs_ = 0;
  std::uint64_t failed_syncs_ = 0;
  bool tick_pending_ = false;
};

using store_syncer_actor = caf::stateful_actor<store_syncer>;

}  // namespace comet::actors
