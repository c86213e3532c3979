#pragma once
// Recorded turns as replies: a row each for ASO.TURNS, one with all that is known for ASO.TURN.
//
// Names of fields are those that clients see. What a replay needs goes along as `content`
// (encode_whole of object/recorded_turn), so that nothing has to be made of the readable fields.

#include "base/bytes.hpp"
#include "object/recorded_turn.hpp"
#include "object/reply.hpp"

namespace comet::object {

/// "handler", "method", "timer" or "function".
bytes_view name_of(turn_kind kind);
/// "ok", "erased", or "error fuel".
bytes outcome_of(const recorded_turn& turn);

/// Number, time, handler, caller, fuel, outcome, whether it is kept whole. Flat.
reply summary_of(const recorded_turn& turn);
/// Everything, `content` last. `depth_max`: of states.
reply view_of(const recorded_turn& turn, int depth_max);

}  // namespace comet::object
