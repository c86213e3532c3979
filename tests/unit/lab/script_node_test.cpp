// Nodes as tests have them.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/written_files.hpp"

namespace comet::lab::test {
namespace {

TEST_CASE("a node has a number, an id and an address, and shows itself by its number") {
  const auto outcome = written_files{}.run_body(
      "local node = net:node(2)\n"
      "expect.equal(node.number, 2)\n"
      "expect.matches(node.id, '^%x+$')\n"
      "expect.matches(node.address, ':%d+$')\n"
      "expect.equal(tostring(node), 'node 2')\n"
      "expect.truthy(node == net:nodes()[2])\n"
      "expect.falsy(node == net:node(1))\n"
      "expect.equal(node.colour, nil)",
      "{nodes = 2}");
  CHECK(reason_of(outcome).empty());
}

TEST_CASE("a node is killed, wiped and started, and what is done to it can be chained") {
  const auto outcome = written_files{}.run_body(
      "local node = net:node(3)\n"
      "local id = node.id\n"
      "expect.truthy(node:is_up())\n"
      "expect.falsy(node:kill():is_up())\n"
      "node:wipe():start()\n"
      "expect.truthy(node:is_up())\n"
      "expect.falsy(node.id == id)\n"
      "node:pause():resume()",
      "{nodes = 3}");
  CHECK(reason_of(outcome).empty());
}

TEST_CASE("what cannot be done to a node is told") {
  CHECK_FALSE(reason_of(written_files{}.run_body("net:node(1):wipe()")).empty());
  CHECK(reason_of(written_files{}.run_body("net:node(7)")) == "there is no node 7: there are 1");
  CHECK(reason_of(written_files{}.run_body("net:node('x')"))
            .find("a node or its number expected, got string") != bytes::npos);
}

}  // namespace
}  // namespace comet::lab::test
