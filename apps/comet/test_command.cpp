// test: runs the *_test.lua files of folders against simulated networks, in virtual time.

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <thread>

#include "apps/comet/command_line.hpp"
#include "apps/comet/text_file.hpp"
#include "base/number.hpp"
#include "lab/junit_report.hpp"
#include "lab/test_files.hpp"
#include "lab/test_report.hpp"
#include "lab/test_run.hpp"

namespace comet::client {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds watch_period{250};
constexpr std::int64_t seeds_max = 1'000'000;

struct test_terms {
  std::vector<bytes> places;
  bytes filter;
  bytes seed = "1";
  std::int64_t seeds = 1;
  bytes junit;
  bool list = false;
  bool watch = false;
};

void print(bytes_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

milliseconds real_time() {
  return std::chrono::duration_cast<milliseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

/// Nothing: it is neither a number nor `random`, which is said.
std::optional<lab::run_options> options_of(const test_terms& terms) {
  lab::run_options options;
  options.filter = terms.filter;
  options.seeds = static_cast<std::uint64_t>(terms.seeds);
  if (terms.seed == "random") {
    options.seed = std::random_device{}();
    print(fmt::format("seed {}\n", options.seed));
    return options;
  }
  const auto number = parse_integer(terms.seed);
  if (!number || *number < 0) {
    fail(fmt::format("--seed {}: a whole number from 0 up, or random", terms.seed), misused);
    return std::nullopt;
  }
  options.seed = static_cast<std::uint64_t>(*number);
  return options;
}

/// On a terminal that takes escape codes the line of the file that runs is written anew with each
/// test; elsewhere, and where NO_COLOR asks for plain text, files are shown when they have run.
class progress {
 public:
  explicit progress(rendering how) : shown_(how.terminal && how.colours) {}

  void show(const bytes& file, std::size_t done) const {
    if (shown_) print(fmt::format("\r\x1b[K...   {}  {}", printable(file), done));
  }
  void clear() const {
    if (shown_) print("\r\x1b[K");
  }

 private:
  bool shown_;
};

void print_outcome(const lab::file_outcome& file, bool colours) {
  if (!file.failure && file.tests.empty()) return;  // the filter left nothing of it
  print(lab::file_line(file, colours));
  if (file.failure) print(lab::failure_text(file, colours) + "\n");
  bool any = false;
  for (const lab::test_outcome& test : file.tests) {
    if (test.passed()) continue;
    print(lab::failure_text(test, colours));
    any = true;
  }
  if (any) print("\n");
}

int nothing_chosen(const lab::run_options& options) {
  return fail(fmt::format("no test's name contains '{}'; `comet test --list` shows the names",
                          options.filter),
              misused);
}

int run_files(const std::vector<bytes>& files, const lab::run_options& options,
              const test_terms& terms) {
  const rendering how = output_rendering();
  const progress line{how};
  const auto begun = real_time();
  std::vector<lab::file_outcome> outcomes;
  for (const bytes& file : files) {
    std::size_t done = 0;
    line.show(file, done);
    outcomes.push_back(lab::run_file(
        file, options,
        {.read = lab::read_source, .stopwatch = real_time, .ended = [&](const lab::test_outcome&) {
           line.show(file, ++done);
         }}));
    line.clear();
    print_outcome(outcomes.back(), how.colours);
  }
  const lab::run_totals totals = lab::totals_of(outcomes);
  if (!terms.junit.empty()) {
    const auto written = write_text(terms.junit, lab::junit_report(outcomes));
    if (!written) return fail("--junit: " + written.failure().message, refused);
  }
  if (totals.files == 0) return nothing_chosen(options);
  print(lab::summary_line(totals, real_time() - begun, how.colours));
  return totals.succeeded() ? succeeded : refused;
}

int list_files(const std::vector<bytes>& files, const lab::run_options& options) {
  int status = succeeded;
  std::size_t count = 0;
  for (const bytes& file : files) {
    const lab::test_listing listing = lab::list_file(file, options, lab::read_source);
    if (listing.failure) {
      lab::file_outcome failed;
      failed.file = file;
      failed.failure = listing.failure;
      print(lab::failure_text(failed, output_rendering().colours));
      status = refused;
      continue;
    }
    count += listing.tests.size();
    for (const lab::test_case& test : listing.tests)
      print(fmt::format("{}:{}: {}\n", test.place.file, test.place.line, test.name));
  }
  return count == 0 && status == succeeded ? nothing_chosen(options) : status;
}

using file_times = std::map<bytes, std::filesystem::file_time_type>;

/// When each Lua file was written last; a file that goes meanwhile is one change more.
file_times times_of(const std::vector<bytes>& places) {
  file_times times;
  for (const bytes& file : lab::lua_files_below(places)) {
    std::error_code gone;
    const auto written = std::filesystem::last_write_time(file, gone);
    if (!gone) times[file] = written;
  }
  return times;
}

int run_once(const test_terms& terms, const lab::run_options& options) {
  const auto files = lab::find_test_files(terms.places);
  if (!files) return fail(files.failure().message, misused);
  return terms.list ? list_files(*files, options) : run_files(*files, options, terms);
}

/// Until it is interrupted.
int watch(const test_terms& terms, const lab::run_options& options) {
  while (true) {
    const file_times before = times_of(terms.places);
    if (run_once(terms, options) == misused && before.empty()) return misused;
    print("waiting for a change; ^C ends\n");
    while (times_of(terms.places) == before)
      std::this_thread::sleep_for(watch_period);
    print("\n");
  }
}

int test(const test_terms& terms) {
  if (terms.list && (terms.watch || !terms.junit.empty()))
    return fail("--list runs no test: leave out --watch and --junit", misused);
  const auto options = options_of(terms);
  if (!options) return misused;
  return terms.watch ? watch(terms, *options) : run_once(terms, *options);
}

}  // namespace

void add_test_command(CLI::App& app, command_line& shared) {
  const auto terms = std::make_shared<test_terms>();
  CLI::App* command =
      app.add_subcommand("test",
                         "Run the *_test.lua files of folders against simulated networks, in "
                         "virtual time (docs/testing.md)")
          ->group("Develop");
  command->add_option("PLACE", terms->places, "Files and folders; without one the current folder");
  command->add_option("--filter", terms->filter, "Only tests whose name contains this text")
      ->type_name("TEXT");
  command->add_option("--seed", terms->seed, "Of all that is left to chance; `random` draws one")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--seeds", terms->seeds, "Run each test with so many seeds, from --seed on")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, seeds_max))
      ->capture_default_str();
  command->add_option("--junit", terms->junit, "Write the results as JUnit's XML, too")
      ->type_name("FILE");
  command->add_flag("--list", terms->list, "Show the tests, with their places, and run none");
  command->add_flag("--watch", terms->watch, "Run again whenever a .lua file there changes");
  command->callback([&shared, terms] { shared.status = test(*terms); });
}

}  // namespace comet::client
