#pragma once
// The callback keys that an object may put, once for each get that named one.
//
// A turn that fails leaves them as they were before it: the right of its own get ends with it, and
// what it meant to send is allowed again. A put that left in the middle of the turn is used up, or
// an object could send without end by failing each time. Bounded in bytes, the oldest go first. In
// memory only; owned by lua/turn_scope.

#include <cstddef>
#include <deque>
#include <vector>

#include "base/bytes.hpp"

namespace comet::lua {

class callback_rights {
 public:
  static constexpr std::size_t bytes_max = std::size_t{64} << 10U;

  /// A turn begins; what the last one did stays.
  void begin() { changes_.clear(); }
  void grant(bytes_view key);
  [[nodiscard]] bool allow(bytes_view key) const;
  /// Uses one right to `key`, which there is. `for_good`: the put leaves whatever becomes of the
  /// turn.
  void use(bytes_view key, bool for_good);
  /// The turn failed.
  void take_back();

  /// Those held, oldest first.
  [[nodiscard]] std::vector<bytes> keys() const { return {keys_.begin(), keys_.end()}; }
  [[nodiscard]] std::size_t count() const { return keys_.size(); }
  [[nodiscard]] std::size_t bytes_held() const { return bytes_; }

 private:
  struct change {
    bool granted = false;
    std::size_t place = 0;  ///< where the key was
    bytes key;
  };

  bytes remove(std::size_t place);
  void insert(std::size_t place, bytes key);

  std::deque<bytes> keys_;  ///< oldest first
  std::size_t bytes_ = 0;
  std::vector<change> changes_;  ///< of this turn, in order
};

}  // namespace comet::lua
