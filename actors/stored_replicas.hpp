#pragma once
// What a node's store says of its replicas when the node starts.
//
// The first start of a node among others decides two things for good: which life this directory is
// (object/replica/group.hpp), and whether it begins a network or joins one. Who begins one has all
// ranges of keys; who joins has none until it is given some. Called once, before any actor lives.
//
// Each start makes the disk older by one (actors/heard_lives). When others noticed in the run
// before that the disk had been put back to an older state, that life is over and this start begins
// another: the registers that name the old one give no vote any more (object/replica), and a node
// that founded its network does not found it again, for the others have gone on.

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

inline constexpr bytes_view disk_age_name = "age";    ///< of the store's entry; a number
inline constexpr bytes_view life_over_name = "over";  ///< likewise: the life that is over

struct stored_replicas {
  std::uint64_t life = 0;
  std::uint64_t age = 0;    ///< of the disk in this life, from 1
  bool newborn = false;     ///< this is the life's first start
  bool born_again = false;  ///< after another one, which is over
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
