#include "object/accounts.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::object;

TEST_CASE("a turn's use adds up and its failure is remembered") {
  accounts account;
  const policy limits;
  turn_outcome outcome;
  outcome.fuel = 120;
  outcome.memory = 9'000;
  outcome.memory_peak = 12'000;
  account.fold(outcome, from_unix_ms(5), limits);
  outcome.fuel = 30;
  outcome.memory = 8'000;
  outcome.memory_peak = 8'500;
  outcome.failure = error{errc::script, "boom"};
  outcome.traceback = "where";
  account.fold(outcome, from_unix_ms(6), limits);
  CHECK(account.turns == 2);
  CHECK(account.fuel == 150);
  CHECK(account.memory == 8'000);
  CHECK(account.memory_peak == 12'000);
  CHECK(account.failures == 1);
  CHECK(account.last_error == "boom");
  CHECK(account.last_traceback == "where");
  CHECK(account.last_error_at == from_unix_ms(6));
}

TEST_CASE("the log keeps the newest lines, each cut to its limit") {
  accounts account;
  policy limits;
  limits.log_lines_max = 3;
  limits.log_line_bytes_max = 4;
  for (int i = 0; i < 5; ++i) {
    turn_outcome outcome;
    outcome.log = {std::to_string(i) + "-long-line"};
    account.fold(outcome, {}, limits);
  }
  REQUIRE(account.log.size() == 3);
  CHECK(account.log.front() == "2-lo");
  CHECK(account.log.back() == "4-lo");
}

TEST_CASE("messages are allowed again in the next minute") {
  accounts account;
  const mono_time start{std::chrono::hours{1}};
  CHECK(account.take_message(start, 2));
  CHECK(account.take_message(start, 2));
  CHECK_FALSE(account.take_message(start + std::chrono::seconds{59}, 2));
  CHECK(account.take_message(start + std::chrono::seconds{60}, 2));
  CHECK(account.messages == 3);
}
