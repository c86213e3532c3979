// Programs made from bytes: preempted anywhere, and refused memory anywhere, they do what they do
// without.
//
// The first byte chooses the slice, the second the memory; the rest are choices of a grammar that
// prefers what is delicate in a VM that yields and kills: coroutines, protected calls, metamethods,
// closing variables, callbacks of sort and gsub, concatenation, and tables that are state.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/fuzzed_object.hpp"
#include "tests/fuzz/lua_grammar.hpp"

using namespace comet;
using namespace comet::lua::fuzz;

namespace {

constexpr std::int64_t no_slices = 1'000'000'000;

bool out_of_budget(const object::turn_outcome& outcome) {
  return outcome.failure &&
         (outcome.failure->code == errc::fuel || outcome.failure->code == errc::memory);
}

/// A failure that a program may catch differs with the memory that its stacks take when it yields.
bool comparable(const object::turn_outcome& outcome, const object::policy& limits) {
  return !out_of_budget(outcome) && outcome.fuel < limits.fuel_per_turn * 9 / 10 &&
         outcome.memory_peak < limits.memory_per_object * 8 / 10;
}

void check_same(const object::turn_outcome& a, const object::turn_outcome& b) {
  COMET_CHECK(a.failure.has_value() == b.failure.has_value());
  if (a.failure) {
    COMET_CHECK(a.failure->message == b.failure->message);
    COMET_CHECK(a.traceback == b.traceback);
  }
  COMET_CHECK(a.state == b.state);
  COMET_CHECK(a.answer == b.answer);
  COMET_CHECK(a.log == b.log);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  object::policy limits;
  limits.fuel_per_turn = 30'000;
  const std::int64_t slice = std::int64_t{data[0]} % 64 + 1;
  const bytes source = lua_grammar({data + 2, size - 2}).program();
  const auto code = code_of(source);
  const auto program = lua::compile(code, limits);
  if (!program) return 0;  // too many locals, too deep: the compiler's own limits
  const auto whole = fuzzed_object(code, *program, limits).run(no_slices);
  const auto sliced = fuzzed_object(code, *program, limits).run(slice);
  if (comparable(whole.created, limits)) {
    check_same(whole.created, sliced.created);
    if (comparable(whole.read, limits)) check_same(whole.read, sliced.read);
  }
  // Each budget of memory refuses another allocation first.
  limits.memory_per_object = 2'048 + std::size_t{data[1]} * 64;
  if (const auto small = lua::compile(code, limits)) {
    fuzzed_object(code, *small, limits).run(no_slices);
    fuzzed_object(code, *small, limits).run(slice);
  }
  return 0;
}
