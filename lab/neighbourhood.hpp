#pragma once
// Whom a simulated node knows, how they stand, and the map that its shard decides by.
//
// As actors/router does it on real links: the overlay finds nodes, each is told that this one
// arrives, stays or leaves, and answers whom it knows; whenever the picture changes a new key_map
// is drawn. A node with somebody to join through has joined when all that it knows have heard of
// it; one without is the first of its network. Owned by lab/node, which has the links.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/digest.hpp"
#include "base/time.hpp"
#include "lab/message.hpp"
#include "net/overlay/overlay_node.hpp"
#include "object/forwarding.hpp"
#include "object/key_map.hpp"

namespace comet::lab {

/// What a neighbourhood needs of its node.
class neighbourhood_host {
 public:
  neighbourhood_host() = default;
  neighbourhood_host(const neighbourhood_host&) = delete;
  neighbourhood_host& operator=(const neighbourhood_host&) = delete;
  virtual ~neighbourhood_host() = default;

  /// False: there is no link.
  virtual bool send(const digest& to, message what) = 0;
  /// `joining`: it is not found yet, and why.
  virtual void map_drawn(std::shared_ptr<const object::key_map> map,
                         std::optional<bytes> joining) = 0;
  virtual void lookup_ended(object::forward_outcome outcome) = 0;
};

struct neighbourhood_options {
  overlay::contact self;
  std::uint64_t run = 0;
  std::uint64_t life = 0;
  std::uint64_t seed = 0;
  /// There are others to join through. One that is not told of any is the first of its network, as
  /// soon as none of those it remembers has answered for five seconds.
  bool joins = false;
  bool remembers = false;
};

class neighbourhood {
 public:
  static constexpr std::chrono::milliseconds tick_pause{250};
  static constexpr std::chrono::seconds overlay_pause{1};

  neighbourhood(neighbourhood_options options, neighbourhood_host& host, mono_time started);

  /// Draws the first map.
  void start(mono_time now);
  void leave(mono_time now);
  void link_up(const digest& peer, const greeting& said, mono_time now);
  void link_down(const digest& peer, mono_time now);
  void receive(const digest& from, const presence& said, mono_time now);
  void receive(const digest& from, const present& said, mono_time now);
  void receive(const digest& from, const overlay_request& said, mono_time now);
  void receive(const digest& from, const overlay_reply& said, mono_time now);
  /// An op::lookup of the own shard.
  void look_up(const object::forward_order& order, mono_time now);
  /// Every `tick_pause`.
  void tick(mono_time now);

  [[nodiscard]] bool joined() const { return joined_; }
  /// Nobody is waited for, and all is drawn.
  [[nodiscard]] bool is_settled() const {
    return joined_ && telling_.empty() && !map_changed_ && !introducing_;
  }
  /// It is known, and has shown this life.
  [[nodiscard]] bool counts(const digest& id, std::uint64_t life) const;
  [[nodiscard]] bool knows(const digest& id) const { return members_.contains(id); }

 private:
  /// A node with a link.
  struct peer_facts {
    overlay::contact who;
    std::uint64_t run = 0;
    std::uint64_t life = 0;  ///< 0: not told yet
    bool is_elder = false;
  };
  struct member {
    overlay::contact who;
    standing stands = standing::arrives;  ///< until it has told
    std::uint64_t run = 0;
    std::uint64_t life = 0;
    bool is_elder = false;
  };
  /// A request of the overlay that was sent, or waits for a link.
  struct asked {
    overlay::outgoing what;
    digest peer{};
    bool sent = false;
    mono_time deadline{};
  };
  /// A node that is told how this one stands, until it answers.
  struct told {
    overlay::contact who;
    std::uint64_t request = 0;  ///< 0: waits for a link
    mono_time deadline{};
    int tries = 0;
  };

  void apply(const overlay::effects& todo, mono_time now);
  void send_request(const overlay::outgoing& one, mono_time now);
  void fail(const std::vector<std::uint64_t>& requests, mono_time now);
  void arrived(const overlay::contact& who, mono_time now);
  void gone(const digest& id);
  void stand(standing as, mono_time now);
  void tell_presence(const overlay::contact& to, mono_time now);
  void send_presence(const digest& id, told& one, mono_time now);
  void presence_failed(const digest& id, mono_time now);
  void expire_presence(mono_time now);
  void heard_of(const digest& id, standing stands, std::uint64_t life);
  void end_introduction(mono_time now);
  void joined_now(mono_time now);
  void look_after_join(mono_time now);
  void join_through(const digest& id, mono_time now);
  void draw(mono_time now);
  void draw_if_changed(mono_time now);
  [[nodiscard]] std::vector<object::peer> draw_peers() const;
  [[nodiscard]] bool round_trips_moved() const;

  neighbourhood_options options_;
  neighbourhood_host& host_;
  digest id_;
  mono_time started_;
  overlay::overlay_node overlay_;
  std::map<digest, peer_facts> peers_;
  std::map<digest, member> members_;
  std::map<digest, told> telling_;
  std::map<std::uint64_t, asked> asked_;                 ///< by our numbers
  std::map<overlay::lookup_id, std::uint64_t> lookups_;  ///< the shard's numbers
  std::uint64_t last_request_ = 0;
  standing stands_ = standing::arrives;
  bool self_leaves_ = false;
  bool joined_ = false;
  bool introducing_ = false;  ///< all that it knows are told that it arrives
  std::shared_ptr<const object::key_map> drawn_;
  bool map_changed_ = true;
  mono_time drawn_at_{};
  mono_time overlay_ticked_{};
  mono_time tried_{};  ///< to join
};

}  // namespace comet::lab
