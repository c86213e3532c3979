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
#include "object/replica/lease_book.hpp"
#include "object/replica/range_replica.hpp"

namespace comet::object::replica {

struct replicas_options {
  member self;
  bool founds = false;  ///< ranges that nobody wrote down are this node's alone
  std::map<range_id, range_register> registers;
  std::size_t copies = 3;        ///< of each range, where the network has as many nodes
  std::size_t changes_max = 64;  ///< groups that change at a time, of those led here
  lease_terms leases;
  replica_terms terms;
};

class replicas {
 public:
  using standing = range_replica::standing;

  replicas(replicas_options options, mono_time started);

  [[nodiscard]] standing stands(range_id range, mono_time now);
  /// Who to send commands of this range to; nothing: unknown here.
  [[nodiscard]] std::optional<digest> leader(range_id range);
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
  void on_message(const member& from, range_id range, message what, mono_time now);
  void on_durable(range_id range, std::uint64_t number, mono_time now);
  void on_listed(range_id range, std::uint64_t ticket, listing page, mono_time now);
  void on_read(range_id range, std::uint64_t ticket, std::vector<entry> entries, mono_time now);
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
  [[nodiscard]] std::size_t changing() const;
  [[nodiscard]] const member& self() const { return options_.self; }

 private:
  struct route {
    std::uint64_t epoch = 0;
    ballot by = 0;
    digest leader{};
  };

  range_replica* find(range_id range);
  range_replica& obtain(range_id range);
  void touch(range_id range) { touched_.insert(range); }
  [[nodiscard]] std::vector<member> wanted(range_id range) const;
  void hand_out_wants();

  replicas_options options_;
  lease_book leases_;
  std::array<std::unique_ptr<range_replica>, ranges> ranges_;
  std::array<route, ranges> routes_{};
  std::vector<std::pair<digest, member>> staying_;  ///< with lives; this node included
  std::set<member> known_;                          ///< in the network, staying or not
  std::set<digest> leaving_;
  std::set<range_id> unwanted_;  ///< led here, and not told yet who should keep them
  std::set<range_id> touched_;
  std::set<range_id> serving_;
};

}  // namespace comet::object::replica
