#include "lab/test_report.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::lab {
namespace {

test_outcome failed_test() {
  test_outcome test;
  test.name = "it's read";
  test.place = {"lib/a_test.lua", 3};
  test.seed = 7;
  test.virtual_time = std::chrono::hours{25};
  test.failure = test_failure::at({"lib/a_test.lua", 5}, "the values are not equal");
  test.failure->expected = "3";
  test.failure->actual = "2";
  test.failure->callers = {{"lib/a_test.lua", 9}};
  return test;
}

turn_note turn_of(bytes key, bytes outcome) {
  turn_note turn;
  turn.at = epoch + std::chrono::milliseconds{1'002};
  turn.node = 2;
  turn.key = std::move(key);
  turn.handler = "onGet";
  turn.from.ip = "10.0.0.9";
  turn.from.port = 4000;
  turn.from.user = "alice";
  turn.fuel = 42;
  turn.outcome = std::move(outcome);
  return turn;
}

TEST_CASE("a failure shows its place, what was expected, and how to run it again") {
  CHECK(failure_text(failed_test(), false) ==
        "\nFAIL  it's read\n"
        "  lib/a_test.lua:5: the values are not equal\n"
        "    expected: 3\n"
        "    actual:   2\n"
        "    called from lib/a_test.lua:9\n"
        "  seed 7, after 1d 1h of virtual time; again with\n"
        "    comet test lib/a_test.lua --filter 'it'\\''s read' --seed 7\n");
}

TEST_CASE("a failure shows the last turns as a table, and what the objects logged") {
  test_outcome test = failed_test();
  test.turns = {turn_of("door", "ok"), turn_of("k", "ERR a\nb")};
  test.lines = {{"door", "opened"}};
  const bytes text = failure_text(test, false);
  CHECK(text.find("  last turns:\n"
                  "    time                      node  key   handler  caller               fuel  "
                  "outcome\n"
                  "    2026-01-01T00:00:01.002Z  2     door  onGet    alice@10.0.0.9:4000  42    "
                  "ok\n"
                  "    2026-01-01T00:00:01.002Z  2     k     onGet    alice@10.0.0.9:4000  42    "
                  "ERR a\\x0ab\n"
                  "  logged:\n"
                  "    door: opened\n") != bytes::npos);
}

TEST_CASE("nothing that a test says can steer the terminal") {
  test_outcome test = failed_test();
  test.name = "\x1b[2J";
  test.failure = test_failure::at({"a_test.lua", 1}, "one\n\x07two");
  test.lines = {{"k\r", "\x1b[0m"}};
  const bytes text = failure_text(test, false);
  CHECK(text.find('\x1b') == bytes::npos);
  CHECK(text.find('\x07') == bytes::npos);
  CHECK(text.find('\r') == bytes::npos);
  CHECK(text.find("    \\x07two\n") != bytes::npos);
}

TEST_CASE("a line a file says how many of its tests failed") {
  file_outcome file;
  file.file = "a_test.lua";
  file.real_time = std::chrono::milliseconds{120};
  file.tests.resize(1);
  CHECK(file_line(file, false) == "ok    a_test.lua  1 test  0.12 s\n");
  file.tests.push_back(failed_test());
  CHECK(file_line(file, false) == "FAIL  a_test.lua  1 of 2 tests failed  0.12 s\n");
  file.failure = test_failure::at({"a_test.lua", 2}, "'=' expected");
  CHECK(file_line(file, false) == "FAIL  a_test.lua  cannot be run  0.12 s\n");
  CHECK(failure_text(file, false) == "\nFAIL  a_test.lua\n  a_test.lua:2: '=' expected\n");
}

TEST_CASE("colours are there when they are wanted and nowhere else") {
  CHECK(failure_text(failed_test(), true).find("\x1b[31mFAIL\x1b[0m") != bytes::npos);
  CHECK(failure_text(failed_test(), false).find('\x1b') == bytes::npos);
  CHECK(summary_line({}, {}, true).find("\x1b[31m0 passed") != bytes::npos);
}

TEST_CASE("the summary counts tests and files") {
  run_totals totals;
  totals.files = 3;
  totals.passed = 11;
  totals.failed = 1;
  totals.virtual_time = std::chrono::hours{96};
  CHECK(summary_line(totals, std::chrono::milliseconds{1'200}, false) ==
        "12 tests in 3 files: 11 passed, 1 failed (1.20 s, 4d of virtual time)\n");
  totals.files_failed = 1;
  CHECK(summary_line(totals, {}, false).find("1 failed, 1 file could not be run (0.00 s") !=
        bytes::npos);
}

TEST_CASE("a path that a shell would take apart is quoted") {
  test_outcome test = failed_test();
  test.place.file = "my tests/a_test.lua";
  CHECK(replay_command(test) ==
        "comet test 'my tests/a_test.lua' --filter 'it'\\''s read' --seed 7");
}

}  // namespace
}  // namespace comet::lab
