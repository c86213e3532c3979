#pragma once
// What is known of a test before and after it ran: plain values between script, runner and reports.

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "lab/journal.hpp"
#include "lab/world_options.hpp"

namespace comet::lab {

struct source_place {
  bytes file;
  int line = 0;  ///< 0: the file as a whole

  friend bool operator==(const source_place&, const source_place&) = default;
};

/// One `test(name, options, body)` of a file.
struct test_case {
  bytes name;
  source_place place;
  world_options network;  ///< its seed is that of the run unless `own_seed`
  bool own_seed = false;
};

struct test_failure {
  source_place place;
  bytes message;
  std::optional<bytes> expected;  ///< both or neither
  std::optional<bytes> actual;
  std::vector<source_place> callers;  ///< outwards, when the place is within a function

  static test_failure at(source_place where, bytes what) {
    test_failure made;
    made.place = std::move(where);
    made.message = std::move(what);
    return made;
  }
};

/// A line that an object logged.
struct logged_line {
  bytes key;
  bytes text;
};

struct test_outcome {
  bytes name;
  source_place place;
  std::uint64_t seed = 0;
  std::optional<test_failure> failure;  ///< nothing: passed
  std::chrono::milliseconds virtual_time{0};
  std::chrono::milliseconds real_time{0};  ///< as the runner's stopwatch has it
  std::vector<turn_note> turns;            ///< of a failed test: the last ones, oldest first
  std::vector<logged_line> lines;          ///< of a failed test: by key

  [[nodiscard]] bool passed() const { return !failure.has_value(); }
};

/// One file of one run. A file that cannot be run at all has a failure of its own and no tests.
struct file_outcome {
  bytes file;
  std::vector<test_outcome> tests;
  std::optional<test_failure> failure;
  std::chrono::milliseconds real_time{0};

  [[nodiscard]] bool passed() const {
    if (failure) return false;
    for (const test_outcome& test : tests)
      if (!test.passed()) return false;
    return true;
  }
};

}  // namespace comet::lab
