#pragma once
// An object inside of a machine: its script has run, its table `self` holds functions and state.
//
// Wraps what a turn does with Lua into calls that fail by value: running the script, installing and
// encoding the state, calling handlers, reading results. After a false or failed answer the machine
// says why (`machine::failure`) and is spent.

#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "lua/machine.hpp"
#include "lua/program.hpp"
#include "object/reply.hpp"
#include "object/turn.hpp"

namespace comet::lua {

/// What onUpdate is offered when code is put over a living object: {value=, code=}.
struct successor_offer {
  bytes_view value;
  bool has_value;
  bytes_view code_hash;  ///< hex
};

/// An argument of a handler; monostate is nil.
using argument = std::variant<std::monostate, bytes_view, const object::caller*, successor_offer>;

class loaded_object {
 public:
  loaded_object(page_pool& pages, turn_scope& scope, std::uint64_t seed);

  result<void> open(const object::policy& limits) { return vm_.open(limits.memory_per_object); }
  machine& vm() { return vm_; }
  [[nodiscard]] const machine& vm() const { return vm_; }

  // Loading.
  machine::status run_script(const program& code, std::span<const bytes> args);
  /// Takes what the script returned, or else its global `aso`, for the object; of code for the
  /// prototype what lua/compat finds.
  result<void> adopt();
  [[nodiscard]] bool has_handler(const char* name);
  bool install(bytes_view state, int depth_max);
  /// Forgets changes so far: the state is the committed one.
  void settle();

  // Handlers. `status::absent` when the object has no such function.
  machine::status call(const char* handler, std::span<const argument> args);
  machine::status call_method(bytes_view name, std::span<const bytes_view> args);
  machine::status call_continuation(std::uint64_t token, object::outcall::kind what,
                                    const object::reply& answer);
  machine::status go_on() { return vm_.resume(push_nothing, nullptr); }
  machine::status go_on(object::outcall::kind what, const object::reply& answer);

  // The first result of the last call.
  [[nodiscard]] bool result_is_nil() const;
  [[nodiscard]] bool result_is_false() const;
  [[nodiscard]] bool result_is_table() const;
  [[nodiscard]] bool result_is_data() const;  ///< no function or coroutine
  [[nodiscard]] bool result_is_self() const;
  [[nodiscard]] bool result_is_offer() const;
  [[nodiscard]] bytes_view result_type() const;
  [[nodiscard]] std::optional<bytes> result_text() const;
  [[nodiscard]] result<object::reply> result_reply(const object::policy& limits) const;

  // The field `value`; raw, no metamethod runs.
  bool take_value_as_result();
  bool set_value(bytes_view value);
  bool set_value_to_result();

  /// The result, a table, becomes the object; only to encode it.
  void become_result();

  /// Has a table of the state been written to since it was last settled or encoded?
  bool take_dirty();
  result<void> encode_state(const object::policy& limits, bytes& out);

 private:
  static int push_nothing(lua_State* main, void* argument);

  machine vm_;
  /// The caller whose table is kept for the next turn; nothing when it may have been changed.
  std::optional<object::caller> known_caller_;
};

}  // namespace comet::lua
