#pragma once
// A run of tests as people read it: a line a file, each failure with all that is needed to mend it.
//
// Pure: texts that `comet test` prints. Control characters of names and messages are escaped, so
// nothing that a test says can write elsewhere on a terminal.

#include <chrono>

#include "base/bytes.hpp"
#include "lab/test_outcome.hpp"
#include "lab/test_run.hpp"

namespace comet::lab {

/// "ok    apps/library/lock/lock_test.lua  5 tests  0.12 s"
bytes file_line(const file_outcome& file, bool colours);

/// Of a test that failed: place, message, expected and actual, seed, the command that replays it,
/// the last turns, what the objects logged.
bytes failure_text(const test_outcome& test, bool colours);
/// Of a file that cannot be run.
bytes failure_text(const file_outcome& file, bool colours);

/// "12 tests in 3 files: 11 passed, 1 failed (1.20 s, 4d of virtual time)"
bytes summary_line(const run_totals& totals, std::chrono::milliseconds real_time, bool colours);

/// The command that runs this test alone again, for a shell.
bytes replay_command(const test_outcome& test);

}  // namespace comet::lab
