#include "apps/comet/replay_report.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/object/recorded_turns.hpp"

namespace comet::client {
namespace {

using object::reply;
using object::test::state_of;

constexpr rendering pipe{};

/// One that did again what was recorded.
lua::replayed_turn same_as(const object::recorded_turn& turn) {
  lua::replayed_turn again;
  again.outcome.answer = turn.answer;
  again.outcome.fuel = turn.fuel;
  again.outcome.log = turn.log;
  again.after = turn.after;
  return again;
}

object::recorded_turn recorded() {
  auto turn = object::test::full_turn();
  turn.trace.warm = false;
  turn.effects.clear();
  return turn;
}

TEST_CASE("a turn that did the same shows what it did") {
  const auto turn = recorded();
  const auto report = report_of(turn, same_as(turn), true, pipe);
  CHECK(report.same);
  CHECK(report.text ==
        "turn 7 of an-object: add, at 1700000000000 ms, on node aa11\n"
        "answer  3\n"
        "fuel    214 (recorded: 214)\n"
        "log\n  one\n  two\n"
        "state, from before the turn to after it\n  - value = 1\n  + value = 2\n"
        "the same as recorded\n");
}

TEST_CASE("what is not as recorded stands at the end, states by their paths") {
  const auto turn = recorded();
  auto again = same_as(turn);
  again.outcome.answer = reply::number(4);
  again.after = state_of("\x81\xa5value\x03");
  again.unrecorded = {"dht.get 'b'"};
  const auto report = report_of(turn, again, false, pipe);
  CHECK_FALSE(report.same);
  CHECK(report.text.find("with other code than recorded\n") != bytes::npos);
  CHECK(
      report.text.ends_with("not the same as recorded:\n"
                            "  answer: recorded 3, now 4\n"
                            "  call: dht.get 'b' is not in the record, and was refused\n"
                            "  state after the turn, - recorded, + now\n"
                            "  - value = 2\n  + value = 3\n"));
}

TEST_CASE("fuel counts with the recorded code and with no other") {
  const auto turn = recorded();
  auto again = same_as(turn);
  again.outcome.fuel = 1;
  CHECK_FALSE(report_of(turn, again, true, pipe).same);
  CHECK(report_of(turn, again, false, pipe).same);
}

TEST_CASE("a failure is shown with its place") {
  auto turn = recorded();
  turn.failure = error{errc::script, "aso:4: no"};
  turn.after = turn.before;
  auto again = same_as(turn);
  again.outcome.failure = turn.failure;
  again.outcome.traceback = "aso:4: in raise\naso:9: in get";
  const auto report = report_of(turn, again, true, pipe);
  CHECK(report.same);
  CHECK(report.text.find("error script: aso:4: no\n  aso:4: in raise\n  aso:9: in get\n") !=
        bytes::npos);
  CHECK(report.text.find("state   unchanged\n") != bytes::npos);
}

TEST_CASE("an answer of several lines is set below its heading") {
  auto turn = recorded();
  turn.answer = reply::list({reply::bulk("a"), reply::bulk("b")});
  const auto report = report_of(turn, same_as(turn), true, pipe);
  CHECK(report.text.find("answer\n  1) a\n  2) b\n") != bytes::npos);
}

}  // namespace
}  // namespace comet::client
