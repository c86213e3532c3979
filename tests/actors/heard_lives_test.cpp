#include "actors/heard_lives.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

using namespace comet;
using namespace comet::actors;

namespace {

const digest a = sha256("a");
constexpr std::uint64_t life = 7;

}  // namespace

TEST_CASE("a disk that grows older is heard, from one run to the next") {
  heard_lives heard;
  CHECK(heard.hear(a, life, 1, 10));
  CHECK(heard.hear(a, life, 2, 10));
  CHECK(heard.hear(a, life, 3, 11));
  CHECK(heard.hear(a, life, 9, 12));
  CHECK(heard.all() == std::vector{heard_life{a, life, 9, 12, false}});
}

TEST_CASE("another run with an age that was heard, or a lower one, has an older disk") {
  for (const std::uint64_t age : {5, 4, 1}) {
    CAPTURE(age);
    heard_lives heard;
    REQUIRE(heard.hear(a, life, 5, 10));
    CHECK_FALSE(heard.hear(a, life, age, 11));
  }
}

TEST_CASE("a life that is over stays so, however old its disk grows again") {
  heard_lives heard;
  REQUIRE(heard.hear(a, life, 5, 10));
  REQUIRE_FALSE(heard.hear(a, life, 5, 11));
  CHECK_FALSE(heard.hear(a, life, 6, 11));
  CHECK_FALSE(heard.hear(a, life, 7, 12));
  heard = heard_lives::decode(heard.encode());
  CHECK_FALSE(heard.hear(a, life, 8, 13));
  CHECK(heard.hear(a, life + 1, 1, 13));
  CHECK(heard.hear(sha256("b"), life, 1, 14));
}

TEST_CASE("who ran on while an old copy of its disk was started is heard until it ends") {
  heard_lives heard;
  REQUIRE(heard.hear(a, life, 5, 10));
  REQUIRE_FALSE(heard.hear(a, life, 5, 11));
  CHECK(heard.hear(a, life, 5, 10));
  CHECK(heard.hear(a, life, 6, 10));
  CHECK_FALSE(heard.hear(a, life, 7, 12));
  CHECK_FALSE(heard.hear(a, life, 6, 11));
}

TEST_CASE("frames of one run may change their order, but a memory that was put back is noticed") {
  heard_lives heard;
  REQUIRE(heard.hear(a, life, 5, 10));
  CHECK(heard.hear(a, life, 4, 10));
  CHECK(heard.hear(a, life, 5, 10));
  CHECK_FALSE(heard.hear(a, life, 3, 10));
  CHECK_FALSE(heard.hear(a, life, 6, 10));
  CHECK_FALSE(heard.hear(a, life, 7, 0));
}

TEST_CASE("a disk that was away while its node ran on another is as good as it was") {
  heard_lives heard;
  REQUIRE(heard.hear(a, life, 5, 10));
  REQUIRE(heard.hear(a, life + 1, 1, 11));
  CHECK(heard.hear(a, life, 6, 12));
}

TEST_CASE("lives that were heard come back as they were") {
  heard_lives heard;
  REQUIRE(heard.hear(a, std::numeric_limits<std::uint64_t>::max(), 5, 10));
  REQUIRE(heard.hear(sha256("b"), 1, std::numeric_limits<std::uint64_t>::max(), 11));
  REQUIRE_FALSE(heard.hear(sha256("b"), 1, 1, 12));
  CHECK(heard_lives::decode(heard.encode()).all() == heard.all());
  CHECK(heard_lives::decode("").all().empty());
}

TEST_CASE("only so many lives are kept and read, those that are over longest") {
  heard_lives heard;
  REQUIRE(heard.hear(a, life, 2, 1));
  REQUIRE_FALSE(heard.hear(a, life, 2, 2));
  const auto node = [](std::size_t i) { return sha256(std::to_string(i)); };
  for (std::size_t i = 0; i < heard_lives_max; ++i)
    REQUIRE(heard.hear(node(i), 1, 1, 1));
  CHECK(heard.all().size() == heard_lives_max);
  CHECK(heard.all().front().node == node(heard_lives_max - 1));
  CHECK_FALSE(heard.hear(a, life, 3, 3));
  CHECK(heard.hear(node(0), 1, 1, 2));  // forgotten
  const auto text = heard.encode();
  CHECK(heard_lives::decode(text + text).all().size() == heard_lives_max);

  heard_lives ended;
  for (std::size_t i = 0; i <= heard_lives_max; ++i) {
    REQUIRE(ended.hear(node(i), 1, 1, 1));
    REQUIRE_FALSE(ended.hear(node(i), 1, 1, 2));
  }
  CHECK(ended.all().size() == heard_lives_max);
}

TEST_CASE("lines of lives that cannot be read are passed over") {
  const auto id = to_hex(as_bytes(a));
  const bytes good = id + " 7 5 10 lives\n";
  REQUIRE(heard_lives::decode(good).all() == std::vector{heard_life{a, 7, 5, 10, false}});
  for (const bytes& bad :
       {bytes{""}, bytes{" "}, bytes{"00 7 5 10 lives"}, id, id + " 7 5 10", id + " 7 5 10 ",
        id + " 7 5 10 lives ", id + " 7 5 x over", id + " 7 5 -1 over", id + " 0 5 10 lives",
        id + " 7 0 10 lives", id + " 7 18446744073709551616 10 lives", bytes{"\xff\xff"}}) {
    CAPTURE(bad);
    CHECK(heard_lives::decode(bad + "\n" + good).all().size() == 1);
    CHECK(heard_lives::decode(good + bad).all().size() == 1);
  }
}
