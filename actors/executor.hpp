#pragma once
// An executor: one a worker thread, runs the turns of the objects that hash to it.
//
// It decodes messages for lua::host, which decides everything. One message runs a bounded time,
// then the executor goes back to CAF and goes on by a message to itself, so that what arrives
// meanwhile is seen. After each message one report with all outcomes leaves for the reactor.
// Deadlines of turns are looked at on one tick of its own, never more than one outstanding.

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <chrono>
#include <cstddef>

#include "actors/messages.hpp"
#include "lua/host.hpp"
#include "object/policy.hpp"

namespace comet::actors {

class executor {
 public:
  static inline const char* name = "comet.executor";

  /// One of `executors` that share the node.
  executor(caf::event_based_actor* self, std::size_t index, const object::policy& limits,
           lua::environment world, std::size_t executors = 1);

  caf::behavior make_behavior();

 private:
  static constexpr int slices_a_look = 64;                    ///< between two looks at the clock
  static constexpr std::chrono::milliseconds stretch_max{1};  ///< of work a message
  /// A deadline may be met this late: ticks are not moved forward when an earlier one appears.
  static constexpr std::chrono::milliseconds tick_max{100};
  static constexpr std::chrono::milliseconds tick_min{1};

  void work();
  void report();
  void arm_tick(mono_time now);

  caf::event_based_actor* self_;
  std::size_t index_;
  lua::host host_;
  caf::actor reactor_;
  executor_account account_;
  bool continuing_ = false;
  bool tick_pending_ = false;
};

using executor_actor = caf::stateful_actor<executor>;

}  // namespace comet::actors
