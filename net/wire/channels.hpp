#pragma once
// Publish and subscribe: which subscribers listen to which channels and patterns.
//
// One registry an I/O thread. It keeps no message: what nobody hears is gone, as in Redis. A
// subscriber unsubscribes from all before it ends (session's destructor does), and the registry
// does not change during a delivery.

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/bytes.hpp"

namespace comet::wire {

class subscriber {
 public:
  subscriber() = default;
  subscriber(const subscriber&) = delete;
  subscriber& operator=(const subscriber&) = delete;
  virtual ~subscriber() = default;

  virtual void on_message(bytes_view channel, bytes_view message) = 0;
  virtual void on_pattern_message(bytes_view pattern, bytes_view channel, bytes_view message) = 0;
};

class channels {
 public:
  /// False: `who` listens already.
  bool subscribe(subscriber& who, bytes_view channel);
  bool unsubscribe(subscriber& who, bytes_view channel);
  bool subscribe_pattern(subscriber& who, bytes_view pattern);
  bool unsubscribe_pattern(subscriber& who, bytes_view pattern);

  /// Delivers `message` to channel subscribers, then to pattern subscribers; how many deliveries.
  std::int64_t publish(bytes_view channel, bytes_view message);

  /// Channels with subscribers that match `pattern` (empty: all).
  [[nodiscard]] std::vector<bytes> active(bytes_view pattern) const;
  [[nodiscard]] std::int64_t subscribers_of(bytes_view channel) const;
  [[nodiscard]] std::int64_t patterns() const {
    return static_cast<std::int64_t>(by_pattern_.size());
  }
  [[nodiscard]] std::int64_t channel_count() const {
    return static_cast<std::int64_t>(by_channel_.size());
  }

 private:
  using listeners = std::vector<subscriber*>;
  using listener_map = std::map<bytes, listeners, std::less<>>;

  static bool add(listener_map& to, subscriber& who, bytes_view name);
  static bool remove(listener_map& from, subscriber& who, bytes_view name);

  listener_map by_channel_;
  listener_map by_pattern_;
};

}  // namespace comet::wire
