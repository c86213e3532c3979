// net: nodes, time and faults, as tests have them.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/written_files.hpp"

namespace comet::lab::test {
namespace {

TEST_CASE("a test begins in 2026, and time passes as it says") {
  CHECK(reason_of(written_files{}.run_body("expect.equal(net:now(), 1767225600000)\n"
                                           "net:advance('1d')\n"
                                           "expect.equal(net:now(), 1767225600000 + 86400000)"))
            .empty());
}

TEST_CASE("a client has the user, address and node that it was given") {
  const auto outcome = written_files{}.run_body(
      "net:put('who', [[local aso = {} function aso:onGet(caller) return {caller.user, caller.ip, "
      "caller.port} end return aso]])\n"
      "local alice = net:client{user = 'alice', ip = '10.0.0.9', port = 4000, node = net:node(2)}\n"
      "expect.equal(alice:get('who'), {'alice', '10.0.0.9', 4000})",
      "{nodes = 2}");
  CHECK(reason_of(outcome).empty());
}

TEST_CASE("nodes join") {
  CHECK(reason_of(written_files{}.run_body("local new = net:add(2)\n"
                                           "expect.equal(#new, 2)\n"
                                           "expect.equal(new[2].number, 3)\n"
                                           "expect.equal(#net:nodes(), 3)\n"
                                           "net:settle()"))
            .empty());
}

TEST_CASE("all nodes of a network know each other from the start") {
  const auto outcome = written_files{}.run_body(
      "for number = 1, 9 do\n"
      "  expect.equal(#net:client{node = number}:command('COMET', 'NODES'), 9)\n"
      "end",
      "{nodes = 9}");
  CHECK(reason_of(outcome).empty());
}

TEST_CASE("the minority of a network that is cut is refused, and served when it heals") {
  const auto outcome = written_files{}.run_body(
      "net:set('k', 'v')\n"
      "net:settle()\n"
      "local lonely = net:client{node = 3}\n"
      "net:partition({1, 2}, {net:node(3)})\n"
      "expect.fails('.', lonely.set, lonely, 'k', 'w')\n"
      "net:heal()\n"
      "net:settle()\n"
      "expect.matches(lonely:get('k'), '^[vw]$')",
      "{nodes = 3}");
  CHECK(reason_of(outcome).empty());
}

TEST_CASE("a slow link makes answers late") {
  const auto outcome = written_files{}.run_body(
      "net:link(1, 2, {delay = '200ms', drop = 0})\n"
      "expect.fails('0 to 1', net.link, net, 1, 2, {drop = 2})",
      "{nodes = 2}");
  CHECK(reason_of(outcome).empty());
}

TEST_CASE("chance comes from the seed") {
  const script_file script{"a_test.lua",
                           "test('it', function(net) local drawn = {} for i = 1, 8 do "
                           "drawn[i] = net:random(1000) .. ' ' .. math.random(1000) end "
                           "error(net.seed .. ': ' .. table.concat(drawn, ','), 0) end)",
                           written_files{}.reader()};
  const test_case only = script.list().tests.at(0);
  const bytes first = reason_of(script.run(only, 5));
  CHECK(first.starts_with("5: "));
  CHECK(reason_of(script.run(only, 5)) == first);
  CHECK(reason_of(script.run(only, 6)).substr(2) != first.substr(2));
}

TEST_CASE("what is asked of the network in a wrong way is told") {
  CHECK(reason_of(written_files{}.run_body("net:client{port = 70000}")) ==
        "client: a port is 1 to 65535");
  CHECK(reason_of(written_files{}.run_body("net:client{host = 1}")) ==
        "client has no option 'host'; there are ip, node, port, user");
  CHECK(reason_of(written_files{}.run_body("net:random(0)")).find("a bound of 1 or more") !=
        bytes::npos);
  CHECK_FALSE(reason_of(written_files{}.run_body("net:partition({9}, {1})")).empty());
}

}  // namespace
}  // namespace comet::lab::test
