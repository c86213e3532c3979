#include "actors/tls_identity.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <catch2/catch_test_macros.hpp>

#include "base/fingerprint.hpp"

using namespace comet;
using namespace comet::actors;

TEST_CASE("an identity's id is the fingerprint of its key, and its certificate holds that key") {
  const auto key = signing_key::generate();
  const tls_identity self(key, "the network's secret");
  CHECK(self.id() == fingerprint_of(key.public_part()));
  X509* certificate = SSL_CTX_get0_certificate(self.context());
  REQUIRE(certificate != nullptr);
  public_key shown{};
  std::size_t size = shown.size();
  REQUIRE(EVP_PKEY_get_raw_public_key(X509_get0_pubkey(certificate), shown.data(), &size) == 1);
  CHECK(shown == key.public_part());
  CHECK(X509_verify(certificate, X509_get0_pubkey(certificate)) == 1);
}

TEST_CASE("no clock is so far off that a certificate is not valid") {
  const tls_identity self(signing_key::generate(), "the network's secret");
  X509* certificate = SSL_CTX_get0_certificate(self.context());
  constexpr std::time_t the_year_9000 = 221'845'392'000;
  std::time_t epoch = 1;
  std::time_t far = the_year_9000;
  CHECK(X509_cmp_time(X509_get0_notBefore(certificate), &epoch) < 0);
  CHECK(X509_cmp_time(X509_get0_notAfter(certificate), &far) > 0);
}

TEST_CASE("a check refuses another than the wanted one, and nobody when anybody is wanted") {
  const digest a = sha256("a");
  const digest b = sha256("b");
  CHECK(peer_check{a, b}.refuses());
  CHECK_FALSE(peer_check{a, a}.refuses());
  CHECK_FALSE(peer_check{{}, b}.refuses());
  CHECK_FALSE(peer_check{a, {}}.refuses());
}
