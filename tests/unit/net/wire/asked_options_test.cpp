#include "net/wire/asked_options.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/net/wire/fake_host.hpp"
#include "tests/unit/net/wire/parsed.hpp"

using namespace comet;
using namespace comet::wire;
using namespace comet::wire::test;
using object::asks;
using object::op;
using std::chrono::milliseconds;

TEST_CASE("COMET WITH carries a command and what is asked of it, options in any order") {
  const parsed p{"comet with ID r1 quorum ALL durability always set k v EX 10"};
  REQUIRE(p.outcome.ok());
  CHECK(p.command.what == op::set);
  CHECK(p.command.key == "k");
  CHECK(p.command.value == "v");
  CHECK(p.command.when);
  REQUIRE(p.command.asked);
  CHECK(p.command.asked->quorum == asks::all_members);
  CHECK(p.command.asked->durable);
  CHECK(p.command.asked->request_id == "r1");
  CHECK_FALSE(p.command.asked->stale_max);
}

TEST_CASE("a quorum is a majority, all, or a number of replicas") {
  CHECK(parsed{"comet with quorum majority get k"}.command.asked->quorum == 0);
  CHECK(parsed{"comet with quorum 3 get k"}.command.asked->quorum == 3);
  const bytes wrong = "COMET WITH: QUORUM is majority, all or a number of replicas from 1 to 16, ";
  CHECK(problem_of("comet with quorum 0 get k") == wrong + "not '0'");
  CHECK(problem_of("comet with quorum 17 get k") == wrong + "not '17'");
  CHECK(problem_of("comet with quorum few get k") == wrong + "not 'few'");
}

TEST_CASE("an age is a number of milliseconds") {
  CHECK(parsed{"comet with stale 0 get k"}.command.asked->stale_max == milliseconds{0});
  CHECK(parsed{"comet with stale 99999999999 mget k l"}.command.asked->stale_max ==
        object::stale_age_max);
  for (const char* age : {"-1", "x", "1.5"})
    CHECK(problem_of(bytes{"comet with stale "} + age + " get k") ==
          bytes{"STALE: the greatest age is a number of milliseconds, not '"} + age + "'");
}

TEST_CASE("options that are wrong, given twice or without a value are refused") {
  CHECK(problem_of("comet with id a id b get k") == "COMET WITH: id is given twice");
  CHECK(problem_of("comet with durability never get k") ==
        "COMET WITH: DURABILITY is always, not 'never'");
  CHECK(problem_of("comet with quorum all id") == "COMET WITH: id has no value");
  CHECK(problem_of("comet with quorum all") == "COMET WITH: no command follows the options");
  CHECK(problem_of("comet with id " + bytes(129, 'i') + " get k") ==
        "COMET WITH: an ID has 1 to 128 bytes, not 129");
  CHECK(problem_of("comet with") == "wrong number of arguments for 'comet|with' command");
}

TEST_CASE("what is carried has to be a good command about keys") {
  CHECK(problem_of("comet with get") == "wrong number of arguments for 'get' command");
  CHECK(problem_of("comet with get a b") == "wrong number of arguments for 'get' command");
  CHECK(problem_of("comet with nosuch k").starts_with("unknown command 'nosuch'"));
  CHECK(problem_of("comet with id a comet with id b get k") ==
        "COMET WITH: a command of COMET cannot be carried: nothing was done");
  for (const char* line : {"ping", "keys *", "flushall", "dbsize", "scan 0", "wait 1 0"}) {
    CAPTURE(line);
    CHECK(problem_of(bytes{"comet with quorum all "} + line).find("is not about keys") !=
          bytes::npos);
  }
  CHECK(parsed{"comet with id a object encoding k"}.outcome.ok());
  CHECK(parsed{"comet with id a aso.call k m 1"}.command.args.size() == 1);
  CHECK(parsed{"comet with get k"}.outcome.ok());
}

TEST_CASE("what cannot be asked of a command is refused") {
  for (const char* line : {"msetnx a 1", "copy a b", "rename a b", "renamenx a b"}) {
    CAPTURE(line);
    CHECK(problem_of(bytes{"comet with quorum all "} + line) ==
          "COMET WITH: a command that changes several keys as a whole cannot be carried");
  }
  CHECK(problem_of("comet with id a del k l") ==
        "COMET WITH: ID is for commands on one key: each key remembers its own requests");
  CHECK(parsed{"comet with id a del k"}.outcome.ok());
  CHECK(parsed{"comet with quorum all mset a 1 b 2"}.outcome.ok());
  for (const char* line : {"set k v", "aso.get k", "incr k", "getex k"}) {
    CAPTURE(line);
    CHECK(problem_of(bytes{"comet with stale 5 "} + line).starts_with("COMET WITH: STALE is for"));
  }
  CHECK(problem_of("comet with stale 5 quorum all get k") ==
        "COMET WITH: STALE goes with no other option: a copy knows of no quorum");
}

TEST_CASE("nothing that was asked of one request is left for the next") {
  const std::vector<bytes_view> with{"comet", "with", "id", "a", "get", "k"};
  const std::vector<bytes_view> plain{"get", "k"};
  object::command c;
  REQUIRE(parse(with, noon, {}, c));
  CHECK(c.asked);
  REQUIRE(parse(plain, noon, {}, c));
  CHECK_FALSE(c.asked);
}

TEST_CASE("COMET READ is a GET that tells where its answer is from") {
  const parsed p{"comet read k stale 100"};
  REQUIRE(p.outcome.ok());
  CHECK(p.command.what == op::get);
  CHECK(p.command.key == "k");
  CHECK(p.command.asked->described);
  CHECK(p.command.asked->stale_max == milliseconds{100});
  CHECK_FALSE(parsed{"comet read k"}.command.asked->stale_max);
  CHECK(problem_of("comet read k fresh 1") == "syntax error");
  CHECK(problem_of("comet read k stale") == "syntax error");
}

TEST_CASE("the keys of a carried command are found behind the options") {
  fake_node node;
  session& s = node.connect();
  CHECK(node.talk(s, "COMMAND GETKEYS COMET WITH QUORUM all MSET a 1 b 2\r\n") ==
        "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  CHECK(node.talk(s, "COMMAND GETKEYS COMET WITH QUORUM few GET k\r\n").starts_with("-ERR COMET"));
}
