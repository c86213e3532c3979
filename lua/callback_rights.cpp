#include "lua/callback_rights.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.hpp"

namespace comet::lua {

namespace {

std::size_t size_of(const bytes& key) {
  return key.size() + sizeof(bytes);
}

}  // namespace

bytes callback_rights::remove(std::size_t place) {
  const auto at = keys_.begin() + static_cast<std::ptrdiff_t>(place);
  bytes key = std::move(*at);
  keys_.erase(at);
  bytes_ -= size_of(key);
  return key;
}

void callback_rights::insert(std::size_t place, bytes key) {
  bytes_ += size_of(key);
  const auto at = std::min(place, keys_.size());
  keys_.insert(keys_.begin() + static_cast<std::ptrdiff_t>(at), std::move(key));
}

void callback_rights::grant(bytes_view key) {
  insert(keys_.size(), bytes{key});
  changes_.push_back({true, 0, bytes{key}});
  while (bytes_ > bytes_max)
    changes_.push_back({false, 0, remove(0)});
}

bool callback_rights::allow(bytes_view key) const {
  return std::ranges::find(keys_, key) != keys_.end();
}

void callback_rights::use(bytes_view key, bool for_good) {
  const auto found = std::ranges::find(keys_, key);
  COMET_CHECK(found != keys_.end());
  const auto place = static_cast<std::size_t>(found - keys_.begin());
  bytes used = remove(place);
  if (!for_good) changes_.push_back({false, place, std::move(used)});
}

/// The last change first. What was used for good may have moved the others, so the key that was
/// granted is looked for; it is gone when it was used for good itself.
void callback_rights::take_back() {
  for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
    if (!change->granted) {
      insert(change->place, std::move(change->key));
      continue;
    }
    const auto last = std::find(keys_.rbegin(), keys_.rend(), change->key);
    if (last != keys_.rend()) remove(static_cast<std::size_t>(keys_.rend() - last) - 1);
  }
  changes_.clear();
}

}  // namespace comet::lua
