#include "object/replica/asked_groups.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace comet::object::replica {

namespace {

template <class Key>
void take_one(std::map<Key, std::uint64_t>& sums, const Key& key) {
  const auto found = sums.find(key);
  COMET_CHECK(found != sums.end());
  if (--found->second == 0) sums.erase(found);
}

}  // namespace

void asked_groups::add(range_id range, const asked_replicas& asked) {
  if (asked.empty()) return;
  auto& sum = ranges_[range];
  ++sum.counts[asked.count];
  if (asked.interval.count() > 0) ++sum.intervals[asked.interval];
  for (const auto& node : asked.nodes)
    ++sum.nodes[node];
}

void asked_groups::remove(range_id range, const asked_replicas& asked) {
  if (asked.empty()) return;
  const auto found = ranges_.find(range);
  COMET_CHECK(found != ranges_.end());
  auto& sum = found->second;
  take_one(sum.counts, asked.count);
  if (asked.interval.count() > 0) take_one(sum.intervals, asked.interval);
  for (const auto& node : asked.nodes)
    take_one(sum.nodes, node);
  if (sum.counts.empty()) ranges_.erase(found);
}

std::vector<range_id> asked_groups::asking() const {
  std::vector<range_id> found;
  for (const auto& [range, sum] : ranges_)
    found.push_back(range);
  return found;
}

std::size_t asked_groups::count(range_id range) const {
  const auto found = ranges_.find(range);
  return found == ranges_.end() ? 0 : found->second.counts.rbegin()->first;
}

std::chrono::milliseconds asked_groups::interval(range_id range) const {
  const auto found = ranges_.find(range);
  if (found == ranges_.end() || found->second.intervals.empty()) return {};
  return found->second.intervals.begin()->first;
}

std::vector<digest> asked_groups::nodes(range_id range) const {
  const auto found = ranges_.find(range);
  if (found == ranges_.end()) return {};
  std::vector<std::pair<digest, std::uint64_t>> named(found->second.nodes.begin(),
                                                      found->second.nodes.end());
  std::ranges::stable_sort(named, [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<digest> nodes;
  nodes.reserve(named.size());
  for (const auto& [node, objects] : named)
    nodes.push_back(node);
  return nodes;
}

}  // namespace comet::object::replica
