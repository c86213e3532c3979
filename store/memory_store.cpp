#include "store/memory_store.hpp"

#include <mutex>

namespace comet::store {

bool memory_store::planned_fault::strikes() {
  if (count == 0) return false;
  if (spared > 0) {
    --spared;
    return false;
  }
  --count;
  return true;
}

void memory_store::keep(const bytes& key) {
  if (safety_ == durability::always) return;
  const auto found = entries_.find(key);
  unsafe_.push_back(
      {key, found == entries_.end() ? std::nullopt : std::optional<bytes>{found->second}});
}

void memory_store::apply(const batch::change& change) {
  switch (change.what) {
    case batch::change::kind::put:
      keep(change.key);
      entries_[change.key] = change.value;
      break;
    case batch::change::kind::erase:
      keep(change.key);
      entries_.erase(change.key);
      break;
    case batch::change::kind::erase_range: {
      if (change.key >= change.value) break;
      const auto first = entries_.lower_bound(change.key);
      const auto last = entries_.lower_bound(change.value);
      for (auto each = first; each != last; ++each)
        keep(each->first);
      entries_.erase(first, last);
      break;
    }
  }
}

result<void> memory_store::commit(const batch& changes) {
  const std::unique_lock lock(mutex_);
  if (commit_fault_.strikes()) {
    return {commit_fault_.why, "the memory store was told to refuse this commit"};
  }
  for (const auto& change : changes.changes)
    apply(change);
  return {};
}

result<void> memory_store::sync() {
  const std::unique_lock lock(mutex_);
  if (sync_fault_.strikes()) {
    return {sync_fault_.why, "the memory store was told to refuse this sync"};
  }
  unsafe_.clear();
  return {};
}

result<std::optional<bytes>> memory_store::load(bytes_view key) {
  const std::shared_lock lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::optional<bytes>{};
  return std::optional<bytes>{found->second};
}

result<std::vector<std::optional<bytes>>> memory_store::load_all(const std::vector<bytes>& keys) {
  const std::shared_lock lock(mutex_);
  std::vector<std::optional<bytes>> values(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (const auto found = entries_.find(keys[i]); found != entries_.end()) {
      values[i] = found->second;
    }
  }
  return values;
}

result<std::vector<entry>> memory_store::scan(bytes_view from, bytes_view to, std::size_t limit) {
  const std::shared_lock lock(mutex_);
  std::vector<entry> found;
  for (auto each = entries_.lower_bound(from); each != entries_.end(); ++each) {
    if (found.size() == limit || (!to.empty() && each->first >= to)) break;
    found.emplace_back(*each);
  }
  return found;
}

void memory_store::fail_commits(errc why, std::size_t count, std::size_t spared) {
  const std::unique_lock lock(mutex_);
  commit_fault_ = {why, spared, count};
}

void memory_store::fail_syncs(errc why, std::size_t count) {
  const std::unique_lock lock(mutex_);
  sync_fault_ = {why, 0, count};
}

void memory_store::crash() {
  const std::unique_lock lock(mutex_);
  for (; !unsafe_.empty(); unsafe_.pop_back()) {
    auto& [key, value] = unsafe_.back();
    if (value) {
      entries_[key] = std::move(*value);
    } else {
      entries_.erase(key);
    }
  }
  commit_fault_ = {};
  sync_fault_ = {};
}

std::size_t memory_store::size() const {
  const std::shared_lock lock(mutex_);
  return entries_.size();
}

}  // namespace comet::store
