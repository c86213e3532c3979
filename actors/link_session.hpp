#pragma once
// One link between two nodes as a state machine: received bytes in, frames out, and back; no socket
// and no clock.
//
// First TLS (tls_session), which only nodes of the network get through, then one hello of each
// side, which has to prove who it is and to allow a common version; only then the link is up and
// frames pass. The acceptor says hello first: a dialer that looked for another node leaves unnamed.
// Bytes before that are bounded in number. Frames to send are collected in plain form and encrypted
// in pieces as the socket takes them, so what is kept of them is what `backlog` says. Leases
// overtake all other frames that are not on their way yet; publications go when nothing else does.
// Used by actors/link.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "actors/tls_session.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/wire/node_message.hpp"

namespace comet::actors {

/// What a node says of itself in its hellos, and the limits of what it hears.
struct link_greeting {
  std::vector<wire::endpoint> addresses;
  std::uint64_t run = 0;
  bytes build;
  wire::frame_limits limits;
};

/// Late is worth nothing: a lease that waits behind a large frame may have run out when it comes.
constexpr bool is_urgent(wire::frame_kind kind) {
  return kind == wire::frame_kind::lease || kind == wire::frame_kind::lease_answer;
}

/// Nobody waits for it, and it must not make what is waited for late.
constexpr bool is_patient(wire::frame_kind kind) {
  return kind == wire::frame_kind::publication;
}

class link_session {
 public:
  using role = tls_session::role;
  /// Gets each frame of a link that is up; its body is valid during the call. False: it is taken,
  /// and no more is for now; call `resume` to go on.
  using frame_sink = std::function<bool(const wire::node_frame&)>;

  /// Keeps references to `self` and `greeting`. `dial` numbers the dials of this run, from 1.
  link_session(const tls_identity& self, const link_greeting& greeting, role side,
               std::optional<digest> expected_peer, std::uint64_t dial,
               std::chrono::milliseconds uptime);

  /// Only looks who is there: a dialer that has met the expected peer ends in order, unnamed.
  void only_look() { only_looks_ = true; }
  [[nodiscard]] bool has_met() const { return has_met_; }

  /// After an error the session is over; `output` may hold what tells the peer why. Errors: those
  /// of TLS; no_auth (another secret, another node than the expected), incompatible (no common
  /// version), protocol (frames that are none), cycle (the peer is this node itself), conflict
  /// (another node has this node's identity), and what the peer gave as its reason.
  result<void> receive(bytes_view received, const frame_sink& frames);
  /// Goes on with frames that were received and not taken.
  result<void> resume(const frame_sink& frames);
  /// Frames may be waiting for `resume`: receive nothing more. So it is when a link comes up, too.
  [[nodiscard]] bool holding() const { return holding_; }

  /// Both hellos are exchanged.
  [[nodiscard]] bool up() const { return version_ != 0; }
  /// Of a link that is up.
  [[nodiscard]] const wire::hello& peer() const { return *peer_; }
  [[nodiscard]] role side() const { return side_; }
  /// Of the side that dialed.
  [[nodiscard]] std::uint64_t dial() const { return side_ == role::dialer ? dial_ : peer_->dial; }

  /// Adds a frame to what is to be sent. The link is up and not finishing. Errors: too_large.
  template <class Message>
  result<void> send(std::uint64_t request, const Message& content) {
    COMET_CHECK(up() && !finishing_);
    auto& queue = is_urgent(Message::kind)    ? urgent_
                  : is_patient(Message::kind) ? patient_
                                              : plain_;
    return wire::append_frame(queue, version_, request, content, greeting_.limits);
  }
  /// After what is to be sent, says that nothing more will be.
  void finish();
  [[nodiscard]] bool finishing() const { return finishing_; }
  [[nodiscard]] bool peer_finished() const { return tls_.peer_finished(); }
  /// The peer knows the secret, and left in order before it said who it is.
  [[nodiscard]] bool peer_left_unnamed() const {
    return !up() && tls_.established() && peer_finished();
  }

  /// Bytes for the socket; encrypts the next piece when there are none. Valid until the next call
  /// of a member that is not const.
  bytes_view output();
  void consume(std::size_t count) { tls_.consume(count); }
  /// Bytes to send, encrypted or not, without those that are patient.
  [[nodiscard]] std::size_t backlog() const {
    return urgent_.size() + plain_.size() - encrypted_ + tls_.output().size();
  }
  [[nodiscard]] std::size_t urgent_backlog() const { return urgent_.size(); }
  [[nodiscard]] std::size_t patient_backlog() const { return patient_.size() - patience_over_; }
  [[nodiscard]] std::uint64_t frames_skipped() const { return decoder_.skipped(); }

 private:
  static constexpr std::size_t piece_bytes = std::size_t{64} * 1024;
  /// A handshake and a hello have about 800.
  static constexpr std::size_t bytes_before_up_max = std::size_t{16} * 1024;

  result<void> say_hello();
  result<void> take_frames(const frame_sink& frames);
  result<void> take_first(const wire::node_frame& frame);
  result<void> refuse(error why);
  void encrypt_piece();
  void take_patient();
  void forget_encrypted();

  const tls_identity& self_;
  const link_greeting& greeting_;
  role side_;
  std::optional<digest> expected_;
  std::uint64_t dial_;
  std::chrono::milliseconds uptime_;
  tls_session tls_;
  wire::frame_decoder decoder_;
  bytes received_;  ///< plain; what the decoder views between two calls of it
  std::size_t received_before_up_ = 0;
  bytes plain_;                    ///< frames to send
  std::size_t encrypted_ = 0;      ///< how much of plain_ is
  std::size_t frame_end_ = 0;      ///< in plain_, of the frame that is encrypted in part
  bytes urgent_;                   ///< frames that go before the rest of plain_
  bytes patient_;                  ///< frames that go after all of plain_
  std::size_t patience_over_ = 0;  ///< how much of patient_ has gone to plain_
  bool only_looks_ = false;
  bool has_met_ = false;  ///< whom it only looked for
  bool greeted_ = false;
  bool holding_ = false;
  bool finishing_ = false;
  bool finished_ = false;
  std::uint8_t version_ = 0;
  std::optional<wire::hello> peer_;
};

}  // namespace comet::actors
