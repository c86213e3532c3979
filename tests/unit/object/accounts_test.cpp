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

TEST_CASE("what is known of an object's running goes with it to another node") {
  const policy limits;
  const instant there{from_unix_ms(9'000), mono_time{std::chrono::hours{50}}};
  const instant then{from_unix_ms(9'000), mono_time{std::chrono::hours{1}}};
  accounts account;
  turn_outcome outcome;
  outcome.fuel = 10;
  outcome.memory_peak = 12'000;
  outcome.log = {"one", "two"};
  outcome.failure = error{errc::script, "boom"};
  outcome.traceback = "where";
  account.fold(outcome, from_unix_ms(6), limits);
  CHECK(account.take_message(then.mono - std::chrono::seconds{50}, 2));
  CHECK(account.take_message(then.mono - std::chrono::seconds{50}, 2));

  const auto words = account.packed(then);
  const std::vector<bytes_view> views(words.begin(), words.end());
  auto arrived = accounts::unpacked(views, there);
  CHECK(arrived.failures == 1);
  CHECK(arrived.messages == 2);
  CHECK(arrived.memory_peak == 12'000);
  CHECK(arrived.last_error == "boom");
  CHECK(arrived.last_traceback == "where");
  CHECK(arrived.last_error_at == from_unix_ms(6));
  CHECK(arrived.log == std::deque<bytes>{"one", "two"});
  CHECK_FALSE(arrived.take_message(there.mono + std::chrono::seconds{9}, 2));
  CHECK(arrived.take_message(there.mono + std::chrono::seconds{10}, 2));
}

TEST_CASE("what the record has already does not go besides it") {
  accounts account;
  account.turns = 3;
  account.fuel = 300;
  account.breaches = 2;
  const auto words = account.packed({});
  const std::vector<bytes_view> views(words.begin(), words.end());
  const auto arrived = accounts::unpacked(views, {});
  CHECK(arrived.turns == 0);
  CHECK(arrived.fuel == 0);
  CHECK(arrived.breaches == 0);
}

TEST_CASE("accounts that came damaged count as nothing") {
  const instant now{from_unix_ms(9'000), mono_time{std::chrono::hours{1}}};
  const std::vector<bytes_view> few{"1", "2", "3"};
  CHECK(accounts::unpacked(few, now).failures == 0);
  constexpr bytes_view highest = "9223372036854775807";
  const std::vector<bytes_view> odd{"-1", "x", highest, highest, "", "-5", "boom", "where"};
  auto arrived = accounts::unpacked(odd, now);
  CHECK(arrived.failures == 0);
  CHECK(arrived.messages == 0);
  CHECK(arrived.window_messages == 0);
  CHECK(arrived.memory_peak == 0);
  CHECK(arrived.last_error_at == from_unix_ms(0));
  CHECK(arrived.last_error == "boom");
  CHECK(arrived.take_message(now.mono, 1));
}
