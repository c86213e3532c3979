#include "lab/script_inspection.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/written_files.hpp"

namespace comet::lab::test {
namespace {

const bytes ticker =
    "net:put('k', [[local aso = {ticks = 0}\n"
    "function aso:onPut() dht.setTimer('tick', {every = 10}) return self end\n"
    "function aso:onTimer(name) self.ticks = self.ticks + 1 comet.log(name, "
    "self.ticks) end\n"
    "function aso:onGet() error('never') end\n"
    "return aso]])\n";

TEST_CASE("an object is seen past its handlers") {
  const auto outcome =
      written_files{}.run_body(ticker +
                               "net:advance('25s')\n"
                               "local seen = net:inspect('k')\n"
                               "expect.truthy(seen.active)\n"
                               "expect.equal(seen.state.ticks, 2)\n"
                               "expect.matches(seen.code, '^%x+$')\n"
                               "expect.equal(seen.owner, 'default')\n"
                               "expect.equal(#seen.timers, 1)\n"
                               "expect.equal(seen.timers[1].name, 'tick')\n"
                               "expect.equal(seen.timers[1].every, 10)\n"
                               "expect.between(seen.timers[1].due, net:now(), net:now() + 10000)\n"
                               "expect.equal(seen.turns, 3)\n"
                               "expect.equal(seen.errors, 0)\n"
                               "expect.between(seen.fuel, 1, seen.fuel_max)\n"
                               "expect.equal(seen.quarantined, nil)\n"
                               "expect.equal(seen.leader, 1)\n"
                               "expect.equal(seen.replicas, {1})");
  CHECK(reason_of(outcome).empty());
}

TEST_CASE("a plain value is seen, and nothing where nothing is") {
  const auto outcome = written_files{}.run_body(
      "net:set('k', 'v')\n"
      "local seen = net:inspect('k')\n"
      "expect.equal(seen.value, 'v')\n"
      "expect.falsy(seen.active)\n"
      "expect.equal(seen.code, nil)\n"
      "expect.equal(net:inspect('none'), nil)\n"
      "expect.equal(net:log('none'), {})\n"
      "expect.equal(net:journal('none'), {})");
  CHECK(reason_of(outcome).empty());
}

TEST_CASE("the lines and the turns of an object are there, oldest first") {
  const auto outcome =
      written_files{}.run_body(ticker +
                               "net:advance('25s')\n"
                               "expect.equal(net:log('k'), {'tick\\t1', 'tick\\t2'})\n"
                               "pcall(net.get, net, 'k')\n"
                               "local turns = net:journal('k')\n"
                               "expect.equal(turns[1].handler, 'onPut')\n"
                               "expect.equal(turns[1].outcome, 'ok')\n"
                               "expect.equal(turns[1].caller.ip, '127.0.0.1')\n"
                               "expect.matches(turns[2].handler, '^onTimer')\n"
                               "expect.matches(turns[#turns].outcome, 'never')\n"
                               "expect.truthy(turns[1].time < turns[2].time)");
  CHECK(reason_of(outcome).empty());
}

}  // namespace
}  // namespace comet::lab::test
