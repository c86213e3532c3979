#include "actors/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <utility>

#include "base/check.hpp"
#include "base/digest.hpp"

namespace comet::actors {

namespace {

constexpr std::size_t record_bytes_max = 16 * 1024;  // of plain text, RFC 8446, 5.1
constexpr bytes_view exporter_label = "EXPORTER-comet-node-identity";

/// Why OpenSSL failed; leaves no error of this thread behind.
bytes openssl_reason() {
  const unsigned long code = ERR_peek_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "the stream is not TLS" : reason;
}

/// Of an acceptor: the dialer has another key. Of a dialer: the acceptor says so; nodes send that
/// alert for nothing else.
bool says_another_key(unsigned long code) {
  const int reason = ERR_GET_REASON(code);
  return ERR_GET_LIB(code) == ERR_LIB_SSL &&
         (reason == SSL_R_BINDER_DOES_NOT_VERIFY || reason == SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER);
}

}  // namespace

void tls_session::deleter::operator()(ssl_st* session) const {
  SSL_free(session);
}

tls_session::tls_session(const tls_identity& self, role side)
    : self_(self), side_(side), session_(SSL_new(self.context())) {
  COMET_CHECK(session_ != nullptr);
  BIO* received = BIO_new(BIO_s_mem());
  BIO* to_send = BIO_new(BIO_s_mem());
  COMET_CHECK(received != nullptr && to_send != nullptr);
  SSL_set_bio(session_.get(), received, to_send);  // which owns them
  SSL_set_app_data(session_.get(), const_cast<tls_identity*>(&self_));
  if (side == role::dialer) {
    SSL_set_verify(session_.get(), SSL_VERIFY_PEER, nullptr);  // a certificate is none of ours
    SSL_set_connect_state(session_.get());
    COMET_CHECK(shake_hands().ok());
    collect_output();
  } else {
    SSL_set_accept_state(session_.get());
  }
}

tls_session::~tls_session() = default;

result<void> tls_session::fail(errc code, bytes message) {
  failed_ = true;
  return {code, std::move(message)};
}

void tls_session::collect_output() {
  if (sent_ == output_.size()) {
    output_.clear();
    sent_ = 0;
  }
  BIO* to_send = SSL_get_wbio(session_.get());
  const std::size_t pending = BIO_ctrl_pending(to_send);
  if (pending == 0) return;
  const std::size_t before = output_.size();
  output_.resize(before + pending);
  COMET_CHECK(BIO_read(to_send, output_.data() + before, static_cast<int>(pending)) ==
              static_cast<int>(pending));
}

void tls_session::consume(std::size_t count) {
  COMET_CHECK(count <= output_.size() - sent_);
  sent_ += count;
  if (sent_ < output_.size()) return;
  sent_ = 0;
  if (output_.capacity() > 2 * record_bytes_max) {
    output_ = {};
  } else {
    output_.clear();
  }
}

result<void> tls_session::shake_hands() {
  ERR_clear_error();
  const int outcome = SSL_do_handshake(session_.get());
  if (outcome == 1) {
    COMET_CHECK(SSL_session_reused(session_.get()) == 1);  // it began with the shared key
    established_ = true;
    return {};
  }
  if (SSL_get_error(session_.get(), outcome) == SSL_ERROR_WANT_READ) return {};
  const bool another_key = says_another_key(ERR_peek_error());
  const bytes reason = openssl_reason();
  if (another_key)
    return fail(errc::no_auth,
                "the nodes have different network secrets; give all nodes of a network the same "
                "secret file");
  return fail(errc::protocol, "the TLS handshake failed: " + reason);
}

result<void> tls_session::receive(bytes_view received, bytes& plain) {
  if (failed_) return {errc::protocol, "the TLS session has failed"};
  if (peer_finished()) return {};  // what comes after its end is nobody's
  SSL* session = session_.get();
  COMET_CHECK(BIO_write(SSL_get_rbio(session), received.data(),
                        static_cast<int>(received.size())) == static_cast<int>(received.size()));
  result<void> done;
  if (!established_) done = shake_hands();
  thread_local std::array<char, record_bytes_max> record;
  while (done && established_) {
    std::size_t got = 0;
    ERR_clear_error();
    const int outcome = SSL_read_ex(session, record.data(), record.size(), &got);
    plain.append(record.data(), got);
    if (outcome == 1) continue;
    const int why = SSL_get_error(session, outcome);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_ZERO_RETURN) break;
    done = fail(errc::protocol, "a TLS record cannot be read: " + openssl_reason());
  }
  collect_output();
  return done;
}

void tls_session::send(bytes_view plain) {
  COMET_CHECK(established_ && !failed_);
  if (plain.empty()) return;
  ERR_clear_error();
  std::size_t written = 0;
  // Memory takes everything.
  COMET_CHECK(SSL_write_ex(session_.get(), plain.data(), plain.size(), &written) == 1 &&
              written == plain.size());
  collect_output();
}

void tls_session::finish() {
  if (!established_ || failed_) return;
  ERR_clear_error();
  SSL_shutdown(session_.get());  // its result says only whether the peer has finished, too
  collect_output();
}

bool tls_session::peer_finished() const {
  return (SSL_get_shutdown(session_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

bytes tls_session::statement_of(role prover) const {
  COMET_CHECK(established_);
  std::array<unsigned char, sizeof(digest)> exported{};
  COMET_CHECK(SSL_export_keying_material(session_.get(), exported.data(), exported.size(),
                                         exporter_label.data(), exporter_label.size(), nullptr, 0,
                                         0) == 1);
  bytes said = prover == role::dialer ? "comet link, the dialer: " : "comet link, the acceptor: ";
  said.append(reinterpret_cast<const char*>(exported.data()), exported.size());
  return said;
}

bool tls_session::is_proven_by(const public_key& peers_key, bytes_view peers_proof) const {
  const role peers_side = side_ == role::dialer ? role::acceptor : role::dialer;
  return is_signed_by(peers_key, statement_of(peers_side), peers_proof);
}

}  // namespace comet::actors
