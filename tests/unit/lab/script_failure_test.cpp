#include "lab/script_failure.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/written_files.hpp"

namespace comet::lab::test {
namespace {

TEST_CASE("the place is the line that failed, and the lines that called it follow") {
  const auto outcome = written_files{}.run_body(
      "local function check(v)\n  expect.equal(v, 1)\n  return true\nend\nlocal done = check(2)\n"
      "return done");
  CHECK(outcome.failure->place == source_place{"t/a_test.lua", 3});
  CHECK(outcome.failure->callers == std::vector<source_place>{{"t/a_test.lua", 6}});
  CHECK(outcome.failure->message == "the values are not equal");
}

TEST_CASE("an error of Lua is told without the place that stands apart") {
  const auto outcome = written_files{}.run_body("local t\nlocal x = t.field\nreturn x");
  CHECK(outcome.failure->message == "attempt to index a nil value (local 't')");
  CHECK(outcome.failure->place == source_place{"t/a_test.lua", 3});
}

TEST_CASE("error() with a level names the line of that level") {
  const auto outcome = written_files{}.run_body(
      "local function check()\n  error('wrong use', 2)\nend\ncheck()\nreturn nil");
  CHECK(outcome.failure->message == "wrong use");
  CHECK(outcome.failure->place == source_place{"t/a_test.lua", 5});
  CHECK(outcome.failure->callers.empty());
}

TEST_CASE("an error that is no text is told by its type") {
  CHECK(reason_of(written_files{}.run_body("error({})")) ==
        "the error is a value of type table, not a text");
  CHECK(reason_of(written_files{}.run_body("error()")) ==
        "the error is a value of type nil, not a text");
}

TEST_CASE("a long path is named whole") {
  const bytes path = "a/" + bytes(100, 'x') + "_test.lua";
  const script_file script{path, "test('it', function(net)\nlocal t\nlocal x = t.y end)",
                           written_files{}.reader()};
  const auto outcome = script.run(script.list().tests.at(0), 1);
  CHECK(outcome.failure->place == source_place{path, 3});
  CHECK(outcome.failure->message == "attempt to index a nil value (local 't')");
  const script_file broken{path, "\n\nlocal = 1", written_files{}.reader()};
  const auto listing = broken.list();
  CHECK(listing.failure->place == source_place{path, 3});
  CHECK(listing.failure->message == "<name> expected near '='");
}

}  // namespace
}  // namespace comet::lab::test
