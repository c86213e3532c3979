#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "net/wire/command_categories.hpp"
#include "tests/unit/net/wire/parsed.hpp"

using namespace comet;
using namespace comet::wire;
using namespace comet::wire::test;
using object::op;

TEST_CASE("COMET NODES asks for all nodes and takes no argument") {
  const parsed p{"comet NODES"};
  REQUIRE(p.outcome.ok());
  CHECK(p.command.what == op::nodes);
  CHECK(p.command.key.empty());
  CHECK(problem_of("comet nodes x") == "wrong number of arguments for 'comet|nodes' command");
}

TEST_CASE("COMET WHERE names one key") {
  const parsed p{"Comet where k"};
  REQUIRE(p.outcome.ok());
  CHECK(p.command.what == op::where);
  CHECK(p.command.key == "k");
  CHECK(problem_of("comet where") == "wrong number of arguments for 'comet|where' command");
  CHECK(problem_of("comet where " + bytes(513, 'k')) ==
        "key of 513 bytes exceeds the limit of 512 bytes");
}

TEST_CASE("COMET INSPECT and TRACES name one key") {
  const parsed inspects{"comet inspect k"};
  REQUIRE(inspects.outcome.ok());
  CHECK(inspects.command.what == op::inspect);
  CHECK(inspects.command.key == "k");
  CHECK(parsed{"comet traces k"}.command.what == op::traces);
  CHECK(problem_of("comet inspect") == "wrong number of arguments for 'comet|inspect' command");
  CHECK(problem_of("comet traces k 1") == "wrong number of arguments for 'comet|traces' command");
}

TEST_CASE("COMET TRACE follows ten requests, or as many as asked for up to 64") {
  const parsed ten{"comet trace k"};
  REQUIRE(ten.outcome.ok());
  CHECK(ten.command.what == op::trace);
  CHECK(ten.command.number == 10);
  CHECK(parsed{"comet trace k 64"}.command.number == 64);
  for (const char* count : {"0", "65", "-1", "many"})
    CHECK(problem_of(bytes{"comet trace k "} + count) ==
          "the number of requests to trace has to be 1 to 64");
}

TEST_CASE("who may read a key may ask about it; the shard asks for its owner") {
  for (const char* name : {"inspect", "trace", "traces"}) {
    const bytes line = bytes{"comet "} + name + " k";
    const auto categories = categories_of(*command_named(bytes{"comet|"} + name)->row);
    CHECK(std::ranges::count(categories, "read") == 1);
    CHECK(std::ranges::count(categories, "write") == 0);
    CHECK(object::access_to_key(parsed{line}.command, 0) == object::key_access::read);
  }
}

TEST_CASE("COMET TOP is for administrators") {
  const auto categories = categories_of(*command_named("comet|top")->row);
  CHECK(std::ranges::count(categories, "admin") == 1);
  CHECK(std::ranges::count(categories, "dangerous") == 1);
  CHECK(std::ranges::count(categories, "read") == 0);
}

TEST_CASE("COMET without a known subcommand points at its help") {
  CHECK(problem_of("comet") == "wrong number of arguments for 'comet' command");
  CHECK(problem_of("comet what") == "unknown subcommand 'what'. Try COMET HELP.");
}

TEST_CASE(
    "who may read may ask about the network, and the right to see a key is enough for where") {
  for (const char* name : {"comet|nodes", "comet|where"}) {
    const auto categories = categories_of(*command_named(name)->row);
    CHECK(std::ranges::count(categories, "read") == 1);
    CHECK(std::ranges::count(categories, "dangerous") == 0);
  }
  const std::vector<bytes_view> argv{"comet", "where", "k"};
  CHECK(key_indexes(*command_named("comet|where")->row, argv) == std::vector<std::size_t>{2});
  CHECK(object::access_to_key(parsed{"comet where k"}.command, 0) == object::key_access::seen);
}
