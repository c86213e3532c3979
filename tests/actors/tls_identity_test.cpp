#include "actors/tls_identity.hpp"

#include <openssl/ssl.h>

#include <catch2/catch_test_macros.hpp>

#include "base/fingerprint.hpp"

using namespace comet;
using namespace comet::actors;

TEST_CASE("an identity's id is the fingerprint of its key, and it signs with that key") {
  const auto key = signing_key::generate();
  const tls_identity self(key, "the network's secret");
  CHECK(self.key() == key.public_part());
  CHECK(self.id() == fingerprint_of(key.public_part()));
  CHECK(is_signed_by(key.public_part(), "a statement", self.sign("a statement")));
}

TEST_CASE("nodes of one network begin with one key, those of another with another") {
  const tls_identity one(signing_key::generate(), "the network's secret");
  const tls_identity two(signing_key::generate(), "the network's secret");
  const tls_identity other(signing_key::generate(), "another network's secret");
  CHECK(one.shared_key() == two.shared_key());
  CHECK(one.shared_key() != other.shared_key());
  CHECK(one.shared_key() != sha256("the network's secret"));
}

TEST_CASE("a node has no certificate to show, and speaks nothing below TLS 1.3") {
  const tls_identity self(signing_key::generate(), "the network's secret");
  CHECK(SSL_CTX_get0_certificate(self.context()) == nullptr);
  CHECK(SSL_CTX_get_min_proto_version(self.context()) == TLS1_3_VERSION);
  CHECK((SSL_CTX_get_options(self.context()) & SSL_OP_ALLOW_NO_DHE_KEX) == 0);
}
