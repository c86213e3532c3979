#pragma once
// How often this node did not obey what replicas of other nodes said. Counted by range_replica and
// replicas, told by INFO and metrics.

#include <cstdint>

namespace comet::object::replica {

/// What came that an honest member of today never sends; counted, not obeyed.
struct refusal_counts {
  std::uint64_t old_epochs = 0;
  std::uint64_t old_ballots = 0;
  std::uint64_t strangers = 0;   ///< not of the group, or of another life
  std::uint64_t forged = 0;      ///< a ballot that is not the sender's, a group that cannot be
  std::uint64_t far_future = 0;  ///< epochs or ballots that nobody can have reached

  [[nodiscard]] std::uint64_t total() const {
    return old_epochs + old_ballots + strangers + forged + far_future;
  }
  refusal_counts& operator+=(const refusal_counts& more) {
    old_epochs += more.old_epochs;
    old_ballots += more.old_ballots;
    strangers += more.strangers;
    forged += more.forged;
    far_future += more.far_future;
    return *this;
  }
};

}  // namespace comet::object::replica
