#pragma once
// What a node shows and knows on all its links: a certificate of its Ed25519 key, and the secret of
// its network.
//
// The certificate signs itself and carries nothing but the key; who a peer is follows from its key
// alone (the id is its fingerprint), so there is no authority and no date that could be wrong. TLS
// 1.3 is all that is spoken: no tickets, no resumption, no renegotiation, signatures by Ed25519
// only. One for all sessions of a node; they keep a reference.

#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/signature.hpp"

struct ssl_ctx_st;

namespace comet::actors {

/// Whom a session meets. Each session of the context has one as its application data, and the
/// context asks it about the peer's certificate.
struct peer_check {
  std::optional<digest> wanted;  ///< nothing: anybody
  std::optional<digest> found;   ///< whose certificate it is

  [[nodiscard]] bool refuses() const { return wanted && found && *wanted != *found; }
};

class tls_identity {
 public:
  /// `secret`: the same bytes on all nodes of a network, random and at least 16: whoever meets a
  /// node may try to guess it offline.
  tls_identity(const signing_key& key, bytes secret);
  ~tls_identity();
  tls_identity(const tls_identity&) = delete;
  tls_identity& operator=(const tls_identity&) = delete;

  [[nodiscard]] const digest& id() const { return id_; }
  [[nodiscard]] const bytes& secret() const { return secret_; }
  [[nodiscard]] ssl_ctx_st* context() const { return context_.get(); }

 private:
  struct deleter {
    void operator()(ssl_ctx_st* context) const;
  };

  digest id_;
  bytes secret_;
  std::unique_ptr<ssl_ctx_st, deleter> context_;
};

}  // namespace comet::actors
