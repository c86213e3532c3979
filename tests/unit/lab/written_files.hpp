#pragma once
// Files that exist in a test only: what the suite reads instead of a disk.

#include <chrono>
#include <map>

#include "lab/test_run.hpp"

namespace comet::lab::test {

struct written_files {
  std::map<bytes, bytes> texts;

  [[nodiscard]] source_reader reader() const {
    return [this](const bytes& path) -> result<bytes> {
      const auto found = texts.find(path);
      if (found == texts.end()) return {errc::not_found, "cannot read " + path};
      return found->second;
    };
  }
  /// No time passes for it, nobody is told.
  [[nodiscard]] run_surroundings surroundings() const {
    return {.read = reader(),
            .stopwatch = [] { return std::chrono::milliseconds{0}; },
            .ended = [](const test_outcome&) {}};
  }

  /// The outcome of the only test of t/a_test.lua, whose body this is.
  [[nodiscard]] test_outcome run_body(const bytes& body, const bytes& options = "{}") const {
    const script_file script{"t/a_test.lua",
                             "test('it', " + options + ", function(net)\n" + body + "\nend)\n",
                             reader()};
    const test_listing listing = script.list();
    if (listing.failure) {
      test_outcome outcome;
      outcome.failure = listing.failure;
      return outcome;
    }
    return script.run(listing.tests.at(0), 1);
  }
};

/// Why it failed; empty: it passed.
inline bytes reason_of(const test_outcome& outcome) {
  return outcome.failure ? outcome.failure->message : bytes{};
}

}  // namespace comet::lab::test
