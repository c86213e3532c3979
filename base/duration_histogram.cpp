#include "base/duration_histogram.hpp"

#include <algorithm>

namespace comet {

void duration_histogram::add(std::chrono::nanoseconds took, std::uint64_t times) {
  took = std::max(took, std::chrono::nanoseconds{0});
  std::size_t bucket = 0;
  while (bucket < bounds.size() && took > bounds[bucket])
    ++bucket;
  counts_[bucket] += times;
  count_ += times;
  sum_ += took * static_cast<std::int64_t>(times);
}

}  // namespace comet
