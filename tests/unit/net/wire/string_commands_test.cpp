#include <catch2/catch_test_macros.hpp>

#include "tests/unit/net/wire/parsed.hpp"

using namespace comet;
using namespace comet::wire;
using namespace comet::wire::test;
using object::op;
using object::set_condition;

namespace {

constexpr std::int64_t noon_ms = to_unix_ms(noon.wall);
constexpr const char* not_an_integer = "value is not an integer or out of range";

}  // namespace

TEST_CASE("plain string commands name the operation, the key and the value") {
  const std::vector<std::pair<bytes, op>> cases{
      {"get k", op::get},         {"GETDEL k", op::getdel},         {"strlen k", op::strlen},
      {"getset k v", op::getset}, {"setnx k v", op::setnx},         {"append k v", op::append},
      {"set k v", op::set},       {"getrange k 0 1", op::getrange},
  };
  for (const auto& [line, what] : cases) {
    CAPTURE(line);
    const parsed p{line};
    REQUIRE(p.outcome.ok());
    CHECK(p.command.what == what);
    CHECK(p.command.key == "k");
    if (line.ends_with(" v")) CHECK(p.command.value == "v");
  }
}

TEST_CASE("SET reads its options in any order") {
  const parsed p{"SET k v get PX 1500 xx"};
  REQUIRE(p.outcome.ok());
  CHECK(p.command.condition == set_condition::if_present);
  CHECK(p.command.want_old);
  CHECK(p.command.when == from_unix_ms(noon_ms + 1'500));
  CHECK(!p.command.keep_expiry);
  CHECK(parsed{"set k v nx keepttl"}.command.condition == set_condition::if_absent);
  CHECK(parsed{"set k v nx keepttl"}.command.keep_expiry);
  CHECK(parsed{"set k v EXAT 7"}.command.when == from_unix_ms(7'000));
  CHECK(parsed{"set k v pxat 7"}.command.when == from_unix_ms(7));
  CHECK(parsed{"set k v ex 1 ex 2"}.command.when == from_unix_ms(noon_ms + 2'000));
}

TEST_CASE("SET refuses options that contradict each other") {
  for (const char* line :
       {"set k v nx xx", "set k v xx nx", "set k v ex 1 px 1", "set k v ex 1 keepttl",
        "set k v keepttl ex 1", "set k v ex", "set k v exat 1 ex 1", "set k v what",
        "set k v persist", "set k v ex 1 1"})
    CHECK(problem_of(line) == "syntax error");
  CHECK(problem_of("set k v ex 0") == "invalid expire time in 'set' command");
  CHECK(problem_of("set k v px -5") == "invalid expire time in 'set' command");
  CHECK(problem_of("set k v ex 9223372036854775807") == "invalid expire time in 'set' command");
  CHECK(problem_of("set k v ex x") == not_an_integer);
}

TEST_CASE("GETEX sets, removes or leaves the expiry") {
  CHECK(!parsed{"getex k"}.command.when);
  CHECK(!parsed{"getex k"}.command.clear_expiry);
  CHECK(parsed{"getex k PERSIST"}.command.clear_expiry);
  CHECK(parsed{"getex k ex 3"}.command.when == from_unix_ms(noon_ms + 3'000));
  CHECK(problem_of("getex k persist ex 3") == "syntax error");
  CHECK(problem_of("getex k ex 3 persist") == "syntax error");
  CHECK(problem_of("getex k nx") == "syntax error");
  CHECK(problem_of("getex k ex 0") == "invalid expire time in 'getex' command");
}

TEST_CASE("SETEX and PSETEX are SET with an expiry") {
  const parsed p{"setex k 10 v"};
  CHECK(p.command.what == op::set);
  CHECK(p.command.value == "v");
  CHECK(p.command.when == from_unix_ms(noon_ms + 10'000));
  CHECK(parsed{"psetex k 10 v"}.command.when == from_unix_ms(noon_ms + 10));
  CHECK(problem_of("setex k 0 v") == "invalid expire time in 'setex' command");
  CHECK(problem_of("psetex k -1 v") == "invalid expire time in 'psetex' command");
  CHECK(problem_of("setex k v 10") == not_an_integer);
}

TEST_CASE("counters become steps of INCRBY") {
  CHECK(parsed{"incr k"}.command.number == 1);
  CHECK(parsed{"decr k"}.command.number == -1);
  CHECK(parsed{"incrby k -7"}.command.number == -7);
  CHECK(parsed{"decrby k -7"}.command.number == 7);
  CHECK(parsed{"decr k"}.command.what == op::incrby);
  CHECK(problem_of("incrby k x") == not_an_integer);
  CHECK(problem_of("incrby k 9223372036854775808") == not_an_integer);
  CHECK(problem_of("decrby k -9223372036854775808") == "decrement would overflow");
}

TEST_CASE("INCRBYFLOAT takes decimal numbers") {
  CHECK(parsed{"incrbyfloat k 1.5"}.command.real == 1.5L);
  CHECK(problem_of("incrbyfloat k x") == "value is not a valid float");
  CHECK(problem_of("incrbyfloat k nan") == "value is not a valid float");
}

TEST_CASE("ranges are two numbers") {
  const parsed p{"substr k -3 -1"};
  CHECK(p.command.what == op::getrange);
  CHECK(p.command.number == -3);
  CHECK(p.command.number2 == -1);
  CHECK(problem_of("getrange k a 1") == not_an_integer);
  CHECK(problem_of("getrange k 1 a") == not_an_integer);
  CHECK(parsed{"setrange k 5 v"}.command.number == 5);
  CHECK(problem_of("setrange k -1 v") == "offset is out of range");
  CHECK(problem_of("setrange k x v") == not_an_integer);
}

TEST_CASE("commands of several keys keep their order") {
  const parsed get{"mget a b a"};
  CHECK(get.command.keys == std::vector<bytes_view>{"a", "b", "a"});
  const parsed set{"mset a 1 b 2"};
  CHECK(set.command.what == op::mset);
  CHECK(set.command.keys == std::vector<bytes_view>{"a", "b"});
  CHECK(set.command.values == std::vector<bytes_view>{"1", "2"});
  CHECK(parsed{"msetnx a 1"}.command.what == op::msetnx);
  CHECK(problem_of("mset a 1 b") == "wrong number of arguments for 'mset' command");
  CHECK(problem_of("msetnx a 1 b") == "wrong number of arguments for 'msetnx' command");
}
