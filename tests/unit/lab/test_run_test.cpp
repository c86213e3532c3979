#include "lab/test_run.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/written_files.hpp"

namespace comet::lab::test {
namespace {

written_files three_tests() {
  return {{{"a_test.lua",
            "test('the first', function() end)\n"
            "test('the seed is even', function(net) expect.equal(net.seed % 2, 0) end)\n"
            "test('its own', {seed = 3}, function(net) expect.equal(net.seed, 3) end)\n"}}};
}

std::vector<bytes> ran(const file_outcome& outcome) {
  std::vector<bytes> names;
  for (const test_outcome& test : outcome.tests)
    names.push_back(test.name + " " + std::to_string(test.seed) + (test.passed() ? "" : " failed"));
  return names;
}

TEST_CASE("all tests run in their order with the seed of the run, or their own") {
  const auto files = three_tests();
  CHECK(ran(run_file("a_test.lua", {.filter = {}, .seed = 2}, files.surroundings())) ==
        std::vector<bytes>{"the first 2", "the seed is even 2", "its own 3"});
}

TEST_CASE("several seeds run one after the other, until one fails") {
  const auto files = three_tests();
  const run_options options{.filter = "the", .seed = 2, .seeds = 3};
  CHECK(ran(run_file("a_test.lua", options, files.surroundings())) ==
        std::vector<bytes>{"the first 2", "the first 3", "the first 4", "the seed is even 2",
                           "the seed is even 3 failed"});
}

TEST_CASE("a filter chooses by part of the name") {
  const auto files = three_tests();
  const run_options options{.filter = "own"};
  CHECK(ran(run_file("a_test.lua", options, files.surroundings())) ==
        std::vector<bytes>{"its own 3"});
  CHECK(list_file("a_test.lua", options, files.reader()).tests.size() == 1);
}

TEST_CASE("a file that cannot be read fails") {
  const written_files none;
  CHECK(run_file("x_test.lua", {}, none.surroundings()).failure->message ==
        "cannot read x_test.lua");
  CHECK(list_file("x_test.lua", {}, none.reader()).failure->place.file == "x_test.lua");
}

TEST_CASE("each test is told as it ends") {
  const auto files = three_tests();
  auto outside = files.surroundings();
  std::vector<bytes> told;
  outside.ended = [&](const test_outcome& test) { told.push_back(test.name); };
  run_file("a_test.lua", {}, outside);
  CHECK(told == std::vector<bytes>{"the first", "the seed is even", "its own"});
}

TEST_CASE("a run succeeds only when all passed and at least one ran") {
  run_totals totals;
  CHECK_FALSE(totals.succeeded());
  totals.passed = 1;
  CHECK(totals.succeeded());
  totals.files_failed = 1;
  CHECK_FALSE(totals.succeeded());
  totals = {.files = 1, .files_failed = 0, .passed = 5, .failed = 1};
  CHECK_FALSE(totals.succeeded());
}

TEST_CASE("totals count tests, files and virtual time") {
  file_outcome mixed;
  mixed.tests.resize(3);
  mixed.tests[1].failure = test_failure::at({}, "no");
  mixed.tests[2].virtual_time = std::chrono::seconds{5};
  file_outcome broken;
  broken.failure = test_failure::at({}, "no");
  const run_totals totals = totals_of({mixed, broken, file_outcome{}});
  CHECK(totals.files == 2);
  CHECK(totals.files_failed == 1);
  CHECK(totals.passed == 2);
  CHECK(totals.failed == 1);
  CHECK(totals.virtual_time == std::chrono::seconds{5});
}

}  // namespace
}  // namespace comet::lab::test
