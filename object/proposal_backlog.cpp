#include "object/proposal_backlog.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace comet::object {

void proposal_backlog::add(replica::range_id range, const proposed& what) {
  auto& backlog = ranges_[range];
  backlog.proposals.push_back(what);
  backlog.bytes += what.bytes;
}

void proposal_backlog::forget_from(std::uint64_t batch) {
  for (auto at = ranges_.begin(); at != ranges_.end();) {
    auto& [proposals, sum, held] = at->second;
    while (!proposals.empty() && proposals.back().batch >= batch) {
      sum -= proposals.back().bytes;
      proposals.pop_back();
    }
    at = proposals.empty() && held == 0 ? ranges_.erase(at) : std::next(at);
  }
}

bool proposal_backlog::is_full(replica::range_id range) const {
  return proposed_bytes(range) >= terms_.proposed_bytes_max;
}

bool proposal_backlog::has_room(replica::range_id range) const {
  return proposed_bytes(range) <= terms_.proposed_bytes_max / 2;
}

std::size_t proposal_backlog::proposed_bytes(replica::range_id range) const {
  const auto found = ranges_.find(range);
  return found == ranges_.end() ? 0 : found->second.bytes;
}

bool proposal_backlog::may_hold(replica::range_id range, std::size_t bytes) const {
  return held(range) + bytes <= terms_.held_bytes_max;
}

void proposal_backlog::hold(replica::range_id range, std::size_t bytes) {
  ranges_[range].held += bytes;
}

void proposal_backlog::let_go(replica::range_id range, std::size_t bytes) {
  auto& held = ranges_.at(range).held;
  COMET_CHECK(held >= bytes);
  held -= bytes;
  discard_if_empty(range);
}

std::size_t proposal_backlog::held(replica::range_id range) const {
  const auto found = ranges_.find(range);
  return found == ranges_.end() ? 0 : found->second.held;
}

void proposal_backlog::wait(replica::range_id range, bytes key, mono_time now) {
  auto& those = waiting_[range];
  if (those.keys.empty()) those.since = now;
  those.keys.push_back(std::move(key));
}

std::vector<bytes> proposal_backlog::end_wait(replica::range_id range) {
  auto ended = waiting_.extract(range);
  return ended ? std::move(ended.mapped().keys) : std::vector<bytes>{};
}

std::vector<std::pair<replica::range_id, mono_time>> proposal_backlog::waiting() const {
  std::vector<std::pair<replica::range_id, mono_time>> all;
  for (const auto& [range, those] : waiting_)
    all.emplace_back(range, those.since);
  std::sort(all.begin(), all.end());
  return all;
}

void proposal_backlog::discard_if_empty(replica::range_id range) {
  const auto found = ranges_.find(range);
  if (found->second.proposals.empty() && found->second.held == 0) ranges_.erase(found);
}

}  // namespace comet::object
