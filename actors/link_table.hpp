#pragma once
// All links of a node: who is connected, one connection a pair, and who is dialed again.
//
// When both of a pair dial, both connections come up, and both nodes keep the same one: that which
// the node of the smaller id dialed; of two that one node dialed, the later. A peer of another run
// of its process has lost what it knew, so its new connection always wins and the peer is down and
// up again. The loser of a living pair sends what it has and ends in order, and the winner is not
// read from until then: so frames stay in order, as far as both ends know of both connections.
//
// Owned by an actor on the I/O thread, which calls `tick` (some times a second) and `finish_round`
// (after `round_wanted`); everything here happens on that thread. Frames that are sent leave at the
// end of the round, many in one record. Connections that are not up are bounded in number, in all
// and by address; so are all together, with the node's descriptors in mind.

#include <caf/io/network/default_multiplexer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/link.hpp"
#include "actors/listener.hpp"
#include "base/random.hpp"

namespace comet::actors {

/// The router, as the link table sees it. Calls come from `finish_round`, `tick` and socket events.
/// They may send and dial, nothing else.
class link_host {
 public:
  /// From now on the peer can be sent to. `hello` is valid during the call.
  virtual void peer_up(const wire::hello& hello, const wire::endpoint& remote) = 0;
  virtual void peer_down(const digest& id, const error& why) = 0;
  /// The body is valid during the call. Pings and pongs of request 0 are the table's own.
  virtual void frame_received(const digest& from, const wire::node_frame& frame) = 0;
  /// Requests are taken again, after one was refused with busy.
  virtual void peer_has_room(const digest& id) = 0;
  /// A connection ended before it was up; one that we dialed.
  virtual void dial_failed(const wire::endpoint& where, const error& why) = 0;
  /// What became of `probe`; nothing is wrong when `id` was found there.
  virtual void probe_ended(const digest& id, const wire::endpoint& where,
                           const std::optional<error>& why) = 0;
  /// Somebody was turned away or a stranger was found wanting; for the log.
  virtual void stranger_refused(const wire::endpoint& who, const error& why) = 0;
  /// Call `finish_round` from a message handler.
  virtual void round_wanted() = 0;

 protected:
  ~link_host() = default;
};

struct link_table_limits {
  link_limits each;
  std::size_t links_max = 1'024;
  std::size_t unproven_max = 64;             ///< accepted and not up
  std::size_t unproven_an_address_max = 16;  ///< likewise
  std::size_t accepts_an_address_max = 64;   ///< a second: handshakes cost processor time
  std::chrono::milliseconds redial_min{250};
  std::chrono::milliseconds redial_max{30'000};
};

struct link_table_setup {
  std::shared_ptr<const tls_identity> self;
  link_greeting greeting;
  link_table_limits limits;
  mono_time started{};     ///< of the node, for its uptime
  std::uint64_t seed = 0;  ///< of the spread of redials
};

class link_table final : private link_owner, private acceptor {
 public:
  link_table(caf::io::network::default_multiplexer& loop, link_table_setup setup, link_host& host,
             mono_time now);
  virtual ~link_table();
  link_table(const link_table&) = delete;
  link_table& operator=(const link_table&) = delete;

  void listen(listening_socket socket);

  /// Once; nothing when that peer has a link or one is being dialed. What becomes of it is told to
  /// the host. Errors: unavailable, busy (too many links).
  result<void> dial(const wire::endpoint& where, std::optional<digest> expected);
  /// Looks whether the node `id` is at `where`, whatever links there are, and says nothing to it.
  /// Errors: as `dial`.
  result<void> probe(const wire::endpoint& where, const digest& id);
  /// Now, and whenever there is no link to the peer, with growing pauses. Again: takes note of
  /// `expected`.
  void keep(const wire::endpoint& where, std::optional<digest> expected);
  void forget(const wire::endpoint& where);

  /// Errors: unavailable (no link), busy (see link_limits), too_large.
  template <class Message>
  result<void> send(const digest& to, std::uint64_t request, const Message& content) {
    const auto found = peers_.find(to);
    if (found == peers_.end()) return no_link(to);
    return found->second.current->send(request, content);
  }
  [[nodiscard]] bool is_up(const digest& id) const { return peers_.contains(id); }
  /// Ends the link to the peer in order, if there is one; `peer_down` tells when.
  void end(const digest& id);

  void tick(mono_time now);
  void finish_round();
  /// Accepts and dials no more; links end in order, or at their deadline.
  void stop();
  /// After `stop` and the rounds and ticks that it takes: nothing is left in the multiplexer.
  [[nodiscard]] bool stopped() const;

  [[nodiscard]] std::size_t peers() const { return peers_.size(); }
  /// Connections of every kind.
  [[nodiscard]] std::size_t size() const { return links_.size(); }
  [[nodiscard]] const link_totals& totals() const { return totals_; }

 private:
  static constexpr std::size_t read_buffer_bytes = std::size_t{64} * 1024;

  struct peer {
    link* current = nullptr;
    std::size_t superseded = 0;  ///< links that are ending; `current` is held until they have
  };
  /// An address that is dialed again and again.
  struct target {
    wire::endpoint where;
    std::optional<digest> id;
    mono_time due{};
    std::chrono::milliseconds pause{0};
  };

  std::span<char> read_buffer() override { return read_buffer_; }
  void came_up(link& one) override;
  void frame_received(link& from, const wire::node_frame& frame) override;
  void has_room(link& one) override;
  void look_again(link& one) override;
  void closed(link& gone, const error& why) override;
  void released(link& gone) override;
  void accepted(int fd, wire::endpoint from) override;
  void not_accepted(bytes_view why) override;

  [[nodiscard]] bool may_enter(const wire::endpoint& from);
  link& insert(int fd, link_route route);
  void supersede(link& loser, link& winner);
  void end_superseded(link& winner);
  void lose_peer(const digest& id, const error& why);
  void dial_due();
  void postpone(target& one);
  [[nodiscard]] bool takes_place_of(const link& fresh, const link& old) const;
  [[nodiscard]] bool is_dialing(const wire::endpoint& where,
                                const std::optional<digest>& expected) const;
  [[nodiscard]] target* target_at(const wire::endpoint& where);
  static error no_link(const digest& to);

  caf::io::network::default_multiplexer& loop_;
  link_table_setup setup_;
  link_host& host_;
  link_totals totals_;
  link_setting setting_;
  prng random_;
  mono_time now_;  ///< of the last tick
  std::uint64_t dials_ = 0;
  bool stopping_ = false;
  std::vector<std::unique_ptr<listener>> listeners_;
  std::vector<std::unique_ptr<link>> links_;  ///< in the order of their beginning
  std::vector<std::unique_ptr<link>> retired_;
  std::unordered_map<digest, peer> peers_;
  std::vector<target> targets_;
  std::unordered_map<bytes, std::size_t> accepts_;  ///< of addresses, since `second_began_`
  mono_time second_began_;
  std::vector<link*> listed_;  ///< have something to do in this round
  std::vector<char> read_buffer_;
};

}  // namespace comet::actors
