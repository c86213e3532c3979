#pragma once
// How long something took, as counts in fixed buckets: what a metric of Prometheus needs of it.
//
// The bounds are the same for every histogram of a node, so they can be added up and compared: from
// a handler that runs some microseconds to an fsync of a sick disk. Adding costs a few comparisons
// and no memory. A plain value with one owner; pure. Used wherever something is timed.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace comet {

class duration_histogram {
 public:
  /// Upper bounds, each inclusive; one more bucket takes what is longer than the last.
  static constexpr std::array<std::chrono::microseconds, 13> bounds{
      std::chrono::microseconds{10},  std::chrono::microseconds{30}, std::chrono::microseconds{100},
      std::chrono::microseconds{300}, std::chrono::milliseconds{1},  std::chrono::milliseconds{3},
      std::chrono::milliseconds{10},  std::chrono::milliseconds{30}, std::chrono::milliseconds{100},
      std::chrono::milliseconds{300}, std::chrono::seconds{1},       std::chrono::seconds{3},
      std::chrono::seconds{10},
  };

  /// `times` events that took as long each. Less than nothing counts as nothing.
  void add(std::chrono::nanoseconds took, std::uint64_t times = 1);

  /// Events of one bucket alone; the last one, `bounds.size()`, has no upper bound.
  [[nodiscard]] std::uint64_t in_bucket(std::size_t i) const { return counts_[i]; }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::chrono::nanoseconds sum() const { return sum_; }

 private:
  std::array<std::uint64_t, bounds.size() + 1> counts_{};
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds sum_{0};
};

}  // namespace comet
