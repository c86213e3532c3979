// expect.*: each holds, and fails with what was expected and what was there.
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

TEST_CASE("what holds says nothing") {
  const auto outcome = written_files{}.run_body(
      "expect.equal({a = {1, 2}}, {a = {1, 2}})\n"
      "expect.equal(1, 1.0)\n"
      "expect.equal(0/0, 0/0)\n"
      "expect.truthy(0)\n"
      "expect.falsy(nil)\n"
      "expect.matches('door 7', '%d')\n"
      "expect.equal(expect.fails('^bad', error, 'bad thing', 0), 'bad thing')\n"
      "expect.near(1.05, 1, 0.1)\n"
      "expect.between(2, 1, 2)\n"
      "expect.contains({1, {2}}, {2})");
  CHECK(reason_of(outcome).empty());
}

TEST_CASE("each of them fails with its own words") {
  CHECK(failure_of_body("expect.truthy(nil)").message == "the value is not true");
  CHECK(failure_of_body("expect.falsy(0, 'free')").message == "free");
  CHECK(failure_of_body("expect.matches('a', '%d')").expected == "\"%d\" (a pattern)");
  CHECK(failure_of_body("expect.matches(nil, '%d')").actual == "nil");
  CHECK(failure_of_body("expect.near(2, 1, 0.1)").expected == "1 +- 0.1");
  CHECK(failure_of_body("expect.between('x', 1, 2)").expected == "1 to 2");
  CHECK(failure_of_body("expect.contains({1}, 2)").expected == "a list that contains 2");
}

TEST_CASE("what should fail and does not, or fails otherwise, fails") {
  CHECK(failure_of_body("expect.fails('bad', function() end)").message == "it does not fail");
  const auto other = failure_of_body("expect.fails('^NOPERM', error, 'ERR no', 0)");
  CHECK(other.message == "it fails for another reason");
  CHECK(other.actual == "\"ERR no\"");
}

TEST_CASE("an expectation within expect.fails is an error like any other") {
  CHECK(reason_of(written_files{}.run_body(
                      "expect.fails('expected: 2', function() expect.equal(1, 2) end)"))
            .empty());
}

TEST_CASE("an endless loop is not an error that expect.fails can hold") {
  const auto looping = failure_of_body("expect.fails('', function() while true do end end)");
  CHECK(looping.message.find("does it loop without end?") != bytes::npos);
}

}  // namespace
}  // namespace comet::lab::test
