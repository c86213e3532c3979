#include "base/signature.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

namespace comet {
namespace {

TEST_CASE("a signature holds for its message and its signer only") {
  const auto alice = signing_key::generate();
  const auto bob = signing_key::generate();
  const bytes signature = alice.sign("the text");
  CHECK(signature.size() == signature_bytes);
  CHECK(is_signed_by(alice.public_part(), "the text", signature));
  CHECK_FALSE(is_signed_by(alice.public_part(), "the text.", signature));
  CHECK_FALSE(is_signed_by(bob.public_part(), "the text", signature));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    bytes changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(is_signed_by(alice.public_part(), "the text", changed));
  }
  CHECK_FALSE(is_signed_by(alice.public_part(), "the text", signature.substr(1)));
  CHECK_FALSE(is_signed_by(alice.public_part(), "the text", ""));
}

TEST_CASE("the first test vector of RFC 8032 verifies") {
  const auto raw = from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  public_key signer{};
  std::copy(raw->begin(), raw->end(), signer.begin());
  const auto signature = from_hex(
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
      "b46bd25bf5f0595bbe24655141438e7a100b");
  CHECK(is_signed_by(signer, "", *signature));
}

TEST_CASE("a key comes back from its PEM, and what is none is refused") {
  const auto key = signing_key::generate();
  const auto again = signing_key::from_pem(key.to_pem());
  REQUIRE(again);
  CHECK(again->public_part() == key.public_part());
  CHECK(again->sign("m") == key.sign("m"));
  CHECK(signing_key::from_pem("").failure().code == errc::syntax);
  CHECK(signing_key::from_pem(key.to_pem().substr(0, 60)).failure().code == errc::syntax);
}

}  // namespace
}  // namespace comet
