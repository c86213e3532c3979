#include "actors/tls_identity.hpp"

#include <openssl/ssl.h>

#include <cstddef>

#include "base/check.hpp"
#include "base/fingerprint.hpp"

namespace comet::actors {

namespace {

constexpr bytes_view shared_key_name = "comet-link-1";  // what dialers call it

signing_key copy_of(const signing_key& key) {
  auto copy = signing_key::from_pem(key.to_pem());
  COMET_CHECK(copy.ok());
  return std::move(*copy);
}

/// New for each handshake: OpenSSL takes it for a session that was, and those grow too old.
SSL_SESSION* new_session(const SSL* of) {
  const auto* self = static_cast<const tls_identity*>(SSL_get_app_data(of));
  COMET_CHECK(self != nullptr);
  const digest& key = self->shared_key();
  SSL_SESSION* made = SSL_SESSION_new();
  constexpr std::array<unsigned char, 2> aes_128_gcm_sha256{0x13, 0x01};  // its hash is the key's
  const SSL_CIPHER* cipher = SSL_CIPHER_find(const_cast<SSL*>(of), aes_128_gcm_sha256.data());
  COMET_CHECK(made != nullptr && cipher != nullptr &&
              SSL_SESSION_set1_master_key(made, key.data(), key.size()) == 1 &&
              SSL_SESSION_set_cipher(made, cipher) == 1 &&
              SSL_SESSION_set_protocol_version(made, TLS1_3_VERSION) == 1);
  return made;
}

int offer_key(SSL* session, const EVP_MD* /*hash*/, const unsigned char** name, std::size_t* size,
              SSL_SESSION** offered) {
  *name = reinterpret_cast<const unsigned char*>(shared_key_name.data());
  *size = shared_key_name.size();
  *offered = new_session(session);
  return 1;
}

int find_key(SSL* session, const unsigned char* name, std::size_t size, SSL_SESSION** found) {
  const bool known = bytes_view{reinterpret_cast<const char*>(name), size} == shared_key_name;
  *found = known ? new_session(session) : nullptr;
  return 1;
}

/// Nobody is asked for a certificate, and nobody gets anywhere by showing one.
int refuse_certificate(X509_STORE_CTX* /*chain*/, void* /*unused*/) {
  return 0;
}

}  // namespace

tls_identity::tls_identity(const signing_key& key, bytes_view secret)
    : key_(copy_of(key)),
      public_(key.public_part()),
      id_(fingerprint_of(public_)),
      shared_(hmac_sha256(secret, "comet: the key that links begin with")),
      context_(SSL_CTX_new(TLS_method())) {
  SSL_CTX* context = context_.get();
  COMET_CHECK(context != nullptr);
  COMET_CHECK(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
              SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
              SSL_CTX_set_ciphersuites(
                  context, "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256") == 1 &&
              SSL_CTX_set1_groups_list(context, "X25519") == 1 &&
              SSL_CTX_set1_sigalgs_list(context, "ed25519") == 1 &&  // unused, and short
              SSL_CTX_set_num_tickets(context, 0) == 1);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_clear_options(context, SSL_OP_ENABLE_MIDDLEBOX_COMPAT | SSL_OP_ALLOW_NO_DHE_KEX);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_psk_use_session_callback(context, offer_key);
  SSL_CTX_set_psk_find_session_callback(context, find_key);
  SSL_CTX_set_cert_verify_callback(context, refuse_certificate, nullptr);
}

tls_identity::~tls_identity() = default;

void tls_identity::deleter::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

}  // namespace comet::actors
