#pragma once
// Publish and subscribe: which subscribers listen to which channels and patterns.
//
// One registry an I/O thread. It keeps no message: what nobody hears is gone, as in Redis. A
// subscriber unsubscribes from all before it ends (session's destructor does), and the registry
// does not change during a delivery. Among other nodes it keeps account of what they have to be
// told (channel_directory).

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
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

/// What a name costs the nodes that are told of it, in bytes.
constexpr std::size_t channel_cost(bytes_view name) {
  return name.size() + 32;
}

class channels {
 public:
  /// Names that have got their first subscriber or lost their last one, or both.
  struct changes {
    std::set<bytes> channels;
    std::set<bytes> patterns;
    std::size_t cost = 0;
  };

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
  [[nodiscard]] std::vector<bytes> all_patterns() const;
  [[nodiscard]] bool has_pattern(bytes_view pattern) const { return by_pattern_.contains(pattern); }
  /// Of all channels and patterns.
  [[nodiscard]] std::size_t cost() const { return cost_; }

  /// From now on `take_changes` has something to give; who asks for it takes it regularly.
  void keep_changes() { keeps_changes_ = true; }
  [[nodiscard]] bool has_changes() const {
    return !changes_.channels.empty() || !changes_.patterns.empty();
  }
  changes take_changes() { return std::exchange(changes_, {}); }

 private:
  using listeners = std::vector<subscriber*>;
  using listener_map = std::map<bytes, listeners, std::less<>>;

  bool add(listener_map& to, subscriber& who, bytes_view name);
  bool remove(listener_map& from, subscriber& who, bytes_view name);
  void note(const listener_map& where, bytes_view name);

  listener_map by_channel_;
  listener_map by_pattern_;
  std::size_t cost_ = 0;
  bool keeps_changes_ = false;
  changes changes_;
};

}  // namespace comet::wire
