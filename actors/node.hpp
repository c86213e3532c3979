#pragma once
// The node manager: supervises the others, and brings the node down in order.
//
// Every other actor is monitored: when one ends that should not, the node cannot keep its promises
// any more, so it says so once (`node_options::fatal`) and the process is expected to end; it never
// limps on.

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <functional>
#include <vector>

#include "actors/messages.hpp"

namespace comet::actors {

/// The actors of a node. All but the reactor end by an exit message.
struct node_members {
  caf::actor reactor;
  std::vector<caf::actor> executors;
  caf::actor writer;
  caf::actor syncer;
  caf::actor loader;
  caf::actor scanner;
  caf::actor router{};  ///< null, as the next, on a node that is alone; ends with the reactor
  caf::actor resolver{};
};

class node {
 public:
  static inline const char* name = "comet.node";

  node(caf::event_based_actor* self, node_members members, std::function<void(const error&)> fatal);

  caf::behavior make_behavior();

 private:
  caf::result<numbers_parcel> numbers(numbers_request request);
  caf::result<stopped> stop(const stop_order& order);
  void end_members();
  void lost(const caf::down_msg& down);

  caf::event_based_actor* self_;
  node_members members_;
  std::function<void(const error&)> fatal_;
  bool stopping_ = false;
  bool reactor_lost_ = false;  ///< nothing may be asked of it: an ended broker never answers
};

using node_actor = caf::stateful_actor<node>;

}  // namespace comet::actors
