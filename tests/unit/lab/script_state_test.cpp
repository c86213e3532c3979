#include "lab/script_state.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/written_files.hpp"

namespace comet::lab::test {
namespace {

TEST_CASE("nothing that reaches outside is there") {
  CHECK(reason_of(written_files{}.run_body(
                      "for _, name in ipairs{'io', 'os', 'debug', 'require', 'package', 'dofile', "
                      "'loadfile', 'collectgarbage'} do expect.equal(_ENV[name], nil, name) end\n"
                      "expect.equal(load('return 1 + 1')(), 2)\n"
                      "expect.equal(load(string.dump(function() end)), nil)"))
            .empty());
}

TEST_CASE("a test that loops without end is ended, whatever it catches") {
  for (const bytes body :
       {"while true do pcall(net.get, net, {}) end",
        "local f = coroutine.wrap(function() while true do end end) while true do pcall(f) end"}) {
    const auto outcome = written_files{}.run_body("-- the line above\n" + body);
    INFO(body);
    CHECK(reason_of(outcome) ==
          "the test's own Lua took more than 100 million instructions: does "
          "it loop without end?");
    CHECK(outcome.failure->place == source_place{"t/a_test.lua", 3});
  }
}

TEST_CASE("a file whose top level loops without end is ended") {
  const script_file script{"a_test.lua", "\nwhile true do end\n", written_files{}.reader()};
  CHECK(script.list().failure->place == source_place{"a_test.lua", 2});
}

TEST_CASE("a test that takes all memory is ended") {
  CHECK(reason_of(written_files{}.run_body("local t = {} while true do t = {t} end")) ==
        "the test's own Lua took more than 256 MB of memory");
  CHECK(reason_of(written_files{}.run_body("local s = ('x'):rep(1 << 20):rep(300)"))
            .find("not enough memory") != bytes::npos);
}

TEST_CASE("tests are named at the top level and need a network for all else") {
  CHECK(reason_of(written_files{}.run_body("test('inner', function() end)")) ==
        "tests are named at the top level of a file, not within a test");
  CHECK(reason_of(written_files{}.run_body("expect.equal(type(net), 'userdata')")).empty());
}

}  // namespace
}  // namespace comet::lab::test
