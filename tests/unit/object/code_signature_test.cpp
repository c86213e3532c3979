#include "object/code_signature.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::object {
namespace {

constexpr bytes_view source = "local aso = {}\nreturn aso";

TEST_CASE("unsigned code has no signer") {
  for (const bytes_view text : {bytes_view{}, bytes_view{"\n"}, source,
                                bytes_view{"-- comet:signed in the middle\nreturn {}"}}) {
    const auto signer = signer_of(text);
    REQUIRE(signer);
    CHECK_FALSE(signer->has_value());
  }
}

TEST_CASE("signed code names its signer, with and without a line break at its end") {
  const auto key = signing_key::generate();
  const bytes made = signed_source(source, key);
  CHECK(made.starts_with(source));
  for (const bytes& text : {made, made + "\n", made.substr(0, made.size() - 1), made + "\r\n"}) {
    const auto signer = signer_of(text);
    REQUIRE(signer);
    CHECK(*signer == key.public_part());
  }
}

TEST_CASE("signing again replaces the signature") {
  const auto alice = signing_key::generate();
  const auto bob = signing_key::generate();
  const bytes twice = signed_source(signed_source(source, alice), bob);
  CHECK(twice == signed_source(source, bob));
  CHECK(*signer_of(twice) == bob.public_part());
}

TEST_CASE("a text that was changed after it was signed is refused") {
  const auto key = signing_key::generate();
  const bytes made = signed_source(source, key);
  for (std::size_t i = 0; i < made.size() - 1; ++i) {
    bytes changed = made;
    changed[i] = changed[i] == 'x' ? 'y' : 'x';
    const auto signer = signer_of(changed);
    // Whoever breaks the mark of the line has unsigned code.
    if (signer) CHECK_FALSE(signer->has_value());
    if (!signer) CHECK(signer.failure().code == errc::no_permission);
  }
  const auto appended = signer_of(made + "return { evil = 1 }");
  REQUIRE(appended);
  CHECK_FALSE(appended->has_value());
}

TEST_CASE("a line of a signature that is not well formed is refused and says why") {
  for (const bytes_view line :
       {"-- comet:signed", "-- comet:signed ed25519 00 00", "-- comet:signed rsa 00 00"})
    CHECK(signer_of(bytes{source} + "\n" + bytes{line}).failure().message ==
          "signature: the last line is not `-- comet:signed ed25519 KEY SIGNATURE`");
  const bytes not_hex = bytes(64, 'z') + " " + bytes(128, '0');
  CHECK(signer_of("-- comet:signed ed25519 " + not_hex).failure().message ==
        "signature: its key or signature is not hexadecimal");
}

}  // namespace
}  // namespace comet::object
