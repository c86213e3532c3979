#pragma once
// What `comet replay` says of a turn that ran again. Pure: from the record and the new run to text.

#include "apps/comet/rendering.hpp"
#include "base/bytes.hpp"
#include "lua/turn_replay.hpp"
#include "object/recorded_turn.hpp"

namespace comet::client {

struct replay_report {
  bytes text;
  bool same = false;  ///< it did what was recorded
};

/// `same_code`: what ran is the code that was recorded; then fuel and log count, too.
replay_report report_of(const object::recorded_turn& turn, const lua::replayed_turn& again,
                        bool same_code, const rendering& how);

}  // namespace comet::client
