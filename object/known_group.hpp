#pragma once
// Who keeps an object's copies, as its node knows it when a turn begins.
//
// Made by the shard, once for all turns of a range as long as nothing changes; immutable, so the
// executor reads it on its own thread. What dht.replicas tells, and what it takes names of nodes
// by.

#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "object/key_map.hpp"

namespace comet::object {

struct known_group {
  struct node {
    bytes id;  ///< hex
    bytes address;
  };
  std::vector<node> members;               ///< the leader first: it is where turns run
  std::shared_ptr<const key_map> network;  ///< null: there is no other node

  /// The node of this id, in hex as handlers see ids; nothing: it is not known here.
  [[nodiscard]] std::optional<digest> find(bytes_view id) const;
  /// Empty: it is not known here.
  [[nodiscard]] bytes_view address_of(const digest& node) const;
};

}  // namespace comet::object
