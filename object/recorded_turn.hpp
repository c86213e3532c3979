#pragma once
// One turn as its object remembers it: what was asked, what the turn met, and what came of it.
//
// Enough to run it again elsewhere: the request, the state before, the trace (object/turn_trace);
// and enough to tell whether it did the same: answer, state after, effects, fuel. A ring of them is
// part of a record (object/turn_ring); one by itself travels to who asks for it (ASO.TURN). Both
// forms are in docs/formats.md. Decoding is total and never reads past its input.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "object/command.hpp"
#include "object/reply.hpp"
#include "object/turn.hpp"
#include "object/turn_trace.hpp"

namespace comet::object {

/// An encoded state; turns that follow each other share it. Null: none, or not kept.
using state_ref = std::shared_ptr<const bytes>;

/// Of a turn that was too large to be kept, in bytes.
struct left_out_sizes {
  std::uint64_t turn = 0;
  std::uint64_t state_before = 0;
  std::uint64_t state_after = 0;
};

struct recorded_turn {
  std::uint64_t number = 0;  ///< counted from the first that was recorded, which is 1
  turn_kind kind = turn_kind::operate;
  bytes handler;  ///< "onGet", "onTimer(alarm)", the name of a method
  caller from;
  digest code{};                        ///< of the object
  std::optional<left_out_sizes> sizes;  ///< set: too large; all that is not above is left out,
                                        ///< but for `trace.began`, `fuel` and `failure`
  bytes key;
  std::vector<bytes> script_args;             ///< what the script gets as `...`
  std::shared_ptr<const owned_command> what;  ///< null: a timer, or an answer to a function
  bytes timer_name;
  turn_trace trace;
  state_ref before;
  // outcome
  std::optional<error> failure;
  bytes traceback;
  reply answer;  ///< without a failure
  bool erased = false;
  state_ref after;             ///< null: the object ended, or as `sizes` says
  std::vector<bytes> effects;  ///< see `effects_of`
  std::vector<bytes> log;
  std::int64_t fuel = 0;
  std::size_t memory_peak = 0;
};

/// Of a request, as people know it.
bytes handler_of(const turn_request& request);

/// What a turn did besides answering and changing its state, a line each: timers, messages to
/// channels, wishes about copies. Equal effects are equal lines.
std::vector<bytes> effects_of(const turn_outcome& outcome);

/// A turn as its shard knows it at the end. `outcome.trace` is set. Without number and states.
recorded_turn recorded_from(const turn_request& request, const turn_outcome& outcome,
                            const digest& code, const std::vector<bytes>& script_args);

/// Without the states. Nothing: an answer in it is too deep or too long a list.
std::optional<bytes> encode_content(const recorded_turn& turn);
result<recorded_turn> decode_content(bytes_view encoded);

/// With the states, a version and a checksum.
bytes encode_whole(bytes_view content, const state_ref& before, const state_ref& after);
result<recorded_turn> decode_whole(bytes_view encoded);

}  // namespace comet::object
