#pragma once
// What a turn learnt from outside of its object while it ran, so that the same turn can run again.
//
// Given the code, the state before and this, a turn is a function: time, chance, limits and the
// results of its calls come from here. Collected by lua/turn_recorder for objects that ask for it
// (ASO.PUT ... RECORD), kept in a `recorded_turn`, and given back by lua/turn_replay.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/time.hpp"
#include "object/asked_replicas.hpp"
#include "object/known_group.hpp"
#include "object/policy.hpp"
#include "object/reply.hpp"
#include "object/turn.hpp"

namespace comet::object {

/// By what right a handler reaches a key. The numbers are part of the record's format.
enum class call_access : std::uint8_t {
  denied = 0,
  free = 1,   ///< any key
  own = 2,    ///< the object's own, on its replicas
  right = 3,  ///< a callback key, once
};

/// One operation that the turn asked for, in the order of asking.
struct recorded_call {
  outcall what;  ///< without its token; without value and arguments when it was not sent
  call_access access = call_access::denied;
  bool sent = false;
  bool later = false;           ///< a function got the result, in a turn of its own
  std::optional<reply> answer;  ///< nothing: the turn did not wait for one, or ended first
};

struct turn_trace {
  wall_time began{};
  /// Functions of earlier turns waited, so the object was not loaded anew: its globals are unknown.
  bool warm = false;
  bool cut = false;        ///< more than a record may hold came in: it cannot be kept whole
  bool trusted = false;    ///< an administrator has signed the code
  std::uint64_t seed = 0;  ///< of the turn's chance
  policy limits;           ///< as they held for the object; without users
  bytes node_id;
  bytes node_ip;
  std::vector<wall_time> slices;                        ///< when each began
  std::vector<bytes> rights;                            ///< callback keys held
  std::vector<bytes> timers;                            ///< names of those set before
  asked_replicas replicas;                              ///< asked for before
  std::optional<std::vector<known_group::node>> group;  ///< when the turn looked
  std::vector<digest> nodes_known;                      ///< of the nodes that the turn named
  std::vector<bytes> channels_refused;
  std::vector<recorded_call> calls;
};

}  // namespace comet::object
