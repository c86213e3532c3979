#pragma once
// The links between simulated nodes: streams with latency, cut and mended, with ends that notice.
//
// Between any two nodes that run and reach each other a link comes up by itself. A link keeps the
// order of what is sent, each way. What cannot pass (the link is cut, a node is paused or lost its
// power) waits, as it would for TCP to send it again; after `silence_max` both ends give the link
// up and what waits is lost. A node that ends orderly, or comes back without its memory, ends its
// links at once. Each end is told of its links and only of these.
//
// Owned by lab/world; nodes are its ends. All chance is the network's own.

#include <array>
#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "lab/clock.hpp"
#include "lab/message.hpp"
#include "lab/world_options.hpp"

namespace comet::lab {

/// One end of links: a node that runs.
class link_end {
 public:
  link_end() = default;
  link_end(const link_end&) = delete;
  link_end& operator=(const link_end&) = delete;
  virtual ~link_end() = default;

  virtual void link_up(node_number peer) = 0;
  virtual void link_down(node_number peer, const error& why) = 0;
  virtual void receive(node_number from, message what) = 0;
};

struct network_options {
  std::uint64_t seed = 1;
  std::chrono::microseconds latency{1'000};
  std::vector<place> places;
};

class network {
 public:
  static constexpr std::chrono::seconds silence_max{30};
  static constexpr std::chrono::milliseconds resent_after{200};
  static constexpr std::chrono::seconds resent_after_max{10};

  network(clock& time, network_options options);

  // Who is there.
  /// `end` runs now. It gets what is sent to `number` until `leave`.
  void enter(node_number number, link_end& end);
  /// It is gone. `orderly`: its peers learn of it at once; else by its silence.
  void leave(node_number number, bool orderly);
  void pause(node_number number);
  void resume(node_number number);

  // What goes wrong.
  /// Nothing passes between those pairs; all others are whole.
  void cut(std::set<std::pair<node_number, node_number>> pairs);
  void set_terms(node_number a, node_number b, const link_terms& terms);
  void clear_terms();

  // What nodes do.
  [[nodiscard]] bool is_up(node_number a, node_number b) const;
  /// False: there is no link.
  bool send(node_number from, node_number to, message what);

  /// Something that is awaited is on its way, and arrives if nothing else happens.
  [[nodiscard]] bool has_awaited() const { return awaited_ > 0; }

 private:
  using pair = std::pair<node_number, node_number>;  ///< the lower number first
  struct in_flight {
    mono_time due{};
    message what;
  };
  struct direction {
    std::deque<in_flight> queue;
    clock::event arrival;
    std::size_t awaited = 0;  ///< in the queue
    bool counted = false;     ///< in awaited_
  };
  struct link {
    bool up = false;
    std::array<direction, 2> ways;  ///< 0: from the lower number
    clock::event silence;
    clock::event dial;
    link_terms terms;
  };
  struct resident {
    link_end* end = nullptr;  ///< null: it does not run
    bool paused = false;
    /// What a paused one has to hear: links that went down.
    std::vector<std::pair<node_number, error>> unheard;
  };

  static pair key_of(node_number a, node_number b) { return {std::min(a, b), std::max(a, b)}; }
  [[nodiscard]] bool passes(const pair& between) const;
  [[nodiscard]] std::chrono::nanoseconds one_way(const pair& between);
  [[nodiscard]] std::chrono::nanoseconds travel(const pair& between);
  void look_at(const pair& between);
  void look_at_all_of(node_number number);
  void bring_up(const pair& between);
  void take_down(const pair& between, const error& why);
  void tell_down(node_number at, node_number peer, const error& why);
  void arrange(const pair& between, std::size_t way);
  void arrive(const pair& between, std::size_t way);
  void recount(const pair& between, std::size_t way);

  clock& time_;
  network_options options_;
  prng random_;
  std::map<node_number, resident> residents_;
  std::map<pair, link> links_;
  std::set<pair> cut_;
  std::size_t awaited_ = 0;  ///< ways where something awaited is on its way and can arrive
};

}  // namespace comet::lab
