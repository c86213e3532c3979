#include "base/secret_sharing.hpp"

#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "base/random.hpp"

namespace comet {
namespace {

bytes drawn(prng& chance, std::size_t size) {
  bytes out(size, '\0');
  for (char& c : out)
    c = static_cast<char>(chance.below(256));
  return out;
}

/// The shares whose bits are set.
std::vector<secret_share> chosen(const std::vector<secret_share>& all, unsigned which) {
  std::vector<secret_share> some;
  for (std::size_t i = 0; i < all.size(); ++i)
    if ((which >> i & 1U) != 0) some.push_back(all[i]);
  return some;
}

TEST_CASE("products are those that FIPS 197 gives as examples") {
  CHECK(field_product(0x57, 0x83) == 0xC1);
  CHECK(field_product(0x57, 0x02) == 0xAE);
  CHECK(field_product(0x57, 0x04) == 0x47);
  CHECK(field_product(0x57, 0x08) == 0x8E);
  CHECK(field_product(0x57, 0x10) == 0x07);
  CHECK(field_product(0x57, 0x13) == 0xFE);
  CHECK(field_product(0x53, 0xCA) == 0x01);
}

TEST_CASE("a share is the value of the polynomial at its place") {
  // Of degree 1, 0x57 x + 0x01: at x the example of FIPS 197, plus 1.
  const auto line = split_secret("\x01", 0x83, 2, "\x57");
  CHECK(to_hex(line[0x02 - 1].values) == "af");
  CHECK(to_hex(line[0x10 - 1].values) == "06");
  CHECK(to_hex(line[0x83 - 1].values) == "c0");
  // Of degree 2, c x^2 + b x + a for two bytes: a = 2a 00, b = 01 ff, c = 80 13.
  const auto curve = split_secret(*from_hex("2a00"), 3, 3, *from_hex("01ff8013"));
  CHECK(curve[0] == secret_share{1, *from_hex("abec")});
  CHECK(curve[1] == secret_share{2, *from_hex("1ea9")});
  CHECK(curve[2] == secret_share{3, *from_hex("9f45")});
}

TEST_CASE("every choice of enough shares gives the secret, and no choice of fewer") {
  prng chance{7};
  const int count = 6;
  for (int needed = 1; needed <= count; ++needed) {
    const bytes secret = drawn(chance, 32);
    const auto all =
        split_secret(secret, count, needed, drawn(chance, chance_bytes(secret.size(), needed)));
    for (unsigned which = 1; which < 1U << count; ++which) {
      INFO("needed " << needed << ", chosen " << which);
      const auto joined = join_secret(chosen(all, which));
      REQUIRE(joined);
      CHECK((*joined == secret) == (std::popcount(which) >= needed));
    }
  }
}

TEST_CASE("the order of the shares makes no difference") {
  prng chance{8};
  auto all = split_secret("the word is swordfish", 5, 5, drawn(chance, chance_bytes(21, 5)));
  std::swap(all[0], all[4]);
  std::swap(all[1], all[2]);
  CHECK(*join_secret(all) == "the word is swordfish");
}

TEST_CASE("a share too few is as good as none: each secret fits it equally often") {
  // Two of two over one byte: for each secret, what the share at place 1 may be is every byte once.
  for (int secret = 0; secret < 256; ++secret) {
    std::set<bytes> seen;
    for (int coefficient = 0; coefficient < 256; ++coefficient)
      seen.insert(split_secret(bytes(1, static_cast<char>(secret)), 2, 2,
                               bytes(1, static_cast<char>(coefficient)))[0]
                      .values);
    CHECK(seen.size() == 256);
  }
}

TEST_CASE("as many shares as there are places work, and a secret of no bytes") {
  prng chance{9};
  const auto all = split_secret("s", shares_max, shares_max, drawn(chance, 254));
  CHECK(all.back().place == 255);
  CHECK(*join_secret(all) == "s");
  CHECK(*join_secret(split_secret("", 3, 2, "")) == "");
}

TEST_CASE("what cannot be shares of one secret is named") {
  CHECK(join_secret({}).failure().message == "there is no share");
  CHECK(join_secret({{0, "a"}}).failure().code == errc::syntax);
  CHECK(join_secret({{3, "a"}, {3, "a"}}).failure().message ==
        "the share at place 3 is there twice");
  CHECK(join_secret({{1, "a"}, {2, "ab"}}).failure().code == errc::syntax);
}

}  // namespace
}  // namespace comet
