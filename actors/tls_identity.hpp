#pragma once
// What a node is and knows on all its links: its Ed25519 key, and the secret of its network.
//
// TLS 1.3 is all that is spoken, and only from a key that follows from the secret (RFC 8446, 2.2:
// an external PSK, with an exchange of X25519 besides): who does not know the secret gets no
// session, no signature and no name. There is no certificate, no authority and no date that could
// be wrong; no tickets, no resumption, no early data. Who a node is, it proves by a signature in
// its hello (tls_session). One for all sessions of a node; they keep a reference.

#include <array>
#include <cstdint>
#include <memory>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/signature.hpp"

struct ssl_ctx_st;

namespace comet::actors {

class tls_identity {
 public:
  /// `secret`: the same bytes on all nodes of a network, random and at least 16: whoever hears a
  /// link begin may try to guess it offline.
  tls_identity(const signing_key& key, bytes_view secret);
  ~tls_identity();
  tls_identity(const tls_identity&) = delete;
  tls_identity& operator=(const tls_identity&) = delete;

  [[nodiscard]] const digest& id() const { return id_; }
  [[nodiscard]] const public_key& key() const { return public_; }
  [[nodiscard]] bytes sign(bytes_view message) const { return key_.sign(message); }
  [[nodiscard]] ssl_ctx_st* context() const { return context_.get(); }
  /// The key that sessions begin with.
  [[nodiscard]] const digest& shared_key() const { return shared_; }

 private:
  struct deleter {
    void operator()(ssl_ctx_st* context) const;
  };

  signing_key key_;
  public_key public_;
  digest id_;
  digest shared_;
  std::unique_ptr<ssl_ctx_st, deleter> context_;
};

}  // namespace comet::actors
