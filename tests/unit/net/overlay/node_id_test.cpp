#include "net/overlay/node_id.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::overlay {

TEST_CASE("an id is the SHA-256 of a key, and its hexadecimal form reads back") {
  const auto id = id_of_key("abc");
  CHECK(to_hex(id) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(node_id_from_hex(to_hex(id)) == id);
  CHECK(to_node_id(to_digest(id)) == id);
  CHECK(id_of_public_key("abc") == id);
}

TEST_CASE("what is not 64 hexadecimal digits is no id") {
  CHECK_FALSE(node_id_from_hex(""));
  CHECK_FALSE(node_id_from_hex("00"));
  CHECK_FALSE(node_id_from_hex(std::string(66, '0')));
  CHECK_FALSE(node_id_from_hex(std::string(63, '0') + "g"));
}

TEST_CASE("ids order as their bytes do") {
  prng random{1};
  for (int i = 0; i < 1'000; ++i) {
    const auto a = random_id(random);
    const auto b = random_id_sharing(a, static_cast<unsigned>(random.below(id_bits)), random);
    REQUIRE((a < b) == (to_digest(a) < to_digest(b)));
  }
}

TEST_CASE("the distance is a metric in which every target has one nearest id") {
  prng random{2};
  for (int i = 0; i < 1'000; ++i) {
    const auto a = random_id(random);
    const auto b = random_id(random);
    const auto c = random_id(random);
    REQUIRE(distance(a, a) == node_id{});
    REQUIRE(distance(a, b) == distance(b, a));
    REQUIRE(distance(distance(a, b), distance(b, c)) == distance(a, c));
    REQUIRE(is_nearer(a, b, c) != is_nearer(a, c, b));
    REQUIRE(is_nearer(a, b, c) == comet::is_nearer(to_digest(a), to_digest(b), to_digest(c)));
  }
}

TEST_CASE("a random id shares exactly as many bits as asked for") {
  prng random{3};
  const auto base = random_id(random);
  for (unsigned bits = 0; bits < id_bits; ++bits) {
    const auto drawn = random_id_sharing(base, bits, random);
    REQUIRE(common_prefix_bits(base, drawn) == bits);
    REQUIRE(base.bit(bits) != drawn.bit(bits));
  }
  CHECK(common_prefix_bits(base, base) == id_bits);
}

}  // namespace comet::overlay
