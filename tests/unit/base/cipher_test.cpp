#include "base/cipher.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

namespace comet {
namespace {

/// Changed in one bit.
bytes bent(bytes text, std::size_t at) {
  text[at] = static_cast<char>(text[at] ^ 1);
  return text;
}

TEST_CASE("the vectors of the specification of GCM for keys of 256 bits hold") {
  // D. McGrew, J. Viega, "The Galois/Counter Mode of Operation", test cases 13 to 16.
  struct vector {
    const char *key, *nonce, *text, *bound, *box;
  };
  const char* zero_key = "0000000000000000000000000000000000000000000000000000000000000000";
  const char* key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
  const vector vectors[] = {
      {zero_key, "000000000000000000000000", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
      {zero_key, "000000000000000000000000", "00000000000000000000000000000000", "",
       "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
      {key, "cafebabefacedbaddecaf888",
       "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
       "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
       "",
       "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
       "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
       "b094dac5d93471bdec1a502270e3cc6c"},
      {key, "cafebabefacedbaddecaf888",
       "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
       "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
       "feedfacedeadbeeffeedfacedeadbeefabaddad2",
       "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
       "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
       "76fc6ece0f4e1768cddf8853bb2d551b"},
  };
  for (const vector& v : vectors) {
    INFO("tag of " << v.box);
    const bytes box =
        sealed(*from_hex(v.key), *from_hex(v.nonce), *from_hex(v.text), *from_hex(v.bound));
    CHECK(to_hex(box) == v.box);
    const auto text = opened(*from_hex(v.key), *from_hex(v.nonce), box, *from_hex(v.bound));
    REQUIRE(text);
    CHECK(to_hex(*text) == v.text);
  }
}

TEST_CASE("what was sealed opens with its key, nonce and bound text, and with nothing else") {
  const bytes key = drawn_secret(cipher_key_bytes);
  const bytes nonce = drawn_secret(cipher_nonce_bytes);
  const bytes box = sealed(key, nonce, "the word is swordfish", "for anna");
  REQUIRE(opened(key, nonce, box, "for anna"));
  CHECK(*opened(key, nonce, box, "for anna") == "the word is swordfish");
  CHECK(opened(key, nonce, box, "for bert").failure().code == errc::corrupt);
  CHECK(opened(bent(key, 31), nonce, box, "for anna").failure().code == errc::corrupt);
  CHECK(opened(key, bent(nonce, 0), box, "for anna").failure().code == errc::corrupt);
  for (std::size_t i = 0; i < box.size(); ++i)
    CHECK(opened(key, nonce, bent(box, i), "for anna").failure().code == errc::corrupt);
  CHECK(opened(key, nonce, box.substr(1), "for anna").failure().code == errc::corrupt);
}

TEST_CASE("a key, a nonce or a sealed text that cannot be one is named") {
  const bytes key(cipher_key_bytes, 'k');
  const bytes nonce(cipher_nonce_bytes, 'n');
  const bytes box = sealed(key, nonce, "", "");
  CHECK(box.size() == cipher_tag_bytes);
  CHECK(opened(key.substr(1), nonce, box, "").failure().message == "a key has 32 bytes");
  CHECK(opened(key, nonce + "n", box, "").failure().message == "a nonce has 12 bytes");
  CHECK(opened(key, nonce, box.substr(1), "").failure().code == errc::syntax);
}

TEST_CASE("drawn secrets have their size and do not repeat") {
  std::set<bytes> seen;
  for (int i = 0; i < 1'000; ++i)
    seen.insert(drawn_secret(cipher_nonce_bytes));
  CHECK(seen.size() == 1'000);
  CHECK(seen.begin()->size() == cipher_nonce_bytes);
  CHECK(drawn_secret(0).empty());
}

}  // namespace
}  // namespace comet
