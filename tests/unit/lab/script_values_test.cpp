#include "lab/script_values.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/written_files.hpp"

namespace comet::lab::test {
namespace {

const bytes echo =
    "local code = [[local aso = {} function aso:onGet() return self.kept end "
    "function aso:keep(...) self.kept = table.concat({...}, '|') return self.kept "
    "end function aso:make() return {list = {1, 2.5, true, 'x'}, none = {}} end "
    "return aso]]\nnet:put('k', code)\n";

TEST_CASE("answers keep their types: numbers, booleans, lists, maps, nothing") {
  const auto outcome = written_files{}.run_body(echo +
                                                "local made = net:call('k', 'make')\n"
                                                "expect.equal(made.list, {1, 2.5, true, 'x'})\n"
                                                "expect.equal(math.type(made.list[1]), 'integer')\n"
                                                "expect.equal(made.none, {})\n"
                                                "expect.equal(net:get('k'), nil)\n"
                                                "expect.equal(net:command('STRLEN', 'none'), 0)");
  CHECK(reason_of(outcome).empty());
}

TEST_CASE("text, numbers and booleans are arguments") {
  const auto outcome = written_files{}.run_body(
      echo + "expect.equal(net:call('k', 'keep', 'a', 7, 2.5, true, false), 'a|7|2.5|true|false')");
  CHECK(reason_of(outcome).empty());
}

TEST_CASE("a table, a function or nothing is no argument, and the line is named") {
  for (const bytes argument : {"{}", "print", "nil"}) {
    const auto outcome = written_files{}.run_body(echo + "net:call('k', 'keep', " + argument + ")");
    INFO(argument);
    REQUIRE(outcome.failure.has_value());
    CHECK(outcome.failure->message.find("text, a number or a boolean expected, got ") !=
          bytes::npos);
    CHECK(outcome.failure->place == source_place{"t/a_test.lua", 4});
  }
}

TEST_CASE("a duration is a number of seconds or a text, anything else is told") {
  CHECK(reason_of(written_files{}.run_body("local before = net:now() net:advance('1h 30m') "
                                           "net:advance(0.5) "
                                           "expect.equal(net:now() - before, 5400500)"))
            .empty());
  CHECK(reason_of(written_files{}.run_body("net:advance('soon')"))
            .starts_with("advance: 'soon' is no duration: expected "));
  CHECK(reason_of(written_files{}.run_body("net:advance({})"))
            .starts_with("advance: a duration is a number of seconds or text"));
  CHECK(reason_of(written_files{}.run_body("net:advance(-1)")).starts_with("advance: a duration"));
}

TEST_CASE("an option that there is not is named with those that there are") {
  CHECK(reason_of(written_files{}.run_body("net:get('k', {pay = 1})")) ==
        "get has no option 'pay'; there are payload, callback");
  CHECK(reason_of(written_files{}.run_body("net:get('k', {1})")) ==
        "get has no option '1'; there are payload, callback");
}

}  // namespace
}  // namespace comet::lab::test
