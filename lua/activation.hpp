#pragma once
// One activated object: its Lua machine, its memory and at most one turn in progress.
//
// The host (lua/host) begins a turn, gives it slices of fuel until it is finished, carries the
// operations it waits for, and takes the outcome. Nothing here reads a clock or blocks. An
// activation that failed is not `usable`: the host drops it and makes another one from the last
// committed record, so a failed turn leaves nothing behind.
//
// Not thread safe: an activation and its page pool belong to one thread at a time.

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "lua/page_pool.hpp"
#include "lua/program.hpp"
#include "object/policy.hpp"
#include "object/record.hpp"
#include "object/reply.hpp"
#include "object/turn.hpp"

namespace comet::lua {

/// What handlers may learn of the node, and the seed of its chance.
struct environment {
  bytes node_id;           ///< dht.getID: overlay id, hex
  bytes external_ip;       ///< dht.getIP
  std::uint64_t seed = 0;  ///< of the host's generator, which seeds each activation
};

enum class step : std::uint8_t {
  finished,   ///< take the outcome
  preempted,  ///< the slice is used up; run again
  waiting,    ///< an operation was asked for (`awaited`); answer it, then run again
};

class turn_program;
class turn_scope;
struct resident;

class activation {
 public:
  /// An inactive object of no size yet: the machine is built by the first turn. `limits`, `world`
  /// and `pages` have to outlive it. `seed` differs from activation to activation.
  /// `code` is the object's own; for a turn of kind create, the successor's.
  activation(bytes key, program_ref code, const object::policy& limits, const environment& world,
             page_pool& pages, std::uint64_t seed);
  ~activation();
  activation(const activation&) = delete;
  activation& operator=(const activation&) = delete;

  /// Begins a turn; none may be in progress. `current` is null for create. The first turn loads:
  /// the script runs and the state is taken from `current`; later turns do not read its state.
  void begin(std::shared_ptr<const object::turn_request> request, object::record_ref current,
             const instant& now);

  /// Goes on for at most `slice_fuel` (> 0) instructions. Instructions that cannot be preempted
  /// (inside a sort or gsub callback) may overdraw it; the next slice pays.
  step run(std::int64_t slice_fuel, const instant& now);

  /// What the turn waits for; valid from `waiting` until `answer`.
  [[nodiscard]] const object::outcall& awaited() const;

  /// The result of the awaited operation, or a failure. get: an array of the value and the array
  /// of nodes; put: the number of copies; lookup: an array of nodes; call: what the method gave.
  /// The same holds for `turn_request::answer`. A handler sees a failure as nil and its message.
  void answer(object::reply result);

  /// Ends the turn in progress with `why` (wall time, shutdown).
  void abort(error why);

  /// The outcome of the finished turn; once. `cpu` is left to the host.
  [[nodiscard]] object::turn_outcome take_outcome();

  /// What holds for the object: the node's policy, lowered to what it asked for. As of the last
  /// `begin`.
  [[nodiscard]] const object::policy& limits() const;
  [[nodiscard]] bool busy() const;  ///< a turn is in progress
  /// False after a failure, erase or replacement: drop me, reload from the committed record. After
  /// a failure of an object with callback keys it is true, and the next turn loads.
  [[nodiscard]] bool usable() const;
  /// False: the next turn loads, so `begin` needs the newest record there is.
  [[nodiscard]] bool loaded() const;
  /// Functions wait for results of earlier turns; passivation would lose them.
  [[nodiscard]] bool pinned() const;
  /// Bytes held: the arena, the copy of the committed state, callback keys.
  [[nodiscard]] std::size_t memory() const;

 private:
  program_ref code_;
  page_pool& pages_;
  std::unique_ptr<turn_scope> scope_;
  std::unique_ptr<resident> home_;
  std::unique_ptr<turn_program> turn_;  ///< null between turns
};

}  // namespace comet::lua
