// Clients as tests have them: requests, answers, what comes later, channels.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/written_files.hpp"

namespace comet::lab::test {
namespace {

constexpr bytes_view counter =
    "local first = ...\n"
    "local aso = { count = 0, first = first }\n"
    "function aso:onGet(caller, callback, payload)\n"
    "  return payload or self.value or self.count\n"
    "end\n"
    "function aso:add(n)\n"
    "  self.count = self.count + math.tointeger(n)\n"
    "  return self.count\n"
    "end\n"
    "return aso\n";

written_files with_counter() {
  return {{{"t/counter.lua", bytes{counter}}}};
}

TEST_CASE("plain values are set and read, and any command can be given") {
  const auto outcome = with_counter().run_body(
      "expect.equal(net:set('k', 5), 'OK')\n"
      "expect.equal(net:command('INCR', 'k'), 6)\n"
      "expect.equal(net:get('k'), '6')");
  CHECK(reason_of(outcome).empty());
}

TEST_CASE("an error is raised as the client got it, with the line of the test") {
  const auto outcome = with_counter().run_body("net:set('k', 'x')\nnet:command('INCR', 'k')");
  CHECK(reason_of(outcome) == "ERR value is not an integer or out of range");
  CHECK(outcome.failure->place == source_place{"t/a_test.lua", 3});
  CHECK(reason_of(with_counter().run_body("net:put('c', 'counter.lua') net:call('c', 'none')"))
            .find("the object has no method 'none'") != bytes::npos);
}

TEST_CASE("code that cannot be put names its file") {
  written_files files;
  files.texts["t/broken.lua"] = "local aso = {}\nfunction aso:onGet(\nreturn aso\n";
  files.texts["t/number.lua"] = "return { onGet = 5 }\n";
  const bytes broken = reason_of(files.run_body("net:put('k', 'broken.lua')"));
  CHECK(broken.find(":3:") != bytes::npos);
  CHECK(broken.ends_with("(the code of t/broken.lua)"));
  CHECK(reason_of(files.run_body("net:put('k', 'number.lua')")) ==
        "onGet of 'k' is not a function, so it is no handler (the code of t/number.lua)");
  CHECK(reason_of(files.run_body("net:put('k', 'none.lua')")) == "cannot read t/none.lua");
}

TEST_CASE("a request can be waited for later") {
  const auto outcome = with_counter().run_body(
      "net:put('c', 'counter.lua')\n"
      "local pending = net:later('call', 'c', 'add', 5)\n"
      "expect.falsy(pending:done())\n"
      "expect.equal(pending:result(), 5)\n"
      "expect.truthy(pending:done())\n"
      "expect.equal(pending:result(), 5)\n"
      "expect.fails('no method', function() net:later('call', 'c', 'none'):result() end)");
  CHECK(reason_of(outcome).empty());
  CHECK(reason_of(with_counter().run_body("net:later('fetch', 'k')"))
            .find("one of \"get\", \"set\"") != bytes::npos);
}

TEST_CASE("a put that is waited for later is checked as one that is waited for at once") {
  written_files files;
  files.texts["t/number.lua"] = "return { onGet = 5 }\n";
  files.texts["t/broken.lua"] = "local aso = {}\nfunction aso:onGet(\nreturn aso\n";
  files.texts["t/sound.lua"] = "return { onGet = function() return 1 end }\n";
  CHECK(reason_of(files.run_body("net:later('put', 'k', 'number.lua'):result()")) ==
        "onGet of 'k' is not a function, so it is no handler (the code of t/number.lua)");
  CHECK(reason_of(files.run_body("net:later('put', 'k', 'return { onTimer = {} }'):result()")) ==
        "onTimer of 'k' is not a function, so it is no handler");
  CHECK(reason_of(files.run_body("net:later('put', 'k', 'broken.lua'):result()"))
            .ends_with("(the code of t/broken.lua)"));
  CHECK(reason_of(files.run_body("local wrong = net:later('put', 'a', 'number.lua')\n"
                                 "local right = net:later('put', 'b', 'sound.lua')\n"
                                 "expect.equal(right:result(), 'OK')\n"
                                 "expect.equal(net:later('get', 'b'):result(), 1)\n"
                                 "expect.fails('onGet of .a. is not a function', function()\n"
                                 "  wrong:result()\n"
                                 "end)"))
            .empty());
}

TEST_CASE("a client hears its channels, with the pattern that brought a message") {
  const auto outcome = with_counter().run_body(
      "local ear = net:client{}\n"
      "ear:subscribe('news')\n"
      "ear:psubscribe('al*')\n"
      "expect.equal(net:command('PUBLISH', 'news', 'one'), 1)\n"
      "net:command('PUBLISH', 'alarm', 'two')\n"
      "net:advance('1s')\n"
      "expect.equal(ear:messages(), {{channel = 'news', message = 'one'},\n"
      "  {channel = 'alarm', message = 'two', pattern = 'al*'}})\n"
      "expect.equal(ear:messages(), {})\n"
      "ear:unsubscribe('news')\n"
      "expect.equal(net:command('PUBLISH', 'news', 'three'), 0)\n"
      "ear:close()");
  CHECK(reason_of(outcome).empty());
}

TEST_CASE("a method that is called without its client says so") {
  CHECK(reason_of(with_counter().run_body("net.get('k')")).find("client expected, got string") !=
        bytes::npos);
}

}  // namespace
}  // namespace comet::lab::test
