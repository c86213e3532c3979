#pragma once
// All ranges of one node: which it leads, who leads the others, who should keep them.
//
// The shard asks it before each command, hands it what peers say and what the network looks like,
// and carries out the effects of the ranges that were touched. The first node of a network has all
// ranges and writes down none of them until it has to; another has none until it is told. Where a
// range is not kept here, its leader is known from what leaders announce to all. Pure; owned by
// object/shard.

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "base/time.hpp"
#include "object/key_map.hpp"
#include "object/replica/asked_groups.hpp"
#include "object/replica/lease_book.hpp"
#include "object/replica/progress.hpp"
#include "object/replica/range_replica.hpp"
#include "object/replica/reach.hpp"

namespace comet::object::replica {

struct replicas_options {
  member self;
  bool newborn = false;  ///< no process of this life ran before
  bool founds = false;   ///< ranges that nobody wrote down are this node's alone
  std::map<range_id, range_register> registers;
  std::size_t copies = 3;      ///< of each range, where the network has as many nodes
  std::size_t copies_max = 7;  ///< where objects ask for more
  std::chrono::milliseconds interval_min{60'000};  ///< between comparisons that they ask for
  asked_groups asked;                              ///< what the objects of the store ask for
  /// Between two looks at what the objects of a range ask for: each may move all copies of it.
  std::chrono::milliseconds asked_pause{10'000};
  std::size_t changes_max = 64;  ///< groups that change at a time, of those led here
  lease_terms leases;
  replica_terms terms;
};

/// A node said what no honest one says: the first time for each kind of it.
struct complaint {
  enum class kind : std::uint8_t { forged, far_future };
  member about;
  range_id range = 0;
  kind why = kind::forged;
};

class replicas {
 public:
  using standing = range_replica::standing;

  replicas(replicas_options options, mono_time started);

  [[nodiscard]] standing stands(range_id range, mono_time now);
  /// Who to send commands of this range to; nothing: unknown here.
  [[nodiscard]] std::optional<digest> leader(range_id range);
  /// For those who watch; null: nothing is kept of it.
  [[nodiscard]] const range_replica* look(range_id range) const { return ranges_[range].get(); }
  /// The members as this node knows them; empty: it does not.
  [[nodiscard]] const group& members(range_id range);
  /// Commands of the range are carried out here; whether leases hold is not looked at.
  [[nodiscard]] bool serves(range_id range) const { return serving_.contains(range); }
  [[nodiscard]] const std::set<range_id>& served() const { return serving_; }

  /// Only where it leads (see range_replica).
  stamp propose(range_id range, bytes key, bool erased, bytes value);
  /// It was proposed here, this node leads as it did then, and it is not chosen yet.
  [[nodiscard]] bool is_undecided(range_id range, const stamp& at);
  /// Members that have a value of this stamp on disk, as far as this node, which leads, knows.
  [[nodiscard]] std::size_t copies_of(range_id range, const stamp& at);
  /// Of a range that this node keeps and does not lead (see range_replica).
  [[nodiscard]] std::optional<copy_age> copy(range_id range);
  void begin_turn(range_id range);
  void end_turn(range_id range);

  void on_network(const key_map& map, mono_time now);
  /// An object of the range asks for `now`, and asked for `before`. The group follows in `on_tick`.
  void on_asked(range_id range, const asked_replicas& before, const asked_replicas& now);
  void set_bounds(std::size_t copies_max, std::chrono::milliseconds interval_min);
  void on_message(const member& from, range_id range, message what, mono_time now);
  void on_durable(range_id range, std::uint64_t number, mono_time now);
  void on_listed(range_id range, std::uint64_t ticket, listing page, mono_time now);
  void on_read(range_id range, std::uint64_t ticket, std::vector<entry> entries, mono_time now);
  /// True: it is to be made again (see range_replica).
  bool on_look_failed(range_id range, std::uint64_t ticket);
  /// At any rate that suits; the ranges where something is under way hear of each, the others of
  /// one in `calm_pause`.
  void on_tick(mono_time now);
  /// What was written since `lost` and not made durable is gone: as after a restart.
  void forget_undurable(range_id range, std::optional<range_register> durable);

  lease_book& leases() { return leases_; }
  /// Effects of the ranges that were touched since the last call, in the order of the ranges.
  std::vector<std::pair<range_id, effects>> take(mono_time now);
  /// What other nodes should know: all that is led here.
  [[nodiscard]] std::vector<std::pair<range_id, leading>> announcements() const;

  /// This node leaves, and no group counts on it any more.
  [[nodiscard]] bool is_released() const;
  /// Nothing is under way that `on_tick` brings on, but leases that run out.
  [[nodiscard]] bool is_calm() const {
    return restless_.empty() && unwanted_.empty() && asked_anew_.empty();
  }
  [[nodiscard]] std::size_t changing() const;
  [[nodiscard]] replica_progress progress() const;
  [[nodiscard]] const member& self() const { return options_.self; }
  /// Of all ranges, since the start.
  [[nodiscard]] refusal_counts refused() const;
  /// In their order, and bounded: nothing goes from them. Who logs them remembers how many it has.
  [[nodiscard]] const std::vector<complaint>& complaints() const { return complaints_; }

 private:
  struct route {
    reach at;
    digest leader{};
  };
  static constexpr std::size_t complaints_max = 256;
  static constexpr std::size_t tick_parts = 20;  ///< of the ranges: calm ones hear in turn
  static constexpr std::chrono::milliseconds calm_pause{200};

  std::unique_ptr<range_replica> made(range_register restored);
  range_replica* find(range_id range);
  range_replica& obtain(range_id range);
  void touch(range_id range) {
    touched_.insert(range);
    leads_until_[range] = mono_time{};
  }
  [[nodiscard]] std::vector<member> wanted(range_id range) const;
  [[nodiscard]] std::set<digest> named_and_staying(range_id range) const;
  [[nodiscard]] std::chrono::milliseconds interval(range_id range) const;
  void tick(range_id range, mono_time now);
  void heed_asked(mono_time now);
  void hand_out_wants();
  void hear_leader(const member& from, range_id range, const leading& told);
  void complain(const member& about, range_id range, const refusal_counts& before,
                const refusal_counts& after);

  replicas_options options_;
  lease_book leases_;
  std::array<std::unique_ptr<range_replica>, ranges> ranges_;
  std::array<route, ranges> routes_{};
  std::vector<std::pair<digest, member>> staying_;  ///< with lives; this node included
  std::set<member> known_;                          ///< in the network, staying or not
  std::set<digest> leaving_;
  std::set<range_id> unwanted_;           ///< led here, and not told yet who should keep them
  std::set<range_id> asked_anew_;         ///< what their objects ask for has changed
  std::map<range_id, mono_time> heeded_;  ///< when what their objects ask for was looked at last
  std::uint64_t made_ = 0;                ///< replicas of ranges, each with looks of its own
  std::set<range_id> touched_;
  std::set<range_id> restless_;  ///< as they stood at their last `take`
  mono_time ticked_{};
  std::size_t tick_part_ = 0;
  /// A range is led here until then, as long as it is not touched: looked up for each command.
  std::array<mono_time, ranges> leads_until_{};
  std::set<range_id> serving_;
  std::uint64_t taken_over_ = 0;
  refusal_counts refused_;  ///< what no range counts any more, or ever did
  std::vector<complaint> complaints_;
};

}  // namespace comet::object::replica
