#include "tests/sim/replication_network.hpp"

#include <algorithm>

namespace comet::sim {

std::optional<std::chrono::nanoseconds> replication_network::carry(std::size_t from, std::size_t to,
                                                                   mono_time now, prng& chance) {
  if (is_cut(from, to, now) || chance.unit() < quality_.loss) return std::nullopt;
  const auto usual = static_cast<std::uint64_t>(quality_.delay.count());
  std::chrono::nanoseconds takes = std::chrono::microseconds{usual + chance.below(3 * usual + 1)};
  if (chance.unit() < quality_.late) {
    const auto latest = std::chrono::microseconds{quality_.latest};
    takes +=
        std::chrono::microseconds{chance.below(static_cast<std::uint64_t>(latest.count()) + 1)};
  }
  return takes;
}

void replication_network::cut(std::size_t from, std::size_t to, mono_time until) {
  auto& there = cut_until_[from * nodes_ + to];
  there = std::max(there, until);
}

void replication_network::divide(const std::vector<std::size_t>& one_side, mono_time until) {
  const auto is_here = [&](std::size_t node) {
    return std::find(one_side.begin(), one_side.end(), node) != one_side.end();
  };
  for (std::size_t a = 0; a < nodes_; ++a)
    for (std::size_t b = 0; b < nodes_; ++b)
      if (is_here(a) != is_here(b)) cut(a, b, until);
}

void replication_network::heal(const network_quality& quality) {
  std::fill(cut_until_.begin(), cut_until_.end(), mono_time{});
  quality_ = quality;
}

}  // namespace comet::sim
