// The catalogue of attacks (tests/attacks) against the sandbox alone: how each ends, that it stays
// within its budgets and changes nothing when it fails, and how long it holds the thread.
//
// An attack is the body of a method, or, with `as: source`, a body that returns the source of an
// object, which is then stored and its method `strike` called. Its header says how it may end and,
// where it is not the default, its bound: the most processor time that the whole turn may take and
// thus also its hold, the longest stretch in which the thread is not given back. Compiling and
// storing a source is such a stretch too.
//
// Processor time of the thread, not time of the clock: a busy machine changes nothing. Each attack
// runs three times, and the least counts: first touches of memory and caches that other processes
// emptied are the machine's, and come and go; what an attack costs comes each time.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <set>
#include <sstream>

#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using namespace comet::lua::test;

namespace {

constexpr const char* catalogue_folder = "tests/attacks";
constexpr std::size_t attacks_min = 370;
constexpr int runs = 3;
constexpr double default_bound_ms = 5;
/// What sanitizers and Lua's own assertions cost at most: 3 to 10 times, and 60 where coroutines
/// are left by longjmp, which lets AddressSanitizer clean the stack. Without them bounds are exact.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double slowdown = 100;
#else
constexpr double slowdown = 1;
#endif

struct attack {
  bytes name;
  bytes body;
  std::set<bytes> ends;
  bool makes_source = false;
  double bound_ms = default_bound_ms;
};

/// Reads "-- ends: fuel or memory" and the other lines of the header.
void read_header_line(attack& a, const std::string& line) {
  std::istringstream words(line);
  bytes dashes;
  bytes field;
  words >> dashes >> field;
  if (field == "ends:") {
    for (bytes end; words >> end;)
      if (end != "or") a.ends.insert(end);
  } else if (field == "bound:") {
    words >> a.bound_ms;
  } else if (field == "as:") {
    words >> field;
    REQUIRE(field == "source");
    a.makes_source = true;
  }
}

attack read_attack(const std::filesystem::path& file) {
  attack a;
  a.name = file.stem().string();
  std::ifstream in(file);
  for (std::string line; std::getline(in, line); a.body += line + '\n')
    if (line.starts_with("-- ")) read_header_line(a, line);
  INFO(a.name);
  REQUIRE_FALSE(a.ends.empty());
  return a;
}

std::vector<attack> catalogue() {
  std::vector<attack> all;
  for (const auto& entry : std::filesystem::directory_iterator(catalogue_folder))
    all.push_back(read_attack(entry.path()));
  std::ranges::sort(all, {}, &attack::name);
  return all;
}

double thread_cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct measure {
  double turn_ms = 0;
  double hold_ms = 0;

  void add(double stretch_ms) {
    turn_ms += stretch_ms;
    hold_ms = std::max(hold_ms, stretch_ms);
  }
  void keep_least(const measure& other) {
    turn_ms = std::min(turn_ms, other.turn_ms);
    hold_ms = std::min(hold_ms, other.hold_ms);
  }
};

/// As the headers say it.
bytes end_of(const turn_outcome& outcome) {
  if (!outcome.failure) return "returns";
  switch (outcome.failure->code) {
    case errc::fuel: return "fuel";
    case errc::memory: return "memory";
    case errc::state: return "state";
    case errc::messages: return "messages";
    default: return "error";
  }
}

bytes object_around(const bytes& body) {
  return "local aso = { value = 'unharmed', turns = 0 }\n"
         "function aso:strike() self.turns = self.turns + 1 self.value = 'harmed'\n" +
         body + "\nend\nfunction aso:look() return self.value end\nreturn aso";
}

/// An object in slices as a node gives them, whose time is taken.
struct measured_object : scripted_object {
  explicit measured_object(bytes source) : scripted_object(std::move(source)) {
    slice = limits.fuel_per_slice;
    run_slice = [this](activation& a) {
      const double before = thread_cpu_ms();
      const step done = a.run(slice, now);
      taken.add(thread_cpu_ms() - before);
      return done;
    };
  }
  measure taken;
};

struct finding {
  bytes ended;
  bytes message;
  measure least{1e9, 1e9};
};

void check_budgets(const turn_outcome& outcome, const object::policy& limits) {
  // Loading has an account of its own.
  CHECK(outcome.fuel <= 2 * limits.fuel_per_turn);
  CHECK(outcome.memory_peak <= limits.memory_per_object);
}

void strike(finding& found, measured_object& o) {
  const auto outcome = o.call("strike");
  check_budgets(outcome, o.limits);
  found.ended = end_of(outcome);
  found.message = outcome.failure ? outcome.failure->message : bytes{};
}

finding run_method(const attack& a) {
  finding found;
  for (int i = 0; i < runs; ++i) {
    measured_object o(object_around(a.body));
    REQUIRE(answer_of(o.put()) == reply::ok());
    o.taken = {};
    strike(found, o);
    found.least.keep_least(o.taken);
    const bool failed = found.ended != "returns";
    CHECK(text_of(o.call("look")) == (failed ? "unharmed" : "harmed"));
    CHECK(a.ends.contains(found.ended));
    o.chill();
    CHECK(o.pages_in_use() == 0);
  }
  return found;
}

bytes source_made_by(const attack& a) {
  scripted_object maker(object_around(a.body));
  maker.limits.fuel_per_turn = 1'000'000;
  maker.limits.memory_per_object = 1'000'000;
  answer_of(maker.put());
  return text_of(maker.call("strike"));
}

finding run_source(const attack& a) {
  finding found;
  const bytes source = source_made_by(a);
  for (int i = 0; i < runs; ++i) {
    measured_object o(source);
    const double before = thread_cpu_ms();
    const auto compiled = compile(code_of(source), o.limits);
    o.taken.add(thread_cpu_ms() - before);
    if (!compiled) {
      found.ended = compiled.failure().code == errc::memory ? "memory" : "error";
      found.message = compiled.failure().message;
      found.least.keep_least(o.taken);
      continue;
    }
    const auto stored = o.put();
    check_budgets(stored, o.limits);
    found.ended = end_of(stored);
    found.message = stored.failure ? stored.failure->message : bytes{};
    if (!stored.failure && source.find("strike = ") != bytes::npos) strike(found, o);
    found.least.keep_least(o.taken);
    CHECK(a.ends.contains(found.ended));
    o.chill();
    CHECK(o.pages_in_use() == 0);
  }
  return found;
}

finding run(const attack& a) {
  return a.makes_source ? run_source(a) : run_method(a);
}

}  // namespace

TEST_CASE("every attack of the catalogue ends as it says, within its budgets and its bound") {
  const auto all = catalogue();
  CHECK(all.size() >= attacks_min);
  for (const attack& a : all) {
    INFO(a.name);
    const finding found = run(a);
    INFO(found.message);
    CHECK(a.ends.contains(found.ended));
    CHECK(found.least.turn_ms <= a.bound_ms * slowdown);
  }
}

TEST_CASE("the attacks by how long they hold the thread", "[.][report]") {
  std::vector<std::pair<attack, finding>> rows;
  for (const attack& a : catalogue())
    rows.emplace_back(a, run(a));
  std::ranges::sort(rows, std::ranges::greater{},
                    [](const auto& r) { return r.second.least.turn_ms; });
  std::cout << "hold ms  turn ms  ends\n" << std::fixed << std::setprecision(3);
  for (const auto& [a, found] : rows)
    std::cout << std::setw(7) << found.least.hold_ms << std::setw(9) << found.least.turn_ms << "  "
              << std::left << std::setw(9) << found.ended << std::right << a.name << "  "
              << found.message << '\n';
}
