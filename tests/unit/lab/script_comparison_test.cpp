#include "lab/script_comparison.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/written_files.hpp"

namespace comet::lab::test {
namespace {

test_failure failure_of_body(const bytes& body) {
  const auto outcome = written_files{}.run_body(body);
  INFO(body);
  REQUIRE(outcome.failure.has_value());
  return *outcome.failure;
}

TEST_CASE("tables that differ name the place where they do") {
  const auto deep = failure_of_body("expect.equal({a = {1, {b = 2}}}, {a = {1, {b = 3}}}, 'it')");
  CHECK(deep.message == "it");
  CHECK(deep.expected == "{a = {1, {b = 3}}}");
  CHECK(deep.actual == "{a = {1, {b = 2}}}  (they differ at .a[2].b)");
  CHECK(failure_of_body("expect.equal({1}, {1, 2})").actual == "{1}  (they differ at [2])");
  CHECK(failure_of_body("expect.equal({1, 2}, {1})").actual == "{1, 2}  (they differ at [2])");
  CHECK(failure_of_body("expect.equal('1', 1)").message == "the values are not equal");
}

TEST_CASE("a value is shown with its keys in order, and shortened when it is large") {
  const auto outcome = written_files{}.run_body(
      "expect.equal({b = 1, a = {true, 2.0, [9] = 'x'}, ['a b'] = print}, 1)");
  CHECK(outcome.failure->actual == "{a = {true, 2.0, [9] = \"x\"}, [\"a b\"] = function, b = 1}");
  const auto large = written_files{}.run_body("expect.equal(string.rep('x', 100000), 1)");
  CHECK(large.failure->actual->size() < 3'000);
  const auto cyclic = written_files{}.run_body("local t = {} t.t = t expect.equal(t, 1)");
  CHECK(cyclic.failure->actual->find("{...}") != bytes::npos);
}

TEST_CASE("tables too deep to compare are told") {
  CHECK(failure_of_body("local a, b = {}, {} for i = 1, 100 do a, b = {a}, {b} end "
                        "expect.equal(a, b)")
            .message == "cannot compare tables deeper than 64, or part of a cycle");
}

}  // namespace
}  // namespace comet::lab::test
