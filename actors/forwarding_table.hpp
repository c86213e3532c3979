#pragma once
// The commands that this node sent or is about to send to others, until each has its one outcome.
//
// A command waits for its peer in the order in which it was ordered, then it is sent, then answered
// or given up. Who ordered it learns the truth: unavailable means that it never left, uncertain
// that it left and nobody knows more, busy that there was no room for it. What waits for a peer is
// bounded in number and bytes, and every command in time.
//
// Pure; the router moves the frames and reads the clock.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "object/forwarding.hpp"

namespace comet::actors {

struct forwarding_limits {
  std::size_t waiting_max = 16'384;                        ///< for one peer
  std::size_t waiting_bytes_max = std::size_t{16} << 20U;  ///< likewise
  std::chrono::milliseconds time_max{15'000};              ///< from the order to its outcome
};

using forward_outcomes = std::vector<object::forward_outcome>;

class forwarding_table {
 public:
  explicit forwarding_table(const forwarding_limits& limits) : limits_(limits) {}

  /// Behind what waits for its peer already. Refused with busy at once when that is too much.
  void add(object::forward_order order, mono_time now, forward_outcomes& out);
  /// What is to leave next for the peer; null: nothing. Valid until the next change.
  [[nodiscard]] const object::forward_order* next(const digest& peer) const;
  /// `next` has left, as a frame of this number, which is not given again.
  void sent(const digest& peer, std::uint64_t request);
  /// `next` can never leave.
  void refuse(const digest& peer, const error& why, forward_outcomes& out);

  /// The peer answered a frame. Late and unasked answers are ignored; false: it was one.
  bool answered(const digest& peer, std::uint64_t request, object::reply content,
                const digest& holder, forward_outcomes& out, std::vector<digest> copies = {});
  /// The link is lost: what was sent is uncertain, what waits goes on waiting.
  void link_lost(const digest& peer, const error& why, forward_outcomes& out);
  /// The peer cannot be reached: what waits is unavailable.
  void unreachable(const digest& peer, const error& why, forward_outcomes& out);
  /// Nobody waits for its peer any more. Nothing happens if it has an outcome already.
  void withdraw(std::uint64_t number, forward_outcomes& out);
  /// Gives up what took too long.
  void expire(mono_time now, forward_outcomes& out);
  /// The node stops: everything has an outcome afterwards.
  void end(forward_outcomes& out);

  /// Peers for which something waits.
  [[nodiscard]] std::vector<digest> awaited() const;
  /// Commands without an outcome.
  [[nodiscard]] std::size_t size() const { return under_way_.size(); }

 private:
  struct waiting {
    object::forward_order order;
    std::size_t size = 0;
  };
  struct queue {
    std::deque<waiting> orders;
    std::size_t bytes = 0;
  };
  struct state {
    digest peer{};
    std::uint64_t request = 0;  ///< 0: waits
  };

  void pop(const digest& peer);
  void take_out(const digest& peer, std::uint64_t number);
  void conclude(std::uint64_t number, errc code, const bytes& why, forward_outcomes& out);

  forwarding_limits limits_;
  std::unordered_map<digest, queue> queues_;                   ///< none is empty
  std::unordered_map<std::uint64_t, state> under_way_;         ///< by the shard's number
  std::unordered_map<std::uint64_t, std::uint64_t> requests_;  ///< frames to the shard's numbers
  std::deque<std::pair<mono_time, std::uint64_t>> due_;        ///< oldest first; may be answered
};

}  // namespace comet::actors
