#include "base/random.hpp"

#include <bit>

#include "base/check.hpp"

namespace comet {

prng::prng(std::uint64_t seed) {
  for (auto& word : state_) {
    seed += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    word = z ^ (z >> 31U);
  }
}

prng::result_type prng::operator()() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17U;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t prng::below(std::uint64_t bound) {
  COMET_CHECK(bound > 0);
  const std::uint64_t limit = max() - max() % bound;
  for (;;) {
    const std::uint64_t drawn = (*this)();
    if (drawn < limit) return drawn % bound;
  }
}

double prng::unit() {
  return static_cast<double>((*this)() >> 11U) * 0x1.0p-53;
}

}  // namespace comet
