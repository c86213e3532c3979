#pragma once
// A sample of an object's life on one simulated node, for its figures: what its handlers take of
// fuel, memory and time.
//
// In this order: put, gets (each from an address of its own), update, the calls, another get, each
// timer that is set, delete; only what the object has a handler for. The sample runs several times
// in worlds of one seed, so fuel and memory are exact; of times the shortest counts. Called by
// `comet check`; the clock comes in as a parameter.

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace comet::client {

struct sample {
  bytes source;
  bytes key = "sample";
  std::vector<bytes> args;
  std::optional<bytes> value;
  std::optional<bytes> payload;           ///< of the gets
  int gets = 1;                           ///< before the update
  bool with_callbacks = false;            ///< each get names a callback key of its own
  bytes update = "another value";         ///< what the update writes
  std::vector<std::vector<bytes>> calls;  ///< a method and its arguments, each
  std::vector<bytes> handlers;            ///< those the object has; others are not asked for
  bool signed_by_administrator = false;   ///< may it reach any key?
};

/// A handler or method at its costliest turn.
struct handler_figures {
  bytes name;  ///< "onGet", "onTimer:open", a method, "answer" for what waited for a result
  std::int64_t fuel = 0;             ///< instructions
  std::size_t memory = 0;            ///< bytes in use at the height
  std::chrono::nanoseconds time{0};  ///< over a read of a passive value on the same node
  bytes failure;                     ///< of one of its turns; empty: none failed
  bool passed_limit = false;         ///< the failure was of fuel, memory, messages, state or time
};

struct sample_figures {
  std::vector<handler_figures> handlers;  ///< in the order of their first turns
  std::size_t state_bytes_max = 0;        ///< encoded, the largest after any step
};

/// The present moment of a clock that never goes back.
using stopwatch = std::function<std::chrono::nanoseconds()>;

/// Errors: what the put was answered when it failed or nothing was stored (its code is script), or
/// what kept the world from being made.
result<sample_figures> run_sample(const sample& what, const stopwatch& clock);

}  // namespace comet::client
