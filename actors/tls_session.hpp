#pragma once
// One TLS 1.3 connection as a state machine: received bytes in, plain bytes out, and back; no
// socket.
//
// Both sides show the certificate of their Ed25519 key (tls_identity). Who the peer is, is the
// fingerprint of its key, known once the handshake is done; a dialer may say whom it expects, and
// another ends the session before anything is said to it. Then each side proves to the other that
// it knows the network's secret: the owner sends `proof` in its hello and checks the peer's with
// `is_proven_by`. The proof is an HMAC over the session's exporter value (RFC 8446, 7.5), the role
// and both ids, so it is worth nothing in any other session or direction.
//
// Bounds: what is received gives at most as many plain bytes, and what is kept is at most one
// record that is not whole (16 kB) or, before the handshake's end, its longest message. `output`
// grows with what is sent, so the owner sends in pieces. After a failure `output` may hold an alert
// that tells the peer; nothing else works. Used by actors/link_session.

#include <cstdint>
#include <memory>
#include <optional>

#include "actors/tls_identity.hpp"
#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"

struct ssl_st;

namespace comet::actors {

class tls_session {
 public:
  enum class role : std::uint8_t { dialer, acceptor };

  /// Keeps a reference to `self`. A dialer has output at once.
  tls_session(const tls_identity& self, role side, std::optional<digest> expected_peer);
  ~tls_session();
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  /// Appends what the peer said to `plain`. Errors: protocol (not TLS 1.3, a damaged record, no
  /// usable certificate), no_auth (another peer than the expected one). The session is over then.
  result<void> receive(bytes_view received, bytes& plain);
  /// Encrypts into `output`. The handshake has to be done.
  void send(bytes_view plain);
  /// Says that nothing more will be sent.
  void finish();

  /// To be sent to the peer; valid until the next call of a member that is not const.
  [[nodiscard]] bytes_view output() const { return bytes_view{output_}.substr(sent_); }
  void consume(std::size_t count);

  /// The handshake is done.
  [[nodiscard]] bool established() const { return established_; }
  /// `receive` has failed: nothing can be sent.
  [[nodiscard]] bool failed() const { return failed_; }
  /// The peer said that it will send nothing more; a stream that ends otherwise was cut.
  [[nodiscard]] bool peer_finished() const;
  /// Of an established session.
  [[nodiscard]] const digest& peer() const;
  [[nodiscard]] digest proof() const { return proof_of(side_); }
  [[nodiscard]] bool is_proven_by(const digest& peers_proof) const;

 private:
  struct deleter {
    void operator()(ssl_st* session) const;
  };

  result<void> shake_hands();
  result<void> fail(errc code, bytes message);
  void collect_output();
  [[nodiscard]] digest proof_of(role prover) const;

  const tls_identity& self_;
  role side_;
  peer_check check_;
  std::unique_ptr<ssl_st, deleter> session_;
  bool established_ = false;
  bool failed_ = false;
  bytes output_;
  std::size_t sent_ = 0;
};

}  // namespace comet::actors
