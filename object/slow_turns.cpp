#include "object/slow_turns.hpp"

#include <algorithm>

namespace comet::object {

void slow_turns::keep(const turn_seen& seen) {
  slow_turn& one = turns_.at(next_);
  next_ = (next_ + 1) % kept_max;
  std::copy_n(seen.key.begin(), std::min(seen.key.size(), one.key.size()), one.key.begin());
  one.key_bytes = seen.key.size();
  one.waited = seen.waited;
  one.ran = seen.ran;
  one.fuel = seen.fuel;
  one.activated = seen.activated;
}

const slow_turn* slow_turns::find(bytes_view start, std::size_t key_bytes) const {
  const bytes_view wanted = start.substr(0, slow_turn::key_kept_max);
  for (std::size_t back = 1; back <= kept_max; ++back) {
    const slow_turn& one = turns_.at((next_ + kept_max - back) % kept_max);
    if (one.key_bytes == 0) return nullptr;
    const std::size_t kept = std::min(one.key_bytes, slow_turn::key_kept_max);
    if (one.key_bytes == key_bytes && bytes_view{one.key.data(), kept} == wanted) return &one;
  }
  return nullptr;
}

}  // namespace comet::object
