#pragma once
// The door through which a turn learns of what is outside of its object.
//
// An ordinary turn has no witness. For a recorded one lua/turn_recorder notes what comes in; for
// one that runs again lua/turn_replay says what came in then. The scope asks before it decides by
// what only its node knows: users, other nodes, results of calls. Nothing here raises.

#include <optional>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "object/known_group.hpp"
#include "object/turn.hpp"
#include "object/turn_trace.hpp"

namespace comet::lua {

class turn_witness {
 public:
  turn_witness() = default;
  turn_witness(const turn_witness&) = delete;
  turn_witness& operator=(const turn_witness&) = delete;
  virtual ~turn_witness() = default;

  /// Is the object's code that of an administrator?
  virtual bool trusted(bool decided) = 0;
  /// By which right may the handler reach a key? Nothing: the recorded turn made no such call.
  virtual std::optional<object::call_access> access(const object::outcall& call,
                                                    object::call_access decided) = 0;
  /// The call of the last `access` leaves.
  virtual void sent(const object::outcall& call, bool later) = 0;
  virtual void answered(const object::reply& answer) = 0;
  virtual bool may_publish(bytes_view channel, bool decided) = 0;
  virtual std::optional<digest> known_node(bytes_view id, std::optional<digest> decided) = 0;
  virtual void looked_at(const object::known_group* group) = 0;
};

}  // namespace comet::lua
