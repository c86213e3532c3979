#pragma once
// Placement: which nodes hold a key, and what moves when a node joins or leaves.
//
// A key is held by the `replicas` live nodes nearest to its id. Everybody who knows the same nodes
// decides the same, without asking; so exactly one old holder hands a key over to each new one. A
// node decides with the neighbours it knows, which is exact for the keys it holds as long as its
// sibling list is. Called by the router, for each of a node's keys when its neighbours change.

#include <cstddef>
#include <span>
#include <vector>

#include "net/overlay/node_id.hpp"

namespace comet::overlay {

/// The `count` nearest of `nodes` to `key`, nearest first; fewer if there are fewer.
std::vector<node_id> nearest_of(const node_id& key, std::span<const node_id> nodes,
                                std::size_t count);

class placement {
 public:
  /// `replicas` >= 1. An id given twice counts once.
  placement(std::vector<node_id> live, std::size_t replicas);

  /// Nearest first; the first one leads.
  [[nodiscard]] std::vector<node_id> holders(const node_id& key) const;
  [[nodiscard]] bool holds(const node_id& node, const node_id& key) const;

  [[nodiscard]] placement with(const node_id& newcomer) const;
  [[nodiscard]] placement without(const node_id& leaver) const;

 private:
  std::vector<node_id> live_;  ///< ascending, each once
  std::size_t replicas_;
};

/// To whom `node` hands its copy of `key` when `before` becomes `after`: the holders that are new,
/// if `node` is the nearest old holder that stays, or, when none stays, the nearest old one.
std::vector<node_id> receivers(const placement& before, const placement& after, const node_id& node,
                               const node_id& key);

/// Held before, and no longer: to be dropped once the receivers have it.
bool gives_up(const placement& before, const placement& after, const node_id& node,
              const node_id& key);

}  // namespace comet::overlay
