#pragma once
// Seeded randomness: every room that needs chance takes a `prng&`, so a seed replays a run.

#include <array>
#include <cstdint>

namespace comet {

/// xoshiro256** 1.0 (Blackman and Vigna, 2018), seeded through splitmix64. Not for secrets.
class prng {
 public:
  using result_type = std::uint64_t;

  explicit prng(std::uint64_t seed);

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()();

  /// Uniform in [0, bound); `bound` > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1).
  double unit();

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace comet
