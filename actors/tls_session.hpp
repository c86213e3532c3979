#pragma once
// One TLS 1.3 connection as a state machine: received bytes in, plain bytes out, and back; no
// socket.
//
// The handshake proves to each side that the other knows the network's secret (tls_identity), and
// nothing else. Who a peer is, it proves afterwards: the owner sends `proof` in its hello and
// checks the peer's with `is_proven_by`. The proof is a signature over the session's exporter value
// (RFC 8446, 7.5) and the role, so it is worth nothing in any other session or direction, and a
// third node between two has two sessions and can pass it on in neither.
//
// Bounds: what is received gives at most as many plain bytes, and what is kept is at most one
// record that is not whole (16 kB) or, before the handshake's end, its longest message. `output`
// grows with what is sent, so the owner sends in pieces. After a failure `output` may hold an alert
// that tells the peer; nothing else works. Used by actors/link_session.

#include <cstdint>
#include <memory>

#include "actors/tls_identity.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/signature.hpp"

struct ssl_st;

namespace comet::actors {

class tls_session {
 public:
  enum class role : std::uint8_t { dialer, acceptor };

  /// Keeps a reference to `self`. A dialer has output at once.
  tls_session(const tls_identity& self, role side);
  ~tls_session();
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  /// Appends what the peer said to `plain`. Errors: protocol (not TLS 1.3, a damaged record, no
  /// key of a network), no_auth (another network's). The session is over then.
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
  /// Of an established session: that this node is who it says.
  [[nodiscard]] bytes proof() const { return self_.sign(statement_of(side_)); }
  /// Is the peer the one with this key?
  [[nodiscard]] bool is_proven_by(const public_key& peers_key, bytes_view peers_proof) const;

 private:
  struct deleter {
    void operator()(ssl_st* session) const;
  };

  result<void> shake_hands();
  result<void> fail(errc code, bytes message);
  void collect_output();
  /// What `prover` signs.
  [[nodiscard]] bytes statement_of(role prover) const;

  const tls_identity& self_;
  role side_;
  std::unique_ptr<ssl_st, deleter> session_;
  bool established_ = false;
  bool failed_ = false;
  bytes output_;
  std::size_t sent_ = 0;
};

}  // namespace comet::actors
