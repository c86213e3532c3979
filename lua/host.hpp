#pragma once
// The host of activated objects: mailboxes, turns in progress, the hot set. One a worker thread.
//
// It is pure but for Lua itself: an executor actor hands it work batches and slices of time, and
// takes outcome batches back; a simulator does the same with virtual time. Each activated object
// has its own mailbox and machine and at most one turn in progress; object/scheduler decides which
// runs.
//
// Invariants: every order is answered by exactly one finished turn. An object that is passivated is
// bytes again: its committed state stays here until the shard has folded the outcome that made it,
// because orders sent before that carry an older record.

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "lua/activation.hpp"
#include "lua/page_pool.hpp"
#include "lua/program.hpp"
#include "object/exchange.hpp"
#include "object/policy.hpp"
#include "object/scheduler.hpp"

namespace comet::lua {

class host {
 public:
  /// `hosts` of the node share what an owner may take a second in equal parts.
  host(const object::policy& limits, environment world, std::size_t hosts = 1);
  ~host();
  host(const host&) = delete;
  host& operator=(const host&) = delete;

  void accept(object::work_batch batch, const instant& now);
  /// Runs at most `slices_max` slices. Returns true when more turns are runnable.
  bool run(int slices_max, const instant& now);
  /// The clock as of now: what has finished since the last call ended no later. Call it after
  /// `run`.
  void end_look(mono_time now);
  /// Ends turns past their wall time. One that could go on but for its owner's rate is answered
  /// busy; for the others it is a breach. Call it, and then `run`, when `next_wake` has come.
  void expire(const instant& now);
  /// A turn's wall time ends, or an owner may go on that its rate held back.
  [[nodiscard]] std::optional<mono_time> next_wake() const;

  [[nodiscard]] bool has_outcomes() const { return !outcomes_.empty(); }
  object::outcome_batch take_outcomes();
  /// Weights of owners included: those named before are forgotten.
  void set_limits(const object::policy& limits);

 private:
  struct resident;
  using residents = std::list<resident>;

  /// One activated object, or one about to be.
  struct resident {
    bytes key;
    std::uint64_t id = 0;           ///< at the scheduler
    std::uint64_t incarnation = 0;  ///< of the object that `active` runs
    std::unique_ptr<activation> active;
    std::deque<object::turn_order> mailbox;
    std::optional<object::turn_order> running;
    mono_time began{};                  ///< `running`
    object::code_ref code;              ///< of `active`
    bool activated = false;             ///< for `running`
    mono_time deadline{};               ///< likewise
    bool waiting = false;               ///< `running` waits for a resumption
    std::uint64_t waits_for = 0;        ///< its token
    std::int64_t fuel_charged = 0;      ///< of `running`, at the scheduler
    std::optional<bytes> latest_state;  ///< the last commit here, of `incarnation`
    std::uint64_t latest_serial = 0;    ///< the outcome batch that carries it
    std::size_t bytes_counted = 0;
  };
  struct kept_state {
    std::uint64_t incarnation = 0;
    bytes state;
    std::uint64_t serial = 0;
  };

  void set_weights();
  residents::iterator resident_of(const bytes& key);
  void enqueue(object::turn_order order, const instant& now);
  void resume(object::resumption resumed);
  void forget(const bytes& key);
  void outline(const object::code_ref& code);
  bool start_next(resident& r, const instant& now);
  std::optional<error> activate(resident& r, const object::turn_order& order);
  object::record_ref base_of(const resident& r, const object::turn_order& order) const;
  [[nodiscard]] std::optional<mono_time> next_deadline() const;
  [[nodiscard]] error overdue(const resident& r) const;
  std::int64_t finish(resident& r);
  void drop_mailbox(resident& r);
  void finish_unrun(const object::turn_order& order);
  void refuse(const object::turn_order& order, error why);
  void recount(resident& r);
  void settle(residents::iterator r);
  void passivate(residents::iterator r);
  void shrink();

  object::policy limits_;
  std::size_t hosts_;
  environment world_;
  prng random_;
  page_pool pages_;
  program_cache programs_;
  object::scheduler scheduler_;
  residents residents_;  ///< least recently used first
  std::unordered_map<bytes, residents::iterator> by_key_;
  std::unordered_map<std::uint64_t, residents::iterator> by_id_;
  std::unordered_map<std::uint64_t, residents::iterator> by_turn_;  ///< turns in progress
  std::set<std::pair<mono_time, std::uint64_t>> deadlines_;         ///< of those, with their ids
  std::unordered_map<bytes, kept_state> kept_;
  std::deque<std::pair<std::uint64_t, bytes>> kept_order_;  ///< serials and keys of `kept_`
  object::outcome_batch outcomes_;
  std::uint64_t next_serial_ = 1;
  std::uint64_t folded_ = 0;
  std::uint64_t next_id_ = 1;
  std::uint64_t preemptions_ = 0;
  std::uint64_t activations_ = 0;
  std::uint64_t passivations_ = 0;
  std::size_t hot_bytes_ = 0;
  std::uint64_t waiting_ = 0;  ///< orders in mailboxes
  /// Finished turns whose end is not known yet: the place among the outcomes, the begin.
  std::vector<std::pair<std::size_t, mono_time>> untimed_;
};

}  // namespace comet::lua
