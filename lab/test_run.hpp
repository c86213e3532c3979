#pragma once
// The run of test files: which tests, with which seeds, in which order.
//
// Files one after another, tests in the order of their file, seeds rising: a run says the same each
// time. A test that fails with one seed is not run with the next ones. `comet test` calls it and
// shows what it tells.

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.hpp"
#include "lab/script_file.hpp"
#include "lab/test_outcome.hpp"

namespace comet::lab {

struct run_options {
  bytes filter;             ///< tests whose name contains it; empty: all
  std::uint64_t seed = 1;   ///< of the first run of each test
  std::uint64_t seeds = 1;  ///< how many, one after the other
};

/// What the world outside gives to a run.
struct run_surroundings {
  source_reader read;
  /// Real time since some moment, for reports only; nothing else hangs on it.
  std::function<std::chrono::milliseconds()> stopwatch;
  /// Told of each test as it ends.
  std::function<void(const test_outcome&)> ended;
};

file_outcome run_file(const bytes& path, const run_options& options,
                      const run_surroundings& outside);

/// The tests of a file that the options choose, or why it has none.
test_listing list_file(const bytes& path, const run_options& options, const source_reader& read);

struct run_totals {
  std::size_t files = 0;
  std::size_t files_failed = 0;  ///< that could not be run at all
  std::size_t passed = 0;        ///< tests, each seed by itself
  std::size_t failed = 0;
  std::chrono::milliseconds virtual_time{0};

  /// Of a run that has something to say: all passed, and there was something.
  [[nodiscard]] bool succeeded() const { return files_failed == 0 && failed == 0 && passed > 0; }
};

run_totals totals_of(const std::vector<file_outcome>& files);

}  // namespace comet::lab
