#include "lua/machine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.hpp"
#include "base/random.hpp"
#include "lua/allow_list.hpp"
#include "lua/lua_api.hpp"
#include "lua/stack_trace.hpp"

namespace comet::lua {

namespace {

/// Granted when a slice has ended inside of a callback, so that the worker yields soon after it.
constexpr std::int64_t overtime = 256;
/// A request denied means a full collection: about what 500 instructions cost.
constexpr std::int64_t denial_charge = 500;
constexpr int bytes_per_instruction_shift = 6;
constexpr int memory_failures_max = 8;
/// The reserve's part of the budget of memory.
constexpr std::size_t reserve_divisor = 32;
constexpr std::size_t name_max = 64;

/// Written once, before there are threads.
std::uint32_t seed_of_compiler = 0;

}  // namespace

void set_hash_secret(std::uint64_t secret) {
  lua_setintegersecret(secret);
  seed_of_compiler = static_cast<std::uint32_t>(prng(secret)());
}

std::uint32_t compiler_seed() {
  return seed_of_compiler;
}

machine::machine(page_pool& pages, turn_scope& scope, std::uint32_t seed)
    : arena_(pages), scope_(scope), seed_(seed) {}

machine& machine::of(lua_State* L) {
  void* self = nullptr;
  lua_getallocf(L, &self);
  return *static_cast<machine*>(self);
}

result<void> machine::open(std::size_t budget) {
  main_ = lua_newseededstate(allocate, this, seed_);
  if (main_ == nullptr) return error{errc::memory, "no memory for a Lua state on this node"};
  static_assert(sizeof(thread_flags) <= LUA_EXTRASPACE);
  flags_of(main_) = {};  // threads copy the main thread's
  lua_pushcfunction(main_, open_state);
  if (lua_pcall(main_, 0, 2, 0) != LUA_OK)
    return error{errc::memory, "no memory for the environment of a script on this node"};
  worker_ = lua_tothread(main_, worker_slot);
  fuel_ = lua_fuelptr(main_);
  *fuel_ = 0;
  lua_setfuelf(main_, on_fuel_out);
  baseline_ = arena_.used();
  memory_budget_ = budget;
  close_reserve();
  arena_.reset_peak();
  return {};
}

int machine::open_state(lua_State* L) {
  open_environment(L);
  lua_pushnil(L);  // self
  lua_newthread(L);
  return 2;
}

// Memory -----------------------------------------------------------------------------------------

void* machine::allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) {
  auto& m = *static_cast<machine*>(self);
  void* given = m.arena_.reallocate(block, old_size, new_size);
  if (block == nullptr) old_size = 0;
  if (m.fuel_ == nullptr || new_size <= old_size) return given;
  if (given == nullptr) {
    m.count_denial(new_size);
  } else {
    if (new_size >= m.denied_) m.denied_ = 0;
    *m.fuel_ -= static_cast<std::int64_t>(new_size >> bytes_per_instruction_shift);
  }
  return given;
}

void machine::count_denial(std::size_t wanted) {
  *fuel_ -= denial_charge;
  // Lua collects after a denial and asks again for the same; only the second one is a failure.
  if (denied_ != wanted) {
    denied_ = wanted;
    return;
  }
  denied_ = 0;
  open_reserve();
  if (++memory_failures_ < memory_failures_max) return;
  memory_exhausted_ = true;
  *fuel_ = std::min<lua_Integer>(*fuel_, -1);  // the next instruction asks
}

void machine::close_reserve() {
  arena_.set_limit(baseline_ + memory_budget_ - memory_budget_ / reserve_divisor);
}

void machine::open_reserve() {
  arena_.set_limit(baseline_ + memory_budget_);
}

std::size_t machine::memory_used() const {
  return arena_.used() - std::min(baseline_, arena_.used());
}
std::size_t machine::memory_peak() const {
  return arena_.peak() - std::min(baseline_, arena_.peak());
}

// Fuel -------------------------------------------------------------------------------------------

void machine::begin_account(std::int64_t budget) {
  slice_ += std::max<lua_Integer>(*fuel_, 0);
  *fuel_ = 0;
  granted_ = 0;
  budget_ = budget;
  memory_failures_ = 0;
  memory_exhausted_ = false;
  close_reserve();
  if (arena_.used() <= arena_.limit()) return;
  // The last turn has used the reserve. What it left in dead slots of the stack, where a collection
  // for want of memory still finds it, goes now.
  lua_gc(main_, LUA_GCCOLLECT);
  *fuel_ -= denial_charge;
}

void machine::open_slice(std::int64_t fuel) {
  if (*fuel_ > 0) {
    granted_ -= *fuel_;
    *fuel_ = 0;
  }
  slice_ = fuel;
}

bool machine::grant(std::int64_t fuel) {
  const std::int64_t part = std::min(fuel, budget_ - granted_);
  granted_ += part;
  *fuel_ += part;
  return *fuel_ >= 0;
}

std::int64_t machine::fuel_used() const {
  return fuel_ == nullptr ? 0 : std::min<std::int64_t>(granted_ - *fuel_, budget_);
}

std::int64_t machine::fuel_left() const {
  return std::max<std::int64_t>(budget_ - fuel_used(), 0);
}

int machine::on_fuel_out(lua_State* L, int can_yield) {
  return of(L).out_of_fuel(L, can_yield != 0 && flags_of(L).cannot_wait == 0);
}

int machine::out_of_fuel(lua_State* L, bool can_yield) {
  if (failure_) return LUA_ERRKILL;  // whatever is left of a killed turn
  if (memory_exhausted_) return kill(L, memory_error(L));
  while (granted_ < budget_) {
    if (slice_ > 0) {
      const std::int64_t before = granted_;
      const bool enough = grant(slice_);
      slice_ -= granted_ - before;
      if (enough) return LUA_OK;
    } else if (can_yield) {
      preempted_ = true;
      flags_of(L).host_yield = 1;
      return LUA_YIELD;
    } else if (grant(can_wait(L) ? -*fuel_ : overtime)) {
      return LUA_OK;  // in a library function: the next instruction asks again, and can yield
    }
  }
  return kill(L, error{errc::fuel, fmt::format("fuel: {} instructions used up in {}{}", budget_,
                                               running_, line_of(L))});
}

int machine::kill(lua_State* L, error why) {
  failure_ = std::move(why);
  traceback_ = trace_of(L);
  return LUA_ERRKILL;
}

// Running ----------------------------------------------------------------------------------------

struct machine::entry {
  machine* owner;
  protected_call call;
  push_call push;
  void* argument;
  bool starts;
  bool absent;
  int lua_status;
};

int machine::run_protected(int (*f)(lua_State*), void* argument) {
  lua_pushcfunction(main_, f);
  lua_pushvalue(main_, self_slot);
  lua_pushvalue(main_, worker_slot);
  lua_pushlightuserdata(main_, argument);
  return lua_pcall(main_, 3, 0, 0);
}

int machine::call_protected(lua_State* L) {
  const auto& e = *static_cast<entry*>(lua_touserdata(L, 3));
  lua_settop(L, 2);
  e.call(L, e.argument);
  return 0;
}

bool machine::protect(protected_call f, void* argument) {
  entry e{this, f, nullptr, argument, false, false, LUA_OK};
  const auto fuel = *fuel_;
  const auto limit = arena_.limit();
  open_reserve();
  const int outer = run_protected(call_protected, &e);
  arena_.set_limit(limit);
  *fuel_ = fuel;  // what the host does for a turn is not the turn's
  if (outer == LUA_OK) return true;
  fail_with_error_on(main_, outer);
  return false;
}

int machine::enter_worker(lua_State* L) {
  auto& e = *static_cast<entry*>(lua_touserdata(L, 3));
  lua_settop(L, 2);
  const auto fuel = *e.owner->fuel_;
  const int count = e.push(L, e.argument);
  *e.owner->fuel_ = fuel;  // arguments are made by the host
  if (count == nothing) {
    e.absent = true;
    return 0;
  }
  lua_State* worker = lua_tothread(L, worker_slot);
  if (!lua_checkstack(worker, count)) return luaL_error(L, "not enough memory");
  lua_xmove(L, worker, count);
  int results = 0;
  e.lua_status = lua_resume(worker, L, e.starts ? count - 1 : count, &results);
  e.owner->results_ = results;
  return 0;
}

machine::status machine::start(bytes_view name, push_call push, void* argument) {
  running_ = shortened(printable(name), name_max);
  return enter(push, argument, true);
}

machine::status machine::resume(push_call push, void* argument) {
  return enter(push, argument, false);
}

machine::status machine::enter(push_call push, void* argument, bool starts) {
  preempted_ = false;
  flags_of(worker_) = {};
  entry e{this, nullptr, push, argument, starts, false, LUA_OK};
  return conclude(run_protected(enter_worker, &e), e);
}

machine::status machine::conclude(int outer, const entry& e) {
  if (outer != LUA_OK) {
    fail_with_error_on(main_, outer);
    return status::failed;
  }
  if (e.absent) return status::absent;
  switch (e.lua_status) {
    case LUA_OK: return status::returned;
    case LUA_YIELD:
      COMET_CHECK(flags_of(worker_).host_yield != 0);  // coroutine.yield refuses on the worker
      return preempted_ ? status::preempted : status::suspended;
    default: fail_with_error_on(worker_, e.lua_status); return status::failed;
  }
}

void machine::drop_results() {
  lua_settop(worker_, 0);
  results_ = 0;
}

// Failures ---------------------------------------------------------------------------------------

void machine::fail_with_error_on(lua_State* L, int lua_status) {
  if (failure_) return;  // a kill has said why
  failure_ = describe(L, lua_status);
  traceback_ = trace_of(L);
}

error machine::memory_error(lua_State* L) const {
  return {errc::memory,
          fmt::format("memory: {} bytes used up in {}{}", memory_budget_, running_, line_of(L))};
}

void machine::note_own_words(lua_State* L) {
  own_words_ = lua_topointer(L, -1);
}

error machine::describe(lua_State* L, int lua_status) {
  constexpr std::size_t message_max = 400;
  const int type = lua_gettop(L) > 0 ? lua_type(L, -1) : LUA_TNONE;
  if (lua_status == LUA_ERRMEM) return memory_error(L);
  if (type != LUA_TSTRING)  // never converted: __tostring would run outside of the account
    return {errc::script, fmt::format("{}{}: the error is not a string but a {} value", running_,
                                      line_of(L), lua_typename(L, type))};
  std::size_t size = 0;
  const char* text = lua_tolstring(L, -1, &size);
  const bytes_view message(text, size);
  if (message == "not enough memory") return memory_error(L);
  in_own_words_ = lua_topointer(L, -1) == own_words_;
  if (in_own_words_) return {errc::script, shortened(printable(message), message_max)};
  return {errc::script,
          fmt::format("{}: {}", running_, shortened(printable(message), message_max))};
}

// Waiting ----------------------------------------------------------------------------------------

thread_flags& flags_of(lua_State* L) {
  return *static_cast<thread_flags*>(lua_getextraspace(L));
}

bool can_wait(lua_State* L) {
  return lua_isyieldable(L) != 0 && flags_of(L).cannot_wait == 0;
}

bool is_self(lua_State* L, int index) {
  return lua_type(L, index) == LUA_TTABLE &&
         lua_topointer(L, index) == lua_topointer(machine::of(L).main(), machine::self_slot);
}

void set_self_value(lua_State* L, int index) {
  lua_State* main = machine::of(L).main();
  luaL_checkstack(L, 3, nullptr);
  lua_pushvalue(main, machine::self_slot);
  lua_xmove(main, L, 1);
  lua_pushliteral(L, "value");
  lua_pushvalue(L, index);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

int wait_for_host(lua_State* L) {
  flags_of(L).host_yield = 1;
  lua_settop(L, 0);
  return lua_yield(L, 0);
}

}  // namespace comet::lua
