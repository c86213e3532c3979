// Any text as an object's source: the loader refuses it or runs it within its budgets, and gives
// back all memory.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/fuzzed_object.hpp"

using namespace comet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  object::policy limits;
  limits.fuel_per_turn = 5'000;
  limits.source_bytes_max = 4'096;
  const auto code = lua::fuzz::code_of(bytes(reinterpret_cast<const char*>(data), size));
  const auto program = lua::compile(code, limits);
  if (!program) {
    COMET_CHECK(!program.failure().message.empty());
    return 0;
  }
  COMET_CHECK(size <= limits.source_bytes_max);
  lua::fuzz::fuzzed_object(code, *program, limits).run(100);
  return 0;
}
