#pragma once
// Commands of a simulated node's shard for other nodes, and of other nodes for its shard.
//
// It keeps what object/forwarding promises: every order has one outcome, commands for one node
// leave in order, and who asked learns the truth: unavailable means that it never left, uncertain
// that it left and nobody knows more. As actors/forwarding_table does it between real links.
// Owned by lab/node.

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "base/digest.hpp"
#include "base/time.hpp"
#include "lab/message.hpp"
#include "object/forwarding.hpp"

namespace comet::lab {

class forwarding {
 public:
  static constexpr std::chrono::seconds time_max{15};      ///< from the order to its outcome
  static constexpr std::chrono::seconds dial_time_max{2};  ///< without a link

  using outcomes = std::vector<object::forward_outcome>;
  /// False: there is no link.
  using send = std::function<bool(const digest& to, message what)>;

  explicit forwarding(send to_peer) : send_(std::move(to_peer)) {}

  // Out.
  void order(object::forward_order what, mono_time now);
  void withdraw(std::uint64_t number);
  void answered(const digest& by, command_answered what);
  void link_up(const digest& peer);
  void link_down(const digest& peer, const error& why);
  /// Gives up what took too long.
  void expire(mono_time now);
  [[nodiscard]] std::optional<mono_time> next_deadline() const;
  outcomes take_outcomes() { return std::exchange(outcomes_, {}); }

  // In.
  /// As the shard is to get it.
  object::arrived_command arrived(const digest& from, command_sent what);
  void answer(object::node_answer done);

 private:
  struct under_way {
    object::forward_order order;
    mono_time ordered{};
    bool sent = false;
  };
  struct asker {
    digest peer{};
    std::uint64_t request = 0;
  };

  bool leave(under_way& one);
  void conclude(std::uint64_t number, errc code, const bytes& why);

  send send_;
  std::map<std::uint64_t, under_way> under_way_;  ///< by the shard's number, which rises
  std::map<std::uint64_t, asker> askers_;         ///< by our numbers
  std::uint64_t last_arrived_ = 0;
  outcomes outcomes_;
};

}  // namespace comet::lab
