#pragma once
// What a node's store says of its replicas when the node starts.
//
// The first start of a node among others decides two things for good: which life this directory is
// (object/replica/group.hpp), and whether it begins a network or joins one. Who begins one has all
// ranges of keys; who joins has none until it is given some. Called once, before any actor lives.

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "object/replica/asked_groups.hpp"
#include "object/replica/group.hpp"
#include "store/store.hpp"

namespace comet::actors {

struct stored_replicas {
  std::uint64_t life = 0;
  bool newborn = false;  ///< this is the life's first start
  bool founds = false;
  std::map<object::replica::range_id, object::replica::range_register> registers;
  std::vector<std::uint32_t> objects_in;  ///< objects by range
  object::replica::asked_groups asked;    ///< what the handlers of these objects chose
};

/// `joins`: the node was given addresses to join through. Errors: those of the store; config when a
/// directory with objects of its own is to join a network.
result<stored_replicas> read_replicas(store::store& store, bool joins,
                                      const std::function<bytes(std::size_t)>& random_bytes);

}  // namespace comet::actors
