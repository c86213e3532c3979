#include "actors/parcel.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <type_traits>
#include <utility>

using comet::actors::parcel;

TEST_CASE("a parcel gives its content once and is empty afterwards") {
  parcel<std::string> one{"content"};
  REQUIRE(!one.empty());
  CHECK(one.take() == "content");
  CHECK(one.empty());
}

TEST_CASE("moving a parcel leaves the old one empty") {
  parcel<std::string> from{"content"};
  parcel<std::string> to = std::move(from);
  CHECK(from.empty());  // NOLINT(bugprone-use-after-move): what is tested
  CHECK(to.take() == "content");
}

TEST_CASE("an empty parcel may be copied, as CAF does to make a place for one") {
  const parcel<std::string> nothing;
  const parcel<std::string> copy{nothing};
  CHECK(copy.empty());
  static_assert(std::is_nothrow_move_constructible_v<parcel<std::string>>);
}
