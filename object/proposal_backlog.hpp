#pragma once
// What this node proposed in each range and nobody may count on yet, and which keys wait for it.
//
// A leader decides faster than a slow majority, or its own disk, takes what it decided. Without a
// bound all of that would pile up in memory. So when a range has too much on its way its next
// changes wait, and when too much waits they are refused. Neither is decided here: the shard asks
// before each change, and says what was proposed, settled, let wait and let go (shard_backlog.cpp).

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "object/replica/range_replica.hpp"

namespace comet::object {

class proposal_backlog {
 public:
  explicit proposal_backlog(const replica::backlog_terms& terms) : terms_(terms) {}

  struct proposed {
    replica::stamp at;
    std::uint64_t batch = 0;  ///< that holds it
    std::size_t bytes = 0;
  };

  void add(replica::range_id range, const proposed& what);
  /// Forgets from the front on what `is_settled`: it is on the own disk, and chosen or lost.
  template <class Settled>
  void forget_settled(replica::range_id range, Settled is_settled) {
    const auto found = ranges_.find(range);
    if (found == ranges_.end()) return;
    auto& backlog = found->second;
    while (!backlog.proposals.empty() && is_settled(backlog.proposals.front())) {
      backlog.bytes -= backlog.proposals.front().bytes;
      backlog.proposals.pop_front();
    }
    discard_if_empty(range);
  }
  /// Batches from this on are lost.
  void forget_from(std::uint64_t batch);

  /// Changes have to wait.
  [[nodiscard]] bool is_full(replica::range_id range) const;
  /// So much has room again that it is worth while to go on.
  [[nodiscard]] bool has_room(replica::range_id range) const;
  [[nodiscard]] std::size_t proposed_bytes(replica::range_id range) const;

  /// A command of so many bytes begins to wait. False: too much does.
  [[nodiscard]] bool may_hold(replica::range_id range, std::size_t bytes) const;
  void hold(replica::range_id range, std::size_t bytes);
  void let_go(replica::range_id range, std::size_t bytes);
  [[nodiscard]] std::size_t held(replica::range_id range) const;

  /// The key waits until the range has room.
  void wait(replica::range_id range, bytes key, mono_time now);
  /// The keys that waited wait no longer.
  std::vector<bytes> end_wait(replica::range_id range);
  [[nodiscard]] bool has_waiting() const { return !waiting_.empty(); }
  /// Ranges with keys that wait, and since when the first does.
  [[nodiscard]] std::vector<std::pair<replica::range_id, mono_time>> waiting() const;
  [[nodiscard]] const replica::backlog_terms& terms() const { return terms_; }

 private:
  struct backlog {
    std::deque<proposed> proposals;
    std::size_t bytes = 0;  ///< of them
    std::size_t held = 0;   ///< of commands that wait
  };
  struct waiting_keys {
    mono_time since{};
    std::vector<bytes> keys;
  };

  void discard_if_empty(replica::range_id range);

  replica::backlog_terms terms_;
  std::unordered_map<replica::range_id, backlog> ranges_;
  std::unordered_map<replica::range_id, waiting_keys> waiting_;
};

}  // namespace comet::object
