#include "object/layout.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "base/random.hpp"

namespace comet::object::layout {
namespace {

bool inside(const std::pair<bytes, bytes>& range, const bytes& key) {
  return range.first <= key && key < range.second;
}

bool flushed(const bytes& key) {
  const auto ranges = flushed_ranges();
  return std::any_of(ranges.begin(), ranges.end(), [&](const auto& r) { return inside(r, key); });
}

}  // namespace

TEST_CASE("an object stands at the first eight bytes of its key's SHA-256") {
  // SHA-256("abc") begins with ba7816bf8f01cfea (FIPS 180-4).
  CHECK(position_of("abc") == 0xba7816bf8f01cfeaULL);
  CHECK(object_key("abc") == bytes{"o\xba\x78\x16\xbf\x8f\x01\xcf\xea"} + "abc");
}

TEST_CASE("an object's key is read back, whatever bytes it has") {
  for (const bytes_view key : {bytes_view{""}, bytes_view{"k"}, bytes_view{"o\0\xff", 3}}) {
    const bytes store_key = object_key(key);
    const auto parsed = parse_object_key(store_key);
    REQUIRE(parsed);
    CHECK(parsed->position == position_of(key));
    CHECK(parsed->key == key);
  }
}

TEST_CASE("objects lie in the order of their positions") {
  prng random{5};
  for (int i = 0; i < 1'000; ++i) {
    const bytes a = std::to_string(random());
    const bytes b = std::to_string(random());
    CHECK((object_key(a) < object_key(b)) == (position_of(a) < position_of(b)));
    CHECK(object_range_start(position_of(a)) <= object_key(a));
    CHECK(object_key(a) < objects_end());
    if (position_of(a) < ~std::uint64_t{0}) {
      CHECK(object_key(a) < object_range_start(position_of(a) + 1));
    }
  }
}

TEST_CASE("due times lie in the order of time, those before 1970 first") {
  const std::vector<std::int64_t> times = {
      std::numeric_limits<std::int64_t>::min(), -1, 0, 1, 255, 256, 1'700'000'000'000,
      std::numeric_limits<std::int64_t>::max()};
  for (std::size_t i = 0; i < times.size(); ++i) {
    const wall_time due = from_unix_ms(times[i]);
    const bytes store_key = due_key(due, "the key");
    CHECK(due_range_start(due) <= store_key);
    if (i > 0) CHECK(due_key(from_unix_ms(times[i - 1]), "zzz") < due_range_start(due));
    const auto parsed = parse_due_key(store_key);
    REQUIRE(parsed);
    CHECK(parsed->due == due);
    CHECK(parsed->key == "the key");
  }
}

TEST_CASE("a store key of another kind or too short is refused as corrupt") {
  const bytes object = object_key("k");
  const bytes due = due_key(from_unix_ms(1), "k");
  CHECK(parse_object_key(due).failure().code == errc::corrupt);
  CHECK(parse_due_key(object).failure().code == errc::corrupt);
  for (std::size_t size = 0; size < 9; ++size) {
    CHECK_FALSE(parse_object_key(object.substr(0, size)));
    CHECK_FALSE(parse_due_key(due.substr(0, size)));
  }
}

TEST_CASE("code and its count are found by the hash of the source") {
  const digest hash = sha256("return {}");
  CHECK(code_key(hash) == "c" + bytes{as_bytes(hash)});
  CHECK(code_count_key(hash) == "r" + bytes{as_bytes(hash)});
  CHECK(meta_key("format") == "mformat");
}

TEST_CASE("a flush takes objects, code, counts and due times and leaves the meta entries") {
  const digest hash = sha256("x");
  digest highest;
  highest.fill(0xff);
  for (const bytes& key :
       {object_key("k"), object_range_start(~std::uint64_t{0}) + bytes(600, '\xff'), code_key(hash),
        code_key(highest), code_count_key(hash), code_count_key(highest),
        due_key(from_unix_ms(0), "k"),
        due_key(from_unix_ms(std::numeric_limits<std::int64_t>::max()), bytes(9, '\xff'))}) {
    CHECK(flushed(key));
  }
  CHECK_FALSE(flushed(meta_key("")));
  CHECK_FALSE(flushed(meta_key("format")));
  CHECK_FALSE(flushed(meta_key("\xff")));
}

TEST_CASE("a number takes eight bytes, ordered as numbers are") {
  prng random{6};
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t a = random() >> random.below(64);
    const std::uint64_t b = random() >> random.below(64);
    const auto read = decode_number(encode_number(a));
    REQUIRE(read);
    CHECK(*read == a);
    CHECK((encode_number(a) < encode_number(b)) == (a < b));
  }
  CHECK(encode_number(258) == (bytes{"\0\0\0\0\0\0\1\2", 8}));
  CHECK(decode_number("").failure().code == errc::corrupt);
  CHECK(decode_number(bytes(7, '\0')).failure().code == errc::corrupt);
  CHECK(decode_number(bytes(9, '\0')).failure().code == errc::corrupt);
}

}  // namespace comet::object::layout
