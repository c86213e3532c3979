#pragma once
// A test file: what tests it has, and the run of one of them against a network of its own.
//
// Each run loads the file anew into a Lua state of its own, seeded, so a test sees nothing of the
// one before it, and a run of it alone is the same run. The Lua is plain: base, string, table,
// math, utf8, coroutine and the test API of docs/testing.md, but nothing that reaches outside: a
// source comes through the reader. Bounded: a test whose Lua takes `instructions_max` or
// `memory_max` ends as failed; nothing in it can catch that. What a network takes, its
// `world_options::limit` bounds.
//
// Called by the runner. Lua stays behind this header (the files script_*).

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "lab/test_outcome.hpp"

namespace comet::lab {

inline constexpr std::int64_t instructions_max = 100'000'000;       ///< of a test's own Lua
inline constexpr std::size_t memory_max = std::size_t{256} << 20U;  ///< bytes of the same

/// Of a file by its path: its text, or why there is none.
using source_reader = std::function<result<bytes>(const bytes& path)>;

struct test_listing {
  std::vector<test_case> tests;         ///< in the order of the file
  std::optional<test_failure> failure;  ///< the file cannot be run, and where it is wrong
};

class script_file {
 public:
  /// `path` names it in messages; sources that it puts are read relative to its folder.
  script_file(bytes path, bytes text, source_reader reader);

  /// Runs its top level. Failures: it does not compile, it raises an error, two tests have one
  /// name, an option that there is not.
  [[nodiscard]] test_listing list() const;

  /// Runs one of them.
  [[nodiscard]] test_outcome run(const test_case& test, std::uint64_t seed) const;

 private:
  bytes path_;
  bytes text_;
  source_reader reader_;
};

}  // namespace comet::lab
