#pragma once
// Network coordinates: predict the round trip between two nodes that never spoke (Vivaldi; Dabek,
// Cox, Kaashoek, Morris, SIGCOMM 2004).
//
// A plane and a height, c_e = c_c = 0.25, as the paper recommends. Others' coordinates and round
// trips are claims of strangers: what is absurd is ignored, and no sample moves a node far. Nodes
// send theirs with each reply; each entry of a bucket keeps the last one.

#include <chrono>

#include "base/random.hpp"

namespace comet::overlay {

/// Milliseconds. `error` is the relative error of its predictions, between 0 and 1.
struct coordinate {
  float x = 0;
  float y = 0;
  float height = 0.1F;
  float error = 1;

  friend bool operator==(const coordinate&, const coordinate&) = default;
};

/// Finite, and within what a network on earth can be.
[[nodiscard]] bool is_plausible(const coordinate& c);

[[nodiscard]] std::chrono::nanoseconds predicted_round_trip(const coordinate& a,
                                                            const coordinate& b);

/// `own` after a round trip to a node that stands at `other`. Unchanged by what is absurd: a
/// coordinate that is not plausible, a round trip not above zero or over 10 s. `random` gives the
/// direction when both stand at one place.
[[nodiscard]] coordinate moved(const coordinate& own, const coordinate& other,
                               std::chrono::nanoseconds took, prng& random);

}  // namespace comet::overlay
