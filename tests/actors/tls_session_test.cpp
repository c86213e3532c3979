#include "actors/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <utility>

using namespace comet;
using namespace comet::actors;

namespace {

using role = tls_session::role;

const bytes secret = "a secret of the whole network";

/// Two sessions that hand each other their output, in pieces of `piece` bytes.
struct pair_of_sessions {
  explicit pair_of_sessions(const bytes& other_secret = secret)
      : alice(signing_key::generate(), secret),
        bob(signing_key::generate(), other_secret),
        dialer(alice, role::dialer),
        acceptor(bob, role::acceptor) {}

  /// One direction; false: the receiver failed, with `failure`.
  bool deliver(tls_session& from, tls_session& to, bytes& heard) {
    while (!from.output().empty()) {
      const bytes some{from.output().substr(0, piece)};
      from.consume(some.size());
      auto done = to.receive(some, heard);
      if (done) continue;
      failure = std::move(done.failure());
      return false;
    }
    return true;
  }
  bool run() {
    while (!dialer.output().empty() || !acceptor.output().empty())
      if (!deliver(dialer, acceptor, heard_by_acceptor) ||
          !deliver(acceptor, dialer, heard_by_dialer))
        return false;
    return true;
  }

  tls_identity alice;
  tls_identity bob;
  tls_session dialer;
  tls_session acceptor;
  std::size_t piece = 1'000'000;
  bytes heard_by_dialer;
  bytes heard_by_acceptor;
  error failure;
};

/// A client of OpenSSL that is none of ours.
class foreign_client {
 public:
  foreign_client(int version, bool with_certificate) : context_(SSL_CTX_new(TLS_method())) {
    SSL_CTX_set_min_proto_version(context_, version);
    SSL_CTX_set_max_proto_version(context_, version);
    SSL_CTX_set_security_level(context_, 0);
    if (with_certificate) {
      key_ = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
      certificate_ = X509_new();
      X509_gmtime_adj(X509_getm_notBefore(certificate_), 0);
      X509_gmtime_adj(X509_getm_notAfter(certificate_), 3'600);
      X509_set_pubkey(certificate_, key_);
      X509_sign(certificate_, key_, EVP_sha256());
      SSL_CTX_use_certificate(context_, certificate_);
      SSL_CTX_use_PrivateKey(context_, key_);
    }
    session_ = SSL_new(context_);
    SSL_set_bio(session_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(session_);
  }
  ~foreign_client() {
    SSL_free(session_);
    SSL_CTX_free(context_);
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }
  foreign_client(const foreign_client&) = delete;
  foreign_client& operator=(const foreign_client&) = delete;

  bytes say(bytes_view heard) {
    if (!heard.empty())
      BIO_write(SSL_get_rbio(session_), heard.data(), static_cast<int>(heard.size()));
    SSL_do_handshake(session_);
    ERR_clear_error();
    bytes out(BIO_ctrl_pending(SSL_get_wbio(session_)), '\0');
    if (!out.empty()) BIO_read(SSL_get_wbio(session_), out.data(), static_cast<int>(out.size()));
    return out;
  }

 private:
  SSL_CTX* context_;
  SSL* session_ = nullptr;
  X509* certificate_ = nullptr;
  EVP_PKEY* key_ = nullptr;
};

/// Why an acceptor ends the session with it, having said no more than an alert; nothing: it goes
/// on.
std::optional<error> verdict_on(foreign_client& client) {
  const tls_identity self(signing_key::generate(), secret);
  tls_session acceptor(self, role::acceptor);
  bytes plain;
  bytes heard;
  for (int flight = 0; flight < 4; ++flight) {
    const bytes said = client.say(heard);
    auto done = acceptor.receive(said, plain);
    heard = acceptor.output();
    acceptor.consume(heard.size());
    CHECK(heard.size() < 20);
    if (!done) return done.failure();
  }
  CHECK_FALSE(acceptor.established());
  return {};
}

}  // namespace

TEST_CASE("two sessions of one network talk, and nobody reads along") {
  pair_of_sessions p;
  REQUIRE(p.run());
  REQUIRE(p.dialer.established());
  REQUIRE(p.acceptor.established());
  p.dialer.send("to bob");
  CHECK(p.dialer.output().find("to bob") == bytes_view::npos);
  p.acceptor.send("to alice");
  REQUIRE(p.run());
  CHECK(p.heard_by_acceptor == "to bob");
  CHECK(p.heard_by_dialer == "to alice");
}

TEST_CASE("bytes may come one at a time, and a lot at once") {
  pair_of_sessions p;
  p.piece = 1;
  REQUIRE(p.run());
  p.dialer.send("slowly");
  REQUIRE(p.run());
  CHECK(p.heard_by_acceptor == "slowly");
  p.piece = 100'000;
  const bytes much(1'000'000, 'm');
  p.acceptor.send(much);
  REQUIRE(p.run());
  CHECK(p.heard_by_dialer == much);
}

TEST_CASE("two networks do not meet: both sides are told, and neither learns a name") {
  pair_of_sessions different("another secret altogether");
  CHECK_FALSE(different.run());
  CHECK(different.failure.code == errc::no_auth);
  CHECK(different.failure.message.find("secret") != bytes::npos);
  CHECK(different.acceptor.failed());
  CHECK(different.acceptor.output().size() < 20);  // an alert
  CHECK_FALSE(different.deliver(different.acceptor, different.dialer, different.heard_by_dialer));
  CHECK(different.failure.code == errc::no_auth);
  CHECK_FALSE(different.dialer.established());
}

TEST_CASE("each side proves who it is, and only with its own key") {
  pair_of_sessions p;
  REQUIRE(p.run());
  CHECK(p.acceptor.is_proven_by(p.alice.key(), p.dialer.proof()));
  CHECK(p.dialer.is_proven_by(p.bob.key(), p.acceptor.proof()));
  // A member that poses as another one.
  CHECK_FALSE(p.dialer.is_proven_by(signing_key::generate().public_part(), p.acceptor.proof()));
  CHECK_FALSE(p.dialer.is_proven_by(p.alice.key(), p.acceptor.proof()));
  CHECK_FALSE(p.dialer.is_proven_by(p.bob.key(), ""));
  CHECK_FALSE(p.dialer.is_proven_by(p.bob.key(), bytes(signature_bytes, '\0')));
}

TEST_CASE("a proof is worth nothing in the other direction or in another session") {
  pair_of_sessions one;
  REQUIRE(one.run());
  CHECK_FALSE(one.dialer.is_proven_by(one.alice.key(), one.dialer.proof()));
  CHECK_FALSE(one.acceptor.is_proven_by(one.bob.key(), one.acceptor.proof()));
  // A node between two others has a session with each.
  tls_session first(one.alice, role::dialer);
  tls_session second(one.bob, role::acceptor);
  bytes heard;
  while (!first.output().empty() || !second.output().empty())
    REQUIRE((one.deliver(first, second, heard) && one.deliver(second, first, heard)));
  CHECK(second.is_proven_by(one.alice.key(), first.proof()));
  CHECK_FALSE(one.acceptor.is_proven_by(one.alice.key(), first.proof()));
  CHECK_FALSE(one.dialer.is_proven_by(one.bob.key(), second.proof()));
}

TEST_CASE("what a dialer said once opens no second session") {
  pair_of_sessions p;
  const bytes first{p.dialer.output()};
  REQUIRE(p.run());
  tls_session again(p.bob, role::acceptor);
  bytes plain;
  REQUIRE(again.receive(first, plain).ok());
  CHECK_FALSE(again.established());
  p.dialer.send("an order");
  CHECK_FALSE(again.receive(p.dialer.output(), plain).ok());
  CHECK(plain.empty());
}

TEST_CASE("a handshake takes less than 600 bytes") {
  pair_of_sessions p;
  std::size_t moved = 0;
  while (!p.dialer.output().empty() || !p.acceptor.output().empty()) {
    moved += p.dialer.output().size();
    REQUIRE(p.deliver(p.dialer, p.acceptor, p.heard_by_acceptor));
    moved += p.acceptor.output().size();
    REQUIRE(p.deliver(p.acceptor, p.dialer, p.heard_by_dialer));
  }
  CAPTURE(moved);
  CHECK(moved < 600);
}

TEST_CASE("TLS 1.2 is refused") {
  foreign_client client(TLS1_2_VERSION, true);
  const auto verdict = verdict_on(client);
  REQUIRE(verdict);
  CHECK(verdict->code == errc::protocol);
}

TEST_CASE("who does not know the secret gets an alert, with a certificate or without") {
  foreign_client nobody(TLS1_3_VERSION, false);
  CHECK(verdict_on(nobody));
  foreign_client elliptic(TLS1_3_VERSION, true);
  CHECK(verdict_on(elliptic));
}

TEST_CASE("garbage ends a session and leaves it harmless") {
  const tls_identity self(signing_key::generate(), secret);
  for (const bytes& garbage :
       {bytes("GET / HTTP/1.1\r\n\r\n"), bytes(5'000, '\0'), bytes(5'000, '\xff'),
        bytes("\x16\x03\x01\xff\xff") + bytes(70'000, 'x')}) {
    tls_session acceptor(self, role::acceptor);
    bytes plain;
    const auto done = acceptor.receive(garbage, plain);
    REQUIRE_FALSE(done.ok());
    CHECK(done.failure().code == errc::protocol);
    CHECK_FALSE(done.failure().message.empty());
    CHECK_FALSE(acceptor.receive("more", plain).ok());
    CHECK(plain.empty());
    CHECK(acceptor.output().size() < 100);
  }
}

TEST_CASE("a record that was changed on the way ends the session") {
  pair_of_sessions p;
  REQUIRE(p.run());
  p.dialer.send("pay one");
  bytes changed{p.dialer.output()};
  changed.back() = static_cast<char>(changed.back() ^ 1);
  CHECK_FALSE(p.acceptor.receive(changed, p.heard_by_acceptor).ok());
  CHECK(p.heard_by_acceptor.empty());
}

TEST_CASE("a record that is said twice is not heard twice") {
  pair_of_sessions p;
  REQUIRE(p.run());
  p.dialer.send("once");
  const bytes record{p.dialer.output()};
  REQUIRE(p.acceptor.receive(record, p.heard_by_acceptor).ok());
  CHECK_FALSE(p.acceptor.receive(record, p.heard_by_acceptor).ok());
  CHECK(p.heard_by_acceptor == "once");
}

TEST_CASE("a stream that is cut has not finished, and one that ends in order has") {
  pair_of_sessions p;
  REQUIRE(p.run());
  p.dialer.send(bytes(1'000, 'x'));
  const bytes whole{p.dialer.output()};
  p.dialer.consume(whole.size());
  REQUIRE(p.acceptor.receive(bytes_view{whole}.substr(0, 500), p.heard_by_acceptor).ok());
  CHECK(p.heard_by_acceptor.empty());
  CHECK_FALSE(p.acceptor.peer_finished());
  REQUIRE(p.acceptor.receive(bytes_view{whole}.substr(500), p.heard_by_acceptor).ok());
  CHECK(p.heard_by_acceptor.size() == 1'000);
  p.dialer.finish();
  REQUIRE(p.run());
  CHECK(p.acceptor.peer_finished());
  // The other direction is still open, and what comes after the end is not kept.
  p.acceptor.send("last word");
  REQUIRE(p.run());
  CHECK(p.heard_by_dialer == "last word");
  CHECK(p.acceptor.receive(bytes(1'000'000, 'x'), p.heard_by_acceptor).ok());
  CHECK(p.heard_by_acceptor.size() == 1'000);
}
