#include "object/stored_object.hpp"

#include <catch2/catch_test_macros.hpp>

#include "object/record.hpp"

using namespace comet;
using namespace comet::object;

namespace {

bytes some_record() {
  record r;
  r.version = 7;
  r.incarnation = 9;
  r.value = "value";
  return encode(r);
}

constexpr replica::stamp high{~std::uint64_t{0}, ~std::uint64_t{0}, ~std::uint64_t{0}};

}  // namespace

TEST_CASE("a record without a stamp is stored as it is, and read so") {
  const auto encoded = some_record();
  CHECK(encode_stored({}, encoded) == encoded);
  const auto read = decode_stored(encoded);
  REQUIRE(read.ok());
  CHECK(read->at == replica::stamp{});
  CHECK_FALSE(read->erased);
  CHECK(read->encoded == encoded);
}

TEST_CASE("a record comes back with its stamp, however large that is") {
  const auto encoded = some_record();
  for (const auto& at :
       {replica::stamp{1, 0, 0}, replica::stamp{0, 0, 1}, replica::stamp{3, 257, 1'000}, high}) {
    const auto stored = encode_stored(at, encoded);
    const auto read = decode_stored(stored);
    REQUIRE(read.ok());
    CHECK(read->at == at);
    CHECK_FALSE(read->erased);
    CHECK(read->encoded == encoded);
    CHECK(decode(read->encoded)->value == "value");
  }
}

TEST_CASE("a tombstone has a stamp and no record") {
  for (const auto& at : {replica::stamp{}, replica::stamp{3, 257, 1'000}, high}) {
    const auto stored = encode_tombstone(at);
    const auto read = decode_stored(stored);
    REQUIRE(read.ok());
    CHECK(read->at == at);
    CHECK(read->erased);
    CHECK(read->encoded.empty());
  }
}

TEST_CASE("a tombstone with any byte changed, cut off or added is refused as damaged") {
  const auto stored = encode_tombstone({3, 257, 1'000});
  for (std::size_t i = 1; i < stored.size(); ++i) {
    auto changed = stored;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    CHECK(decode_stored(changed).failure().code == errc::corrupt);
    CHECK(decode_stored(bytes_view{stored}.substr(0, i)).failure().code == errc::corrupt);
  }
  CHECK(decode_stored(stored + '\0').failure().code == errc::corrupt);
}

TEST_CASE("a stamp that is cut off is refused") {
  const auto stored = encode_stored(high, {});
  for (std::size_t size = 1; size < stored.size(); ++size)
    CHECK(decode_stored(bytes_view{stored}.substr(0, size)).failure().code == errc::corrupt);
}

TEST_CASE("damage to a record behind a stamp is found when the record is decoded") {
  auto stored = encode_stored({3, 257, 1'000}, some_record());
  stored.back() = static_cast<char>(stored.back() ^ 1);
  const auto read = decode_stored(stored);
  REQUIRE(read.ok());
  CHECK(decode(read->encoded).failure().code == errc::corrupt);
}

TEST_CASE("what has no known first byte is left to the record to refuse") {
  for (const bytes_view strange :
       {bytes_view{}, bytes_view{"\x04strange"}, bytes_view{"strange"}}) {
    const auto read = decode_stored(strange);
    REQUIRE(read.ok());
    CHECK(read->encoded == strange);
    CHECK_FALSE(decode(read->encoded).ok());
  }
}
