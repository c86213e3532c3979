#pragma once
// One Lua state under account: its arena, its fuel, and the one coroutine that runs handlers.
//
// Lua is always entered through lua_pcall on the main thread, which then resumes the worker
// coroutine; that is what keeps every error, and a kill, inside. Fuel is granted in slices. When a
// slice is used up the worker yields at the next instruction that can; when the budget is used up
// it is killed. After a failure the machine is only good to be destroyed.
//
// Memory is refused a little before the budget is used up. The first refusal that no collection
// averts is an error of the script and opens this reserve for the rest of the turn, so that what
// catches the error has room to log it, keep a field and make a message.
//
// The main thread's stack holds the object at `self_slot` and the worker at `worker_slot`.

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "lua/arena.hpp"

struct lua_State;

namespace comet::lua {

class turn_scope;

/// Makes the hashes of keys unpredictable. Once a process, before the first machine.
void set_hash_secret(std::uint64_t secret);
/// For the strings of the compiler, which belongs to no object and thus has no seed of its own.
std::uint32_t compiler_seed();

class machine {
 public:
  /// How a run of the worker ended.
  enum class status : std::uint8_t {
    returned,   ///< the function ended; its results are on the worker's stack
    preempted,  ///< the slice is used up
    suspended,  ///< a library function waits for the host
    absent,     ///< there was nothing to call
    failed,     ///< an error or a kill; see `failure`
  };

  /// Runs on the main thread under protection. Stack: 1 self, 2 the worker. May raise.
  using protected_call = void (*)(lua_State* main, void* argument);
  /// As above; pushes a function and arguments (start) or values (resume), and returns how many
  /// values; `nothing` for `absent`.
  using push_call = int (*)(lua_State* main, void* argument);
  static constexpr int nothing = -1;

  static constexpr int self_slot = 1;
  static constexpr int worker_slot = 2;

  machine(page_pool& pages, turn_scope& scope, std::uint32_t seed);
  machine(const machine&) = delete;
  machine& operator=(const machine&) = delete;

  /// Builds the state and its empty environment, then limits memory to `budget` bytes more, the
  /// reserve among them.
  result<void> open(std::size_t budget);

  /// The machine and the scope of the turn that `L` (any thread of it) runs.
  static machine& of(lua_State* L);
  static turn_scope& scope_of(lua_State* L) { return of(L).scope_; }

  // Fuel.
  /// Starts an account of `budget` instructions; what the slice has left stays usable.
  void begin_account(std::int64_t budget);
  /// Allows `fuel` more instructions before the worker has to yield.
  void open_slice(std::int64_t fuel);
  [[nodiscard]] std::int64_t fuel_used() const;  ///< of the account, at most its budget
  [[nodiscard]] std::int64_t fuel_left() const;

  // Running.
  /// Calls `f` on the main thread. False: `failure` says why, the machine is spent.
  bool protect(protected_call f, void* argument);
  /// Starts a function on the worker; `name` is what error messages call it.
  status start(bytes_view name, push_call push, void* argument);
  /// Goes on after `preempted` (push nothing) or `suspended` (push what the function returns).
  status resume(push_call push, void* argument);
  /// Forgets the results of the last run.
  void drop_results();

  [[nodiscard]] lua_State* main() const { return main_; }
  [[nodiscard]] lua_State* worker() const { return worker_; }
  /// Results of the last run, from index 1 of the worker's stack.
  [[nodiscard]] int result_count() const { return results_; }

  // After a failure.
  [[nodiscard]] const error& failure() const { return *failure_; }
  [[nodiscard]] const bytes& traceback() const { return traceback_; }
  /// It is text that the script raised without a place (level 0): words for who asked.
  [[nodiscard]] bool failed_in_own_words() const { return in_own_words_; }
  /// The script raises the string at the top of the stack of `L` without a place.
  void note_own_words(lua_State* L);

  // Memory.
  [[nodiscard]] std::size_t memory_used() const;  ///< bytes over the empty environment
  [[nodiscard]] std::size_t memory_peak() const;
  [[nodiscard]] std::size_t memory_budget() const { return memory_budget_; }
  [[nodiscard]] std::size_t memory_held() const { return arena_.held() + sizeof *this; }
  void reset_peak() { arena_.reset_peak(); }

 private:
  struct entry;

  static void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size);
  static int on_fuel_out(lua_State* L, int can_yield);
  static int open_state(lua_State* L);
  static int call_protected(lua_State* L);
  static int enter_worker(lua_State* L);

  void close_reserve();
  void open_reserve();
  void count_denial(std::size_t wanted);
  bool grant(std::int64_t fuel);
  int out_of_fuel(lua_State* L, bool can_yield);
  int kill(lua_State* L, error why);
  int run_protected(int (*f)(lua_State*), void* argument);
  status enter(push_call push, void* argument, bool starts);
  status conclude(int outer, const entry& e);
  void fail_with_error_on(lua_State* L, int lua_status);
  error memory_error(lua_State* L) const;
  error describe(lua_State* L, int lua_status);

  arena arena_;
  turn_scope& scope_;
  std::uint32_t seed_;
  lua_State* main_ = nullptr;
  lua_State* worker_ = nullptr;
  bytes running_;  ///< what the worker runs, as error messages call it
  int results_ = 0;

  long long* fuel_ = nullptr;  ///< Lua's counter: granted and not yet used; below 0: overdrawn
  std::int64_t budget_ = 0;    ///< of the account
  std::int64_t granted_ = 0;   ///< of the account
  std::int64_t slice_ = 0;     ///< may still be granted before a yield

  std::size_t baseline_ = 0;  ///< bytes of the empty environment
  std::size_t memory_budget_ = 0;
  std::size_t denied_ = 0;   ///< size of a request that was denied; 0 after one as large was not
  int memory_failures_ = 0;  ///< requests denied again after a collection
  bool memory_exhausted_ = false;  ///< so often that the turn is to be killed

  bool preempted_ = false;
  std::optional<error> failure_;
  bytes traceback_;
  const void* own_words_ =
      nullptr;  ///< the last string raised without a place, to be compared only
  bool in_own_words_ = false;
};

/// What each coroutine knows of how it may wait; kept in Lua's extra space, zero at birth.
struct thread_flags {
  std::uint8_t host_yield;   ///< the yield under way is meant for the host, not for a resume
  std::uint8_t cannot_wait;  ///< somewhere below in the chain of resumes a C function would break
};
thread_flags& flags_of(lua_State* L);

/// May `L` suspend all the way out to the host?
bool can_wait(lua_State* L);
/// Is the value at `index` the object itself?
bool is_self(lua_State* L, int index);
/// Makes the value at `index` the object's field `value`; raw. May raise.
void set_self_value(lua_State* L, int index);
/// Ends the calling C function: the host is asked, and its answer becomes the function's results.
int wait_for_host(lua_State* L);

}  // namespace comet::lua
