#pragma once
// The coroutine scheduler of an executor: which object runs its next slice.
//
// Turns run in slices of fuel. Within an owner the objects take turns (round robin); owners share
// by weight: each has a virtual time that advances by the fuel charged over its weight, and the
// owner that is furthest behind is next (stride scheduling: Waldspurger and Weihl, MIT/LCS/TM-528,
// 1995). So an owner with ten thousand objects gets no more than one with a single busy object. Who
// was idle joins at the present virtual time: sleeping saves up nothing, and leaving does not wipe
// out a debt.
//
// An owner may also be held to a rate: what it took beyond a second's worth is waited for, all its
// objects standing aside meanwhile (the generic cell rate algorithm: ITU-T I.371).
//
// Called by lua::host alone: `make_runnable` when an object has something to do, `next` for each
// slice, `charge` after it, `remove` when the object is passivated. No clock and no randomness.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace comet::object {

class scheduler {
 public:
  using object_id = std::uint64_t;
  using owner_id = std::uint64_t;

  static constexpr std::uint32_t default_weight = 100;
  static constexpr std::uint32_t weight_max = 10'000;

  scheduler() = default;
  scheduler(const scheduler&) = delete;
  scheduler& operator=(const scheduler&) = delete;
  scheduler(scheduler&&) = default;
  scheduler& operator=(scheduler&&) = default;
  ~scheduler() = default;

  /// `object` of `owner` has something to run: it lines up behind the owner's others. Nothing
  /// changes if it stands in line already; if it is running, it lines up again when it is charged.
  /// An object keeps its owner until it is removed.
  void make_runnable(object_id object, owner_id owner);

  /// Takes the next object out of line; it runs until `charge` or `remove`. Nothing: all idle, or
  /// held back by their rate until `next_release`.
  std::optional<object_id> next(mono_time now);

  /// The slice of a running object is over and took `fuel` instructions (counted as at least one).
  /// It lines up again when it is `still_runnable` or was made runnable while it ran.
  void charge(object_id object, std::uint64_t fuel, bool still_runnable);

  /// Forgets an object in whatever state; one that is running is charged first. Unknown: no effect.
  void remove(object_id object);

  /// Shares are in proportion to weights, 1 to `weight_max`; others are taken to the nearest of
  /// them. Also for owners that have no object; all begin with `default_weight`.
  void set_weight(owner_id owner, std::uint32_t weight);

  /// Instead of all weights set before; who is not among them has `default_weight`.
  void set_weights(const std::vector<std::pair<owner_id, std::uint32_t>>& weights);

  /// What each owner may take a second, with a second's worth in advance. 0: no limit. Begins anew
  /// for everybody when it changes.
  void set_rate(std::uint64_t fuel_per_second);

  /// When the first of the owners that their rate holds back may go on.
  [[nodiscard]] std::optional<mono_time> next_release() const;
  [[nodiscard]] std::uint64_t times_held() const { return times_held_; }  ///< owners, so far
  /// Is the owner of `object` held back by its rate, or was it at any moment from `since` on?
  [[nodiscard]] bool was_held(object_id object, mono_time since) const;

  [[nodiscard]] bool empty() const { return line_.empty(); }      ///< may nobody run now?
  [[nodiscard]] std::size_t waiting() const { return waiting_; }  ///< objects in line
  [[nodiscard]] std::size_t objects() const { return objects_.size(); }
  [[nodiscard]] std::size_t owners() const { return owners_.size(); }

 private:
  enum class standing : std::uint8_t { idle, in_line, running, running_and_awaited };

  struct owner_account;
  struct object_entry {
    object_id id = 0;
    owner_account* owner = nullptr;
    standing state = standing::idle;
    object_entry* previous = nullptr;
    object_entry* next = nullptr;
  };
  struct owner_account {
    owner_id id = 0;
    std::uint64_t virtual_time = 0;  ///< wraps; compared by difference
    std::uint64_t turn = 0;          ///< breaks ties: who lined up first
    std::uint32_t weight = default_weight;
    std::size_t place = nowhere;          ///< in `line_`
    mono_time paid_until{};               ///< what it took is within its rate then
    std::optional<mono_time> held_until;  ///< set: stands in `held_`, not in `line_`
    std::optional<mono_time> released;    ///< when it was held back last
    std::size_t objects = 0;              ///< known, in any state
    bool departed = false;                ///< stands in `departed_`
    object_entry* first = nullptr;
    object_entry* last = nullptr;
  };
  static constexpr std::size_t nowhere = ~std::size_t{0};

  static bool before(const owner_account& a, const owner_account& b);
  void line_up(object_entry& object);
  void leave_line(object_entry& object);
  void enter(owner_account& owner);
  [[nodiscard]] mono_time release_of(const owner_account& owner) const;
  void release_due();
  void readmit(owner_account& owner);
  void leave(owner_account& owner);
  void restore_order(std::size_t place);
  void put(owner_account& owner, std::size_t place);
  void forget_settled();

  std::unordered_map<object_id, object_entry> objects_;
  std::unordered_map<owner_id, owner_account> owners_;
  std::unordered_map<owner_id, std::uint32_t> weights_;  ///< those that are not the default
  std::vector<owner_account*> line_;                     ///< heap of owners with objects in line
  std::set<std::pair<mono_time, owner_id>> held_;  ///< owners with objects in line, by release
  std::vector<owner_id> departed_;  ///< owners that had no object left; some may be back
  std::uint64_t virtual_time_ = 0;  ///< of the owner that was chosen last
  std::uint64_t turns_ = 0;
  std::size_t waiting_ = 0;
  std::uint64_t rate_ = 0;  ///< fuel a second
  mono_time now_{};         ///< of the last `next`
  std::uint64_t times_held_ = 0;
};

}  // namespace comet::object
