#include "base/digest.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

namespace comet {

TEST_CASE("SHA-256 gives the digests of FIPS 180-4") {
  CHECK(to_hex(as_bytes(sha256(""))) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(as_bytes(sha256("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("HMAC-SHA-256 gives the digests of RFC 4231") {
  CHECK(to_hex(as_bytes(hmac_sha256(bytes(20, '\x0b'), "Hi There"))) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(to_hex(as_bytes(hmac_sha256("Jefe", "what do ya want for nothing?"))) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(to_hex(as_bytes(hmac_sha256(bytes(131, '\xaa'),
                                    "Test Using Larger Than Block-Size Key - Hash Key First"))) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("a digest survives the way through its bytes") {
  const digest d = sha256("comet");
  CHECK(digest_from(as_bytes(d)) == d);
}

TEST_CASE("of two digests that one is nearer whose first differing byte is nearer") {
  digest target{};
  digest a{};
  digest b{};
  target[31] = 3;
  a[31] = 1;
  b[31] = 2;
  CHECK(is_nearer(target, b, a));  // 3 ^ 2 = 1, 3 ^ 1 = 2
  CHECK_FALSE(is_nearer(target, a, b));
  b[0] = 1;
  CHECK(is_nearer(target, a, b));
  CHECK_FALSE(is_nearer(target, b, a));
  CHECK_FALSE(is_nearer(target, a, a));
}

TEST_CASE("CRC-32C gives the checksums of RFC 3720") {
  CHECK(crc32c("") == 0);
  CHECK(crc32c("123456789") == 0xE3069283U);
  CHECK(crc32c(bytes(32, '\0')) == 0x8A9136AAU);
  CHECK(crc32c(bytes(32, '\xff')) == 0x62A8AB43U);
}

TEST_CASE("a changed bit changes the checksum at every length") {
  for (std::size_t size = 1; size < 40; ++size) {
    bytes data(size, 'c');
    const std::uint32_t before = crc32c(data);
    data[size - 1] ^= 1;
    CHECK(crc32c(data) != before);
  }
}

TEST_CASE("the table hash tells strings of one byte's difference apart, trailing zeros too") {
  std::set<std::uint64_t> seen;
  for (std::size_t size = 0; size < 64; ++size) {
    for (const char last : {'\0', 'a', 'b'}) {
      bytes text(size, '\0');
      if (size > 0) text.back() = last;
      seen.insert(table_hash(text));
    }
  }
  CHECK(seen.size() == 1 + 63 * 3);
}

TEST_CASE("bytes are equal in constant time when they are equal") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("abc", "ab"));
}

}  // namespace comet
