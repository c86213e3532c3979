#pragma once
// A recorded turn, run once more: the same Lua under the same limits, without a node.
//
// Time, chance, rights and the results of calls come from the record, so with the recorded code the
// turn does what it did, instruction by instruction. With other code it goes as far as the record
// reaches: a call that the recorded turn did not make is refused, and `unrecorded` says so. Two
// things are not in a record: what functions of earlier turns left behind (`is_exact` is false
// then), and the order of `pairs` over numbers outside of a sequence, which every process draws
// anew. Called by `comet replay`; pure.

#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "object/record.hpp"
#include "object/recorded_turn.hpp"
#include "object/turn.hpp"

namespace comet::lua {

struct replayed_turn {
  object::turn_outcome outcome;
  object::state_ref after;         ///< null: the object ended
  std::vector<bytes> unrecorded;   ///< calls that the record does not know, a line each
  std::vector<bytes> other_calls;  ///< calls whose arguments differ, or that were not made
  bool is_exact = true;
};

/// What of the outcome is not as recorded, a line each: answer, error, effects, and with
/// `same_code` fuel. States are compared by their reader.
std::vector<bytes> differences(const object::recorded_turn& turn, const replayed_turn& again,
                               bool same_code);

/// Errors: a turn that is not whole or went on with a function of an earlier turn (not_found); code
/// that does not compile (compile and the like).
result<replayed_turn> replay(const object::recorded_turn& turn, const object::code_ref& code);

}  // namespace comet::lua
