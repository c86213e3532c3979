#include "net/wire/msgpack_reader.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <msgpack.hpp>
#include <string>

using namespace comet;
using namespace comet::wire;

namespace {

/// What msgpack-cxx makes of it.
template <class T>
bytes packed(const T& value) {
  msgpack::sbuffer out;
  msgpack::pack(out, value);
  return {out.data(), out.size()};
}

msgpack_reader over(bytes_view input, std::size_t elements_max = 100) {
  return {input, elements_max};
}

}  // namespace

TEST_CASE("integers of every size are read as they were written") {
  for (const std::int64_t n :
       {std::int64_t{0}, std::int64_t{127}, std::int64_t{128}, std::int64_t{255},
        std::int64_t{65'535}, std::int64_t{4'294'967'296}, std::int64_t{-1}, std::int64_t{-32},
        std::int64_t{-33}, std::int64_t{-129}, std::int64_t{-40'000},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    CAPTURE(n);
    const bytes input = packed(n);
    auto from = over(input);
    CHECK(from.integer() == n);
    CHECK(from.ok());
    CHECK(from.at_end());
  }
  const bytes largest = packed(std::numeric_limits<std::uint64_t>::max());
  auto from = over(largest);
  CHECK(from.unsigned_integer() == std::numeric_limits<std::uint64_t>::max());
  auto as_signed = over(largest);
  as_signed.integer();
  CHECK_FALSE(as_signed.ok());
}

TEST_CASE("a number over its bound is a fault") {
  const bytes input = packed(301);
  auto from = over(input);
  CHECK(from.unsigned_integer(300) == 0);
  REQUIRE_FALSE(from.ok());
  CHECK(from.fault() == std::string{"a number is out of range"});
}

TEST_CASE("doubles, booleans and texts are read as they were written") {
  const bytes real = packed(-0.5);
  CHECK(over(real).real() == -0.5);
  const bytes truth = packed(true);
  CHECK(over(truth).boolean());
  for (const std::size_t size : {0, 31, 32, 255, 256, 70'000}) {
    CAPTURE(size);
    const bytes text(size, 'x');
    const bytes as_str = packed(text);
    CHECK(over(as_str).text() == text);
    const bytes as_bin = packed(std::vector<char>(text.begin(), text.end()));
    CHECK(over(as_bin).text() == text);
  }
}

TEST_CASE("a value of another type is a fault, and what follows is empty") {
  const bytes input = packed(std::make_tuple(1, bytes{"two"}));
  auto from = over(input);
  CHECK(from.array() == 2);
  CHECK(from.text().empty());
  CHECK_FALSE(from.ok());
  CHECK(from.unsigned_integer() == 0);
  CHECK(from.array() == 0);
  CHECK(from.fault() == std::string{"no text where one belongs"});
}

TEST_CASE("an input that ends early is a fault at every place") {
  const bytes whole = packed(std::make_tuple(70'000, bytes(40, 'x'), 0.5));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const bytes cut = whole.substr(0, size);
    auto from = over(cut);
    from.array();
    from.unsigned_integer();
    from.text();
    from.real();
    CHECK_FALSE(from.ok());
  }
}

TEST_CASE("an array that claims more than there is, is refused before it is entered") {
  const bytes claim{"\xdd\xff\xff\xff\xff\x01", 6};
  auto from = over(claim, std::numeric_limits<std::size_t>::max());
  CHECK(from.array() == 0);
  CHECK_FALSE(from.ok());
}

TEST_CASE("all arrays of one input share their bound of elements") {
  const bytes input = packed(std::make_tuple(std::vector<int>{1, 2}, std::vector<int>{3, 4}));
  auto enough = over(input, 6);
  CHECK(enough.array() == 2);
  CHECK(enough.array() == 2);
  enough.skip(2);
  CHECK(enough.array() == 2);
  CHECK(enough.ok());
  auto too_few = over(input, 5);
  too_few.array();
  too_few.array();
  too_few.skip(2);
  too_few.array();
  REQUIRE_FALSE(too_few.ok());
  CHECK(too_few.fault() == std::string{"too many elements"});
}

TEST_CASE("values of every type are skipped with all they hold") {
  msgpack::sbuffer out;
  msgpack::packer<msgpack::sbuffer> to(out);
  to.pack_map(2);
  to.pack(1).pack(std::vector<int>(20, 300));
  to.pack(bytes{"k"})
      .pack(std::make_tuple(1.5, 2.5F, true, msgpack::type::nil_t{}, -1, -200, 70'000));
  to.pack_ext(4, 1).pack_ext_body("abcd", 4);
  to.pack_ext(200, 1).pack_ext_body(bytes(200, 'e').data(), 200);
  to.pack_bin(3).pack_bin_body("bin", 3);
  to.pack(bytes(70'000, 's'));
  to.pack(7);
  const bytes input{out.data(), out.size()};
  auto from = over(input);
  from.skip(5);
  CHECK(from.unsigned_integer() == 7);
  CHECK(from.ok());
  CHECK(from.at_end());
}

TEST_CASE("a value that nests a million deep is skipped without a stack") {
  const bytes deep = bytes(1'000'000, '\x91') + '\x01';
  auto from = over(deep);
  from.skip(1);
  CHECK(from.ok());
  CHECK(from.at_end());
}

TEST_CASE("what is skipped has to be there") {
  const bytes input{"\x93\x01\x02", 3};
  auto from = over(input);
  from.skip(1);
  CHECK_FALSE(from.ok());
  const bytes unused{"\xc1", 1};
  auto other = over(unused);
  other.skip(1);
  CHECK_FALSE(other.ok());
}
