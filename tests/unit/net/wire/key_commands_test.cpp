#include <catch2/catch_test_macros.hpp>

#include "tests/unit/net/wire/parsed.hpp"

using namespace comet;
using namespace comet::wire;
using namespace comet::wire::test;
using object::expire_condition;
using object::op;
using object::ttl_form;

namespace {
constexpr std::int64_t noon_ms = to_unix_ms(noon.wall);
}

TEST_CASE("commands on one or more keys name the operation and the keys") {
  const std::vector<std::pair<bytes, op>> one{
      {"type k", op::type},
      {"persist k", op::persist},
      {"object encoding k", op::object_encoding},
      {"OBJECT FREQ k", op::object_freq},
      {"object idletime k", op::object_idletime},
      {"object refcount k", op::object_refcount},
  };
  for (const auto& [line, what] : one) {
    CAPTURE(line);
    const parsed p{line};
    REQUIRE(p.outcome.ok());
    CHECK(p.command.what == what);
    CHECK(p.command.key == "k");
  }
  const std::vector<std::pair<bytes, op>> several{{"del a b", op::del},
                                                  {"unlink a b", op::del},
                                                  {"exists a b", op::exists},
                                                  {"touch a b", op::touch}};
  for (const auto& [line, what] : several) {
    const parsed p{line};
    CHECK(p.command.what == what);
    CHECK(p.command.keys == std::vector<bytes_view>{"a", "b"});
  }
}

TEST_CASE("commands on the whole space take no key") {
  CHECK(parsed{"dbsize"}.command.what == op::dbsize);
  CHECK(parsed{"randomkey"}.command.what == op::randomkey);
  CHECK(parsed{"keys a*"}.command.value == "a*");
  for (const char* line : {"flushall", "flushdb", "FLUSHALL sync", "flushdb ASYNC"})
    CHECK(parsed{line}.command.what == op::flush);
  for (const char* line : {"flushall now", "flushall sync async", "flushdb sync sync"})
    CHECK(problem_of(line) == "syntax error");
}

TEST_CASE("COPY and RENAME name source and destination") {
  const parsed copy{"copy a b REPLACE db 0"};
  REQUIRE(copy.outcome.ok());
  CHECK(copy.command.keys == std::vector<bytes_view>{"a", "b"});
  CHECK(copy.command.replace);
  CHECK(problem_of("copy a a") == "source and destination objects are the same");
  CHECK(problem_of("copy a b db 1") == "DB index is out of range");
  CHECK(problem_of("copy a b db x") == "value is not an integer or out of range");
  CHECK(problem_of("copy a b db") == "syntax error");
  CHECK(!parsed{"rename a b"}.command.exclusive);
  CHECK(parsed{"renamenx a b"}.command.exclusive);
  CHECK(parsed{"rename a a"}.command.keys == std::vector<bytes_view>{"a", "a"});
}

TEST_CASE("the EXPIRE family makes an absolute time") {
  CHECK(parsed{"expire k 10"}.command.when == from_unix_ms(noon_ms + 10'000));
  CHECK(parsed{"pexpire k 10"}.command.when == from_unix_ms(noon_ms + 10));
  CHECK(parsed{"expireat k 10"}.command.when == from_unix_ms(10'000));
  CHECK(parsed{"pexpireat k 10"}.command.when == from_unix_ms(10));
  CHECK(parsed{"expire k -10"}.command.when == from_unix_ms(noon_ms - 10'000));
  CHECK(parsed{"expire k 1 nx"}.command.expire_if == expire_condition::if_none);
  CHECK(parsed{"expire k 1 XX"}.command.expire_if == expire_condition::if_any);
  CHECK(parsed{"expire k 1 gt"}.command.expire_if == expire_condition::if_greater);
  CHECK(parsed{"expire k 1 lt"}.command.expire_if == expire_condition::if_less);
  CHECK(parsed{"expire k 1 xx gt"}.command.expire_if == expire_condition::if_greater);
}

TEST_CASE("the EXPIRE family refuses what contradicts itself or does not fit") {
  CHECK(problem_of("expire k 1 nx xx") ==
        "NX and XX, GT or LT options at the same time are not compatible");
  CHECK(problem_of("expire k 1 gt nx") ==
        "NX and XX, GT or LT options at the same time are not compatible");
  CHECK(problem_of("expire k 1 gt lt") == "GT and LT options at the same time are not compatible");
  CHECK(problem_of("expire k 1 soon") == "Unsupported option soon");
  CHECK(problem_of("expire k x") == "value is not an integer or out of range");
  CHECK(problem_of("expire k 9223372036854775807") == "invalid expire time in 'expire' command");
  CHECK(problem_of("pexpire k 9223372036854775807") == "invalid expire time in 'pexpire' command");
  CHECK(problem_of("expireat k -9223372036854775808") ==
        "invalid expire time in 'expireat' command");
  CHECK(parsed{"pexpireat k 9223372036854775807"}.outcome.ok());
}

TEST_CASE("four commands ask for an expiry in four forms") {
  CHECK(parsed{"ttl k"}.command.form == ttl_form::seconds_left);
  CHECK(parsed{"pttl k"}.command.form == ttl_form::milliseconds_left);
  CHECK(parsed{"expiretime k"}.command.form == ttl_form::unix_seconds);
  CHECK(parsed{"pexpiretime k"}.command.form == ttl_form::unix_ms);
}

TEST_CASE("SCAN reads a cursor of 64 bits and its options") {
  const parsed p{"scan 18446744073709551615 TYPE string match a* count 7"};
  REQUIRE(p.outcome.ok());
  CHECK(static_cast<std::uint64_t>(p.command.number) == 18'446'744'073'709'551'615U);
  CHECK(p.command.number2 == 7);
  CHECK(p.command.value == "a*");
  CHECK(p.command.type_filter == "string");
  CHECK(parsed{"scan 0"}.command.number2 == 10);
  CHECK(parsed{"scan 0 match *"}.command.value.empty());
  for (const char* cursor : {"x", "-1", "1x", "18446744073709551616"})
    CHECK(problem_of("scan " + bytes{cursor}) == "invalid cursor");
  CHECK(problem_of("scan 0 count 0") == "syntax error");
  CHECK(problem_of("scan 0 count x") == "value is not an integer or out of range");
  CHECK(problem_of("scan 0 match") == "syntax error");
  CHECK(problem_of("scan 0 what x") == "syntax error");
}

TEST_CASE("patterns have a limit of their own") {
  CHECK(problem_of("keys " + bytes(1'025, 'a')) ==
        "pattern of 1025 bytes exceeds the limit of 1024 bytes");
  CHECK(problem_of("scan 0 match " + bytes(1'025, 'a')) ==
        "pattern of 1025 bytes exceeds the limit of 1024 bytes");
}
