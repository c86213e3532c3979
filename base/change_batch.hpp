#pragma once
// Changes to the ordered store that happen together: what the shard decides and the store applies.
//
// It stands in base because its two users are siblings that never include each other.

#include <cstdint>
#include <utility>
#include <vector>

#include "base/bytes.hpp"

namespace comet {

/// Changes in order; a later change of a key wins.
struct change_batch {
  struct change {
    enum class kind : std::uint8_t { put, erase, erase_range };
    kind what = kind::put;
    bytes key;    ///< erase_range: first key of the range
    bytes value;  ///< erase_range: first key after the range
  };
  std::vector<change> changes;

  void put(bytes key, bytes value) {
    changes.push_back({change::kind::put, std::move(key), std::move(value)});
  }
  void erase(bytes key) { changes.push_back({change::kind::erase, std::move(key), {}}); }
  void erase_range(bytes from, bytes to) {
    changes.push_back({change::kind::erase_range, std::move(from), std::move(to)});
  }
  [[nodiscard]] bool empty() const { return changes.empty(); }
};

}  // namespace comet
