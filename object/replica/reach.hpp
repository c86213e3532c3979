#pragma once
// How far a range's history can have come by now, as one node can tell.
//
// Epochs and ballots only grow, and who believes in one that nobody has reached takes no honest one
// ever after: it would stay with its liar for good. So what a message says of them is measured by
// what the node knows, before anything else is done with it. Used by range_replica and replicas.

#include <cstdint>

#include "object/replica/group.hpp"
#include "object/replica/message.hpp"

namespace comet::object::replica {

/// Changes of group that a node may have missed: a range that changes ten times a second all the
/// time has so many in a day.
inline constexpr std::uint64_t epochs_ahead_max = 1'000'000;
/// Where a node knows nothing of a range.
inline constexpr std::uint64_t first_epoch_max = std::uint64_t{1} << 40U;
/// An honest candidate goes one beyond what it has seen; a thousand members fail a thousand times
/// each before they reach this.
inline constexpr std::uint64_t attempts_ahead_max = 1'000'000;

/// How far a range has come: the epoch, and the ballot within it.
struct reach {
  std::uint64_t epoch = 0;
  ballot by = 0;

  friend auto operator<=>(const reach&, const reach&) = default;
};

[[nodiscard]] bool can_be_reached(const reach& claimed, const reach& known);
/// It names an epoch or a ballot, of itself or of a value, that nobody can have reached.
[[nodiscard]] bool is_far_future(const message& what, const reach& known);

}  // namespace comet::object::replica
