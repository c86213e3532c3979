#pragma once
// One Lua state of a test file: opened, bounded, its top level run, one of its tests run.
//
// It lives for one listing or one test. Fuel of the patched Lua bounds it, so what it stops cannot
// be caught. Called by script_file.

#include <cstdint>
#include <optional>

#include "lab/script_scope.hpp"

struct lua_State;

namespace comet::lab {

class script_state {
 public:
  /// `seed` is that of math.random and of the order of keys. The path and the reader outlive it.
  script_state(const bytes& path, const source_reader& reader, std::uint64_t seed);
  ~script_state();
  script_state(const script_state&) = delete;
  script_state& operator=(const script_state&) = delete;

  /// Runs the top level; scope().tests then has its tests.
  std::optional<test_failure> load(bytes_view text);
  /// Runs the test of this index with `network`, which outlives this.
  std::optional<test_failure> run(std::size_t index, world& network);

  /// From now on there is a network, `net`, which outlives this; what runs ends soon after `stop`
  /// is set. For a console. Errors: there is no client of its first node.
  result<void> attach(world& network, const std::atomic<bool>& stop);
  /// Runs an expression or statements; the values that it gives as Lua would write them, a line
  /// each. Errors, script: as Lua has them, with the line.
  result<bytes> evaluate(bytes_view text);

  [[nodiscard]] const script_scope& scope() const { return scope_; }

 private:
  static void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size);
  std::optional<test_failure> call();
  bool compile_line(bytes_view text);
  error ended_line();
  void withhold_fuel();

  script_scope scope_;
  lua_State* state_ = nullptr;
};

}  // namespace comet::lab
