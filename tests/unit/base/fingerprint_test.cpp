#include "base/fingerprint.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;

TEST_CASE("a fingerprint is the SHA-256 of the key's bytes") {
  const auto key = signing_key::generate().public_part();
  const bytes raw(key.begin(), key.end());
  CHECK(fingerprint_of(key) == sha256(raw));
}

TEST_CASE("two keys have two fingerprints") {
  CHECK(fingerprint_of(signing_key::generate().public_part()) !=
        fingerprint_of(signing_key::generate().public_part()));
}
