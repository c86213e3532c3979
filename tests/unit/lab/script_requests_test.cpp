#include "lab/script_requests.hpp"

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

TEST_CASE("a file beside the test is put, read and called") {
  const auto outcome = with_counter().run_body(
      "expect.equal(net:put('c', 'counter.lua', {args = {'x'}}), 'OK')\n"
      "expect.equal(net:call('c', 'add', 2), 2)\n"
      "expect.equal(net:get('c'), 2)\n"
      "expect.equal(net:get('c', {payload = 'p'}), 'p')\n"
      "expect.equal(net:inspect('c').state.first, 'x')\n"
      "net:put('d', 'counter.lua', {value = 'v', ttl = 60, limits = {fuel = 5000}})\n"
      "expect.equal(net:get('d'), 'v')\n"
      "net:advance('61s')\n"
      "expect.equal(net:get('d'), nil)\n"
      "expect.equal(net:del('c', 'd'), 1)");
  CHECK(reason_of(outcome).empty());
}

TEST_CASE("options of a put that make no sense are told") {
  const auto refusal = [](const bytes& options) {
    return reason_of(with_counter().run_body("net:put('c', 'counter.lua', " + options + ")"));
  };
  CHECK(refusal("{arg = 1}") ==
        "put has no option 'arg'; there are args, compat, limits, ttl, value");
  CHECK(refusal("{args = 'x'}").find("args is a list") != bytes::npos);
  CHECK(refusal("{args = {{}}}").find("text, a number or a boolean expected") != bytes::npos);
  CHECK(refusal("{limits = {fule = 1}}").find("there is no limit 'fule'") != bytes::npos);
  CHECK(refusal("{limits = {fuel = 1000000000}}").find("may ask for less") != bytes::npos);
}

TEST_CASE("code in an absolute file or in another folder is found") {
  written_files files;
  files.texts = {{"/lib/a.lua", "return { value = 'a' }"},
                 {"t/../b.lua", "return { value = 'b' }"}};
  CHECK(reason_of(files.run_body("net:put('a', '/lib/a.lua') net:put('b', '../b.lua')\n"
                                 "expect.equal(net:get('a') .. net:get('b'), 'ab')"))
            .empty());
}

}  // namespace
}  // namespace comet::lab::test
