#include "actors/tls_identity.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <utility>

#include "base/check.hpp"
#include "base/fingerprint.hpp"

namespace comet::actors {

namespace {

constexpr long certificate_bytes_max = 4'096;  // ours has about 300

struct key_deleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* memory) const { BIO_free(memory); }
};
template <class T>
using owned = std::unique_ptr<T, key_deleter>;

owned<EVP_PKEY> private_key_of(const signing_key& key) {
  const bytes pem = key.to_pem();
  const owned<BIO> memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  COMET_CHECK(memory != nullptr);
  owned<EVP_PKEY> read(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr));
  COMET_CHECK(read != nullptr);
  return read;
}

/// Version 3, serial number 1, valid always (RFC 5280, 4.1.2.5: the last date there is).
owned<X509> certificate_of(EVP_PKEY* key) {
  owned<X509> made(X509_new());
  COMET_CHECK(made != nullptr);
  auto* name = X509_get_subject_name(made.get());
  const auto* text = reinterpret_cast<const unsigned char*>("comet");
  COMET_CHECK(X509_set_version(made.get(), 2) == 1 &&
              ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1) == 1 &&
              ASN1_TIME_set_string_X509(X509_getm_notBefore(made.get()), "700101000000Z") == 1 &&
              ASN1_TIME_set_string_X509(X509_getm_notAfter(made.get()), "99991231235959Z") == 1 &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1 &&
              X509_set_issuer_name(made.get(), name) == 1 &&
              X509_set_pubkey(made.get(), key) == 1 && X509_sign(made.get(), key, nullptr) > 0);
  return made;
}

std::optional<digest> id_in(X509* certificate) {
  EVP_PKEY* key = certificate == nullptr ? nullptr : X509_get0_pubkey(certificate);
  public_key raw{};
  std::size_t size = raw.size();
  if (key == nullptr || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1 || size != raw.size())
    return {};
  return fingerprint_of(raw);
}

/// Any certificate of an Ed25519 key will do, when it is the wanted node's: that the peer has the
/// private key is TLS's to prove.
int accept_certificate(X509_STORE_CTX* chain, void* /*unused*/) {
  const auto* session = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* check = static_cast<peer_check*>(SSL_get_app_data(session));
  COMET_CHECK(check != nullptr);
  check->found = id_in(X509_STORE_CTX_get0_cert(chain));
  const bool welcome = check->found && !check->refuses();
  X509_STORE_CTX_set_error(chain, welcome ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
  return welcome ? 1 : 0;
}

}  // namespace

tls_identity::tls_identity(const signing_key& key, bytes secret)
    : id_(fingerprint_of(key.public_part())),
      secret_(std::move(secret)),
      context_(SSL_CTX_new(TLS_method())) {
  SSL_CTX* context = context_.get();
  COMET_CHECK(context != nullptr);
  const auto private_key = private_key_of(key);
  const auto certificate = certificate_of(private_key.get());
  COMET_CHECK(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
              SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
              SSL_CTX_set1_groups_list(context, "X25519") == 1 &&
              SSL_CTX_set1_sigalgs_list(context, "ed25519") == 1 &&
              SSL_CTX_set1_client_sigalgs_list(context, "ed25519") == 1 &&
              SSL_CTX_use_certificate(context, certificate.get()) == 1 &&
              SSL_CTX_use_PrivateKey(context, private_key.get()) == 1 &&
              SSL_CTX_set_num_tickets(context, 0) == 1);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list(context, certificate_bytes_max);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, accept_certificate, nullptr);
}

tls_identity::~tls_identity() = default;

void tls_identity::deleter::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

}  // namespace comet::actors
