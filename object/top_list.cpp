#include "object/top_list.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/digest.hpp"

namespace comet::object {

top_list::top_list(std::size_t capacity) : capacity_(capacity) {
  COMET_CHECK(capacity > 0 && capacity <= std::size_t{1} << 16U);
}

void top_list::add(bytes_view key, std::uint64_t weight, place& at) {
  if (weight == 0) return;
  if (find(key, at)) {
    rows_[at].value += weight;
    return;
  }
  if (rows_.size() < capacity_) {
    at = static_cast<place>(rows_.size());
    put(rows_.size(), key, weight, 0);
    return;
  }
  const std::size_t leaves = smallest();
  const std::uint64_t inherited = rows_[leaves].value;
  at = static_cast<place>(leaves);
  put(leaves, key, inherited + weight, inherited);
  floor_ = inherited;
}

void top_list::set(bytes_view key, std::uint64_t level, place& at) {
  if (find(key, at)) {
    rows_[at].value = level;
    floor_ = std::min(floor_, level);
    if (level == 0) drop(at);
    return;
  }
  if (level == 0) return;
  std::size_t where = rows_.size();
  if (where == capacity_) {
    where = smallest();
    floor_ = rows_[where].value;
    if (level <= floor_) return;
  }
  at = static_cast<place>(where);
  put(where, key, level, 0);
}

std::uint64_t top_list::least() const {
  return rows_.size() < capacity_ ? 0 : rows_[smallest()].value;
}

std::vector<top_list::row> top_list::top(std::size_t count) const {
  auto sorted = rows_;
  std::ranges::sort(sorted, [](const row& a, const row& b) {
    return a.value != b.value ? a.value > b.value : a.key < b.key;
  });
  if (sorted.size() > count) sorted.resize(count);
  return sorted;
}

bool top_list::find(bytes_view key, place& at) const {
  if (at < rows_.size() && rows_[at].key == key) return true;
  const auto hash = table_hash(key);
  for (std::size_t i = 0; i < hashes_.size(); ++i) {
    if (hashes_[i] != hash || rows_[i].key != key) continue;
    at = static_cast<place>(i);
    return true;
  }
  return false;
}

/// Of equal ones the first key, so that who leaves does not hang on chance.
std::size_t top_list::smallest() const {
  std::size_t found = 0;
  for (std::size_t i = 1; i < rows_.size(); ++i) {
    const auto& a = rows_[i];
    const auto& b = rows_[found];
    if (a.value < b.value || (a.value == b.value && a.key < b.key)) found = i;
  }
  return found;
}

/// `i` is a row to be replaced, or the end.
void top_list::put(std::size_t i, bytes_view key, std::uint64_t value, std::uint64_t error) {
  if (i == rows_.size()) {
    rows_.emplace_back();
    hashes_.push_back(0);
  }
  rows_[i].key.assign(key);
  rows_[i].value = value;
  rows_[i].error = error;
  hashes_[i] = table_hash(key);
}

void top_list::drop(std::size_t i) {
  floor_ = 0;
  if (i + 1 < rows_.size()) {
    rows_[i] = std::move(rows_.back());
    hashes_[i] = hashes_.back();
  }
  rows_.pop_back();
  hashes_.pop_back();
}

}  // namespace comet::object
