#include "base/result.hpp"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <set>

namespace comet {
namespace {

result<int> half_of(int number) {
  if (number % 2 != 0) return {errc::out_of_range, "the number is odd"};
  return number / 2;
}

}  // namespace

TEST_CASE("a result holds its value or its failure") {
  CHECK(half_of(8).value() == 4);
  const result<int> odd = half_of(7);
  REQUIRE_FALSE(odd);
  CHECK(odd.failure() == error{errc::out_of_range, "the number is odd"});
}

TEST_CASE("a failure travels from one type of result to another") {
  result<int> odd = half_of(7);
  const result<bytes> text = std::move(odd).failure();
  CHECK(text.failure().code == errc::out_of_range);
}

TEST_CASE("a value that only moves is moved out") {
  result<std::unique_ptr<int>> owner = std::make_unique<int>(5);
  const std::unique_ptr<int> taken = *std::move(owner);
  CHECK(*taken == 5);
}

TEST_CASE("success without a value is the default") {
  CHECK(result<void>{}.ok());
  const result<void> failed{errc::storage, "no"};
  CHECK(failed.failure().message == "no");
}

TEST_CASE("every code has a name of its own") {
  std::set<bytes_view> names;
  for (int i = 0; i <= static_cast<int>(errc::internal); ++i) {
    const bytes_view name = name_of(static_cast<errc>(i));
    CHECK(name != "unknown");
    names.insert(name);
  }
  CHECK(names.size() == static_cast<std::size_t>(errc::internal) + 1);
}

}  // namespace comet
