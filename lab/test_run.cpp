#include "lab/test_run.hpp"

#include <utility>

namespace comet::lab {
namespace {

test_listing list_script(const script_file& script, const run_options& options) {
  test_listing listing = script.list();
  std::erase_if(listing.tests, [&](const test_case& test) {
    return test.name.find(options.filter) == bytes::npos;
  });
  return listing;
}

void run_test(const script_file& script, const test_case& test, const run_options& options,
              const run_surroundings& outside, std::vector<test_outcome>& outcomes) {
  const std::uint64_t seeds = test.own_seed ? 1 : options.seeds;
  for (std::uint64_t i = 0; i < seeds; ++i) {
    const auto begun = outside.stopwatch();
    test_outcome outcome = script.run(test, options.seed + i);
    outcome.real_time = outside.stopwatch() - begun;
    outside.ended(outcome);
    outcomes.push_back(std::move(outcome));
    if (!outcomes.back().passed()) return;
  }
}

}  // namespace

file_outcome run_file(const bytes& path, const run_options& options,
                      const run_surroundings& outside) {
  const auto begun = outside.stopwatch();
  file_outcome outcome;
  outcome.file = path;
  auto text = outside.read(path);
  if (!text) {
    outcome.failure = test_failure::at({path, 0}, text.failure().message);
    return outcome;
  }
  const script_file script{path, *std::move(text), outside.read};
  test_listing listing = list_script(script, options);
  outcome.failure = std::move(listing.failure);
  if (!outcome.failure) {
    for (const test_case& test : listing.tests)
      run_test(script, test, options, outside, outcome.tests);
  }
  outcome.real_time = outside.stopwatch() - begun;
  return outcome;
}

test_listing list_file(const bytes& path, const run_options& options, const source_reader& read) {
  auto text = read(path);
  if (!text) return {{}, test_failure::at({path, 0}, text.failure().message)};
  return list_script(script_file{path, *std::move(text), read}, options);
}

run_totals totals_of(const std::vector<file_outcome>& files) {
  run_totals sum;
  for (const file_outcome& file : files) {
    if (file.failure) ++sum.files_failed;
    if (file.failure || !file.tests.empty()) ++sum.files;
    for (const test_outcome& test : file.tests) {
      ++(test.passed() ? sum.passed : sum.failed);
      sum.virtual_time += test.virtual_time;
    }
  }
  return sum;
}

}  // namespace comet::lab
