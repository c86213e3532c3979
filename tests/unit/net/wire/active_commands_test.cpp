#include <catch2/catch_test_macros.hpp>

#include "tests/unit/net/wire/parsed.hpp"

using namespace comet;
using namespace comet::wire;
using namespace comet::wire::test;
using object::op;

TEST_CASE("ASO.PUT reads value, arguments and expiry in any order") {
  const parsed p{
      {"aso.put", "k", "return {}", "ARG", "a", "ttl", "60", "arg", "TTL", "VALUE", "v"}};
  REQUIRE(p.outcome.ok());
  CHECK(p.command.what == op::aso_put);
  CHECK(p.command.key == "k");
  CHECK(p.command.source == "return {}");
  CHECK(p.command.has_value);
  CHECK(p.command.value == "v");
  CHECK(p.command.args == std::vector<bytes_view>{"a", "TTL"});
  CHECK(p.command.when == from_unix_ms(to_unix_ms(noon.wall) + 60'000));
}

TEST_CASE("ASO.PUT without options has neither value nor arguments") {
  const parsed p{"ASO.PUT k source"};
  CHECK(!p.command.has_value);
  CHECK(p.command.args.empty());
  CHECK(!p.command.when);
  CHECK(parsed{{"aso.put", "k", "s", "value", ""}}.command.has_value);
}

TEST_CASE("ASO.PUT says what it did not expect") {
  const bytes expected =
      "', expected ASO.PUT key source [COMPAT] [VALUE value] [ARG argument ...] [TTL seconds] "
      "[LIMIT name value ...] [RECORD turns]";
  CHECK(problem_of("aso.put k s WHAT") == "syntax error at 'WHAT" + expected);
  CHECK(problem_of("aso.put k s value") == "syntax error at 'value" + expected);
  CHECK(problem_of("aso.put k s value 1 value 2") == "syntax error at 'value" + expected);
  CHECK(problem_of("aso.put k s ttl 1 ttl 2") == "syntax error at 'ttl" + expected);
  CHECK(problem_of("aso.put k s a\nb") == "syntax error at 'a\\x0ab" + expected);
  CHECK(problem_of("aso.put k s ttl 0") == "invalid expire time in 'aso.put' command");
}

TEST_CASE("ASO.PUT takes code of the prototype as such, once") {
  const parsed p{"aso.put k s compat VALUE v"};
  REQUIRE(p.outcome.ok());
  CHECK(p.command.compat);
  CHECK(p.command.source == "s");
  CHECK(p.command.value == "v");
  CHECK_FALSE(parsed{"aso.put k s VALUE compat"}.command.compat);
  CHECK(problem_of("aso.put k s compat COMPAT").starts_with("syntax error at 'COMPAT'"));
}

TEST_CASE("ASO.PUT asks for lower limits, in the order of the record") {
  const parsed p{"aso.put k s LIMIT timers-max 0 limit Fuel-Per-Turn 5000 VALUE v"};
  REQUIRE(p.outcome.ok());
  CHECK(p.command.limits ==
        object::asked_limits{{object::limit::fuel_per_turn, 5'000}, {object::limit::timers, 0}});
  CHECK(parsed{"aso.put k s"}.command.limits.empty());
}

TEST_CASE("ASO.PUT refuses limits that are none, nonsense, given twice or over the node's") {
  CHECK(problem_of("aso.put k s limit speed 1")
            .starts_with("LIMIT: there is no limit 'speed'; there are fuel-per-turn, "));
  for (const char* number : {"0", "-1", "x", "1e3", "99999999999999999999"})
    CHECK(problem_of("aso.put k s limit fuel-per-turn " + bytes{number}) ==
          "LIMIT fuel-per-turn: not a whole number from 1 up");
  CHECK(problem_of("aso.put k s limit fuel-per-turn 100001") ==
        "LIMIT fuel-per-turn 100001: an object may ask for less than the node's 100000, not for "
        "more");
  CHECK(problem_of("aso.put k s limit timers-max 1 limit timers-max 1") ==
        "LIMIT timers-max is given twice");
  CHECK(problem_of("aso.put k s limit timers-max").starts_with("syntax error at 'LIMIT'"));
  CHECK(problem_of("aso.put k s limit").starts_with("syntax error at 'limit'"));
}

TEST_CASE("the source has a limit") {
  object::policy policy;
  policy.source_bytes_max = 10;
  CHECK(parsed{{"aso.put", "k", bytes(10, 's')}, policy}.outcome.ok());
  const parsed p{{"aso.put", "k", bytes(11, 's')}, policy};
  CHECK(p.code() == errc::too_large);
  CHECK(p.problem() == "source of 11 bytes exceeds the limit of 10 bytes");
}

TEST_CASE("ASO.GET reads payload and callback key") {
  const parsed p{"aso.get k CALLBACK other PAYLOAD p"};
  REQUIRE(p.outcome.ok());
  CHECK(p.command.what == op::aso_get);
  CHECK(p.command.has_value);
  CHECK(p.command.value == "p");
  CHECK(p.command.callback_key == "other");
  CHECK(!parsed{"aso.get k"}.command.has_value);
  CHECK(problem_of("aso.get k payload") ==
        "syntax error at 'payload', expected ASO.GET key [PAYLOAD payload] [CALLBACK key]");
  CHECK(problem_of("aso.get k callback " + bytes(513, 'k')) ==
        "callback key of 513 bytes exceeds the limit of 512 bytes");
}

TEST_CASE("ASO.CALL names a method and its arguments") {
  const parsed p{"aso.call k add 1 2"};
  REQUIRE(p.outcome.ok());
  CHECK(p.command.what == op::aso_call);
  CHECK(p.command.method == "add");
  CHECK(p.command.args == std::vector<bytes_view>{"1", "2"});
  CHECK(problem_of("aso.call k") == "wrong number of arguments for 'aso.call' command");
  CHECK(problem_of("aso.call k " + bytes(513, 'm')) ==
        "method name of 513 bytes exceeds the limit of 512 bytes");
}

TEST_CASE("questions about an active object name only the key") {
  const std::vector<std::pair<bytes, op>> cases{
      {"aso.code", op::aso_code}, {"ASO.HASH", op::aso_hash},   {"aso.state", op::aso_state},
      {"aso.info", op::aso_info}, {"aso.turns", op::aso_turns}, {"Aso.Resume", op::aso_resume}};
  for (const auto& [name, what] : cases) {
    const parsed p{name + " k"};
    CHECK(p.command.what == what);
    CHECK(p.command.key == "k");
    CHECK(parsed{name + " k x"}.code() == errc::wrong_arity);
  }
}

TEST_CASE("the turns to record have a bound, and none only ends a recording") {
  CHECK(parsed{"aso.put k s RECORD 64"}.command.number == 64);
  CHECK(parsed{"aso.put k s"}.command.number == 0);
  CHECK(problem_of("aso.put k s record 0") ==
        "the turns to record are a whole number from 1 to 64, not '0'");
  CHECK(parsed{"aso.put k s record 65"}.code() == errc::out_of_range);
  CHECK(problem_of("aso.put k s record 1 record 2").starts_with("syntax error at 'record'"));
  const parsed record{"aso.record k 0"};
  CHECK(record.command.what == op::aso_record);
  CHECK(record.command.key == "k");
  CHECK(record.command.number == 0);
  CHECK(problem_of("aso.record k many") ==
        "the turns to record are a whole number from 0 to 64, not 'many'");
}

TEST_CASE("ASO.TURN names one turn by its number") {
  const parsed p{"aso.turn k 12"};
  CHECK(p.command.what == op::aso_turn);
  CHECK(p.command.number == 12);
  CHECK(parsed{"aso.turn k 0"}.code() == errc::out_of_range);
  CHECK(parsed{"aso.turn k last"}.code() == errc::out_of_range);
  CHECK(parsed{"aso.turn k"}.code() == errc::wrong_arity);
}
