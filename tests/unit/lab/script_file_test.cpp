#include "lab/script_file.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/written_files.hpp"

namespace comet::lab::test {
namespace {

test_listing list_text(const bytes& text) {
  return script_file{"a_test.lua", text, written_files{}.reader()}.list();
}

TEST_CASE("the tests of a file are those that it names, in its order, with their lines") {
  const auto listing = list_text(
      "test('b', function(net) end)\n"
      "for i = 1, 2 do\n"
      "  test('a ' .. i, function(net) end)\n"
      "end\n");
  REQUIRE_FALSE(listing.failure.has_value());
  REQUIRE(listing.tests.size() == 3);
  CHECK(listing.tests[0].name == "b");
  CHECK(listing.tests[0].place == source_place{"a_test.lua", 1});
  CHECK(listing.tests[2].name == "a 2");
  CHECK(listing.tests[2].place.line == 3);
}

TEST_CASE("a file that cannot be run is told with its line") {
  const auto broken = list_text("test('a', function(net)\n  local = 1\nend)\n");
  CHECK(broken.failure->place == source_place{"a_test.lua", 2});
  CHECK(broken.failure->message == "<name> expected near '='");
  const auto raising = list_text("\nerror('not today')\n");
  CHECK(raising.failure->place == source_place{"a_test.lua", 2});
  CHECK(raising.failure->message == "not today");
  const auto twice = list_text("test('a', function() end)\ntest('a', function() end)\n");
  CHECK(twice.failure->place == source_place{"a_test.lua", 2});
  CHECK(twice.failure->message == "two tests are called 'a': the other is at line 1");
  CHECK(list_text("").failure->message.starts_with("it has no test"));
  CHECK(list_text("test('a')").failure->message.find("function expected") != bytes::npos);
  CHECK(list_text("\x1bLua").failure->message.find("binary") != bytes::npos);
}

TEST_CASE("tests share nothing: each has its file anew and a network of its own") {
  const script_file script{"a_test.lua",
                           "local runs = 0\n"
                           "local function body(net)\n"
                           "  runs = runs + 1\n"
                           "  expect.equal(runs, 1)\n"
                           "  expect.equal(net:get('k'), nil)\n"
                           "  net:set('k', 'v')\n"
                           "end\n"
                           "test('one', body)\n"
                           "test('two', body)\n",
                           written_files{}.reader()};
  for (const test_case& test : script.list().tests)
    CHECK(reason_of(script.run(test, 1)).empty());
}

TEST_CASE("a failed test brings the last turns and lines of the objects that it named") {
  const auto outcome = written_files{}.run_body(
      "local code = [[local aso = {n = 0} function aso:add() self.n = self.n + 1 "
      "comet.log('at', self.n) return self.n end return aso]]\n"
      "net:put('a', code) net:put('b', code)\n"
      "for _ = 1, 20 do net:call('a', 'add') net:call('b', 'add') end\n"
      "error('look', 0)");
  REQUIRE(outcome.turns.size() == 12);
  CHECK(outcome.turns.back().key == "b");
  CHECK(outcome.turns.back().handler == "add");
  CHECK(outcome.turns.front().at <= outcome.turns.back().at);
  CHECK(outcome.lines.size() == 24);
  CHECK(outcome.lines.back().text == "at\t20");
}

TEST_CASE("a test that waits past its limit of virtual time fails and says so") {
  const auto outcome = written_files{}.run_body("net:advance('2h')", "{limit = '1h'}");
  CHECK(reason_of(outcome).find("limit") != bytes::npos);
  CHECK(outcome.failure->place.line == 2);
}

TEST_CASE("a test that is named only sometimes is told") {
  const script_file script{"a_test.lua", "test('n' .. math.random(1 << 40), function() end)",
                           written_files{}.reader()};
  CHECK(reason_of(script.run(script.list().tests.at(0), 77))
            .starts_with("the file named this test when it was listed"));
}

}  // namespace
}  // namespace comet::lab::test
