#pragma once
// What a shard and an executor exchange: turns out, outcomes back, one batch a poll round each way.
//
// The shard numbers every turn; the executor answers each number exactly once, with an outcome.
// Order between the two is the order of the batches, so a `forgotten` key cuts cleanly between the
// turns sent before it (void) and after it.

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/time.hpp"
#include "object/code_outline.hpp"
#include "object/record.hpp"
#include "object/reply.hpp"
#include "object/turn.hpp"

namespace comet::object {

/// One turn to run.
struct turn_order {
  std::uint64_t id = 0;
  std::uint64_t incarnation = 0;
  record_ref current;  ///< as the shard knew it when it sent the order; null: create
  code_ref code;       ///< of `current`; null: create
  std::shared_ptr<const turn_request> request;
  mono_time sent{};  ///< when it went to the mailbox
};

/// The answer to an outcall that a suspended turn waits for.
struct resumption {
  std::uint64_t turn = 0;
  std::uint64_t token = 0;
  reply answer;
};

struct work {
  enum class kind : std::uint8_t { run, resume, forget, forget_all, outline };
  kind what = kind::run;
  turn_order order;    ///< run
  resumption resumed;  ///< resume
  bytes forgotten;     ///< forget: drop the activation, fail what is queued for this key
  code_ref outlined;   ///< outline: the code whose functions are to be named
};

struct work_batch {
  /// The serial of the last outcome batch that the shard has folded in: what the executor kept of
  /// passivated objects up to there may go.
  std::uint64_t folded = 0;
  std::vector<work> items;

  [[nodiscard]] bool empty() const { return items.empty(); }
};

struct finished_turn {
  std::uint64_t id = 0;
  /// The turn never began, because its object went before it: the shard asks again.
  bool unrun = false;
  turn_outcome outcome;
  bool activated = false;              ///< its object was activated for it
  std::chrono::nanoseconds waited{0};  ///< in the mailbox
  std::chrono::nanoseconds ran{0};     ///< from its begin to its end; both to a look at the clock
};

/// A suspended turn asks for something.
struct started_outcall {
  std::uint64_t turn = 0;
  outcall what;
};

/// The answer to an order to outline a code; of one that cannot be read no function is named.
struct outlined_code {
  digest hash{};
  code_outline names;
};

struct outcome_batch {
  std::uint64_t serial = 0;
  std::vector<finished_turn> finished;
  std::vector<started_outcall> outcalls;
  std::uint64_t hot_objects = 0;  ///< activations held, for INFO and metrics
  std::uint64_t hot_bytes = 0;
  // so far
  std::uint64_t owners_held = 0;  ///< times an owner had to wait for its share
  std::uint64_t preemptions = 0;  ///< slices that ended before their turn did
  std::uint64_t activations = 0;
  std::uint64_t passivations = 0;  ///< because the hot set was full
  std::uint64_t waiting = 0;       ///< turns in mailboxes that have not begun, now
  std::vector<digest> passivated;  ///< code of those passivated since the last batch
  std::vector<outlined_code> outlined;

  [[nodiscard]] bool empty() const {
    return finished.empty() && outcalls.empty() && outlined.empty();
  }
};

}  // namespace comet::object
