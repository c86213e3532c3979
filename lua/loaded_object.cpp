#include "lua/loaded_object.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "lua/compat.hpp"
#include "lua/convert.hpp"
#include "lua/dht_library.hpp"
#include "lua/lua_api.hpp"
#include "lua/state.hpp"

namespace comet::lua {

namespace {

/// Their addresses are the registry's keys of the last successor_offer and the last caller's table.
constexpr char offer_slot = 0;
constexpr char caller_slot = 0;

void push_string(lua_State* L, bytes_view text) {
  lua_pushlstring(L, text.data(), text.size());
}

void push_offer(lua_State* L, const successor_offer& offer) {
  lua_createtable(L, 0, 2);
  if (offer.has_value) {
    push_string(L, offer.value);
    lua_setfield(L, -2, "value");
  }
  push_string(L, offer.code_hash);
  lua_setfield(L, -2, "code");
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &offer_slot);
}

/// The table is watched as if it were state: one that a script has written to is not given again.
void push_kept_caller(lua_State* L, const object::caller* from, bool is_known) {
  if (is_known) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &caller_slot);
    return;
  }
  push_caller(L, from);
  if (from != nullptr) dress_node(L, -1);
  lua_markpersistent(L, -1);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &caller_slot);
}

void push_argument(lua_State* L, const argument& a, bool caller_is_known) {
  if (const auto* text = std::get_if<bytes_view>(&a); text != nullptr) {
    push_string(L, *text);
  } else if (const auto* from = std::get_if<const object::caller*>(&a); from != nullptr) {
    push_kept_caller(L, *from, caller_is_known);
  } else if (const auto* offer = std::get_if<successor_offer>(&a); offer != nullptr) {
    push_offer(L, *offer);
  } else {
    lua_pushnil(L);
  }
}

/// Pushes the function self[name] and self; false when there is none.
bool push_handler(lua_State* L, bytes_view name) {
  push_string(L, name);
  if (lua_rawget(L, machine::self_slot) != LUA_TFUNCTION) return false;
  lua_pushvalue(L, machine::self_slot);
  return true;
}

bool same_caller(const object::caller& a, const object::caller& b) {
  return a.port == b.port && a.ip == b.ip && a.user == b.user && a.node == b.node && a.key == b.key;
}

struct script_call {
  const program& code;
  std::span<const bytes> args;
};

int push_script(lua_State* L, void* call) {
  const auto& c = *static_cast<script_call*>(call);
  if (c.code.compat()) open_compat(L);
  const bytes_view bytecode = c.code.bytecode();
  if (luaL_loadbufferx(L, bytecode.data(), bytecode.size(), "=aso", "b") != LUA_OK)
    return lua_error(L);
  luaL_checkstack(L, static_cast<int>(c.args.size()), "too many arguments");
  for (const auto& arg : c.args)
    push_string(L, arg);
  return static_cast<int>(c.args.size()) + 1;
}

/// How many arguments the function at `index` can see, after as many as are `given` already.
std::size_t visible_arguments(lua_State* L, int index, unsigned given) {
  lua_Debug function;
  lua_pushvalue(L, index);
  lua_getinfo(L, ">u", &function);
  if (function.isvararg != 0) return std::numeric_limits<std::size_t>::max();
  return function.nparams <= given ? 0 : function.nparams - given;
}

struct handler_call {
  const char* name;
  std::span<const argument> args;
  bool caller_is_known;
  bool made_caller;
};

/// What a handler does not declare is not made for it.
int push_handler_call(lua_State* L, void* call) {
  auto& c = *static_cast<handler_call*>(call);
  if (!push_handler(L, c.name)) return machine::nothing;
  const int function = lua_gettop(L) - 1;
  const auto form = is_compat(L) ? compat_form(L, function) : handler_form{};
  if (!form.takes_self) lua_pop(L, 1);
  auto args = c.args;
  std::array<argument, 2> caller_and_new;
  if (form.caller_first && args.size() == 2) {  // onUpdate
    caller_and_new = {args[1], args[0]};
    args = caller_and_new;
  }
  const unsigned given = form.takes_self ? 1 : 0;
  args = args.first(std::min(args.size(), visible_arguments(L, function, given)));
  for (const auto& a : args) {
    push_argument(L, a, c.caller_is_known);
    if (std::holds_alternative<const object::caller*>(a)) c.made_caller = !c.caller_is_known;
  }
  return static_cast<int>(args.size() + given) + 1;
}

struct method_call {
  bytes_view name;
  std::span<const bytes_view> args;
};

int push_method_call(lua_State* L, void* call) {
  const auto& c = *static_cast<method_call*>(call);
  if (!push_handler(L, c.name)) return machine::nothing;
  luaL_checkstack(L, static_cast<int>(c.args.size()), "too many arguments");
  for (const auto arg : c.args)
    push_string(L, arg);
  return static_cast<int>(c.args.size()) + 2;
}

struct answer_call {
  std::uint64_t token;
  object::outcall::kind what;
  const object::reply& answer;
};

int push_continuation_call(lua_State* L, void* call) {
  const auto& c = *static_cast<answer_call*>(call);
  const auto slot = static_cast<lua_Integer>(c.token);
  if (lua_rawgeti(L, LUA_REGISTRYINDEX, slot) != LUA_TFUNCTION) return machine::nothing;
  lua_pushnil(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, slot);
  return push_answer(L, c.what, c.answer) + 1;
}

int push_awaited_answer(lua_State* L, void* call) {
  const auto& c = *static_cast<answer_call*>(call);
  return push_answer(L, c.what, c.answer);
}

void put_value_on_worker(lua_State* L, void* /*unused*/) {
  lua_State* worker = lua_tothread(L, machine::worker_slot);
  luaL_checkstack(worker, 1, nullptr);
  lua_pushliteral(L, "value");
  lua_rawget(L, machine::self_slot);
  lua_xmove(L, worker, 1);
}

/// Stores the value on top of the stack in self.value.
void store_value(lua_State* L) {
  lua_pushliteral(L, "value");
  lua_insert(L, -2);
  lua_rawset(L, machine::self_slot);
}

void store_text(lua_State* L, void* text) {
  push_string(L, *static_cast<bytes_view*>(text));
  store_value(L);
}

void store_result(lua_State* L, void* /*unused*/) {
  lua_State* worker = lua_tothread(L, machine::worker_slot);
  luaL_checkstack(worker, 1, nullptr);
  lua_pushvalue(worker, 1);
  lua_xmove(worker, L, 1);
  store_value(L);
}

void put_global_aso_on_worker(lua_State* L, void* /*unused*/) {
  if (is_compat(L)) {
    push_compat_object(L);
  } else {
    lua_pushglobaltable(L);
    lua_pushliteral(L, "aso");
    lua_rawget(L, -2);
  }
  lua_State* worker = lua_tothread(L, machine::worker_slot);
  luaL_checkstack(worker, 1, nullptr);
  lua_xmove(L, worker, 1);
  lua_replace(worker, 1);
}

struct installation {
  bytes_view state;
  int depth_max;
};

void install_on_self(lua_State* L, void* how) {
  const auto& i = *static_cast<installation*>(how);
  install_state(L, machine::self_slot, i.state, i.depth_max);
  dress_state(L, machine::self_slot);
}

void name_handlers_of_self(lua_State* L, void* /*unused*/) {
  if (is_compat(L)) name_handlers(L, machine::self_slot);
}

struct handler_question {
  const char* name;
  bool is_there;
};

void look_for_handler(lua_State* L, void* question) {
  auto& q = *static_cast<handler_question*>(question);
  q.is_there = push_handler(L, q.name);
}

}  // namespace

loaded_object::loaded_object(page_pool& pages, turn_scope& scope, std::uint64_t seed)
    : vm_(pages, scope, static_cast<std::uint32_t>(seed ^ (seed >> 32U))) {}

int loaded_object::push_nothing(lua_State* /*main*/, void* /*argument*/) {
  return 0;
}

// Loading ----------------------------------------------------------------------------------------

machine::status loaded_object::run_script(const program& code, std::span<const bytes> args) {
  script_call call{code, args};
  return vm_.start("the script", push_script, &call);
}

result<void> loaded_object::adopt() {
  lua_State* worker = vm_.worker();
  if (lua_gettop(worker) == 0) lua_pushnil(worker);
  if (lua_isnil(worker, 1) && !vm_.protect(put_global_aso_on_worker, nullptr))
    return error(vm_.failure());
  if (!lua_istable(worker, 1))
    return error{errc::compile,
                 "the script makes no object: it has to return a table, or to "
                 "assign one to the global 'aso'"};
  become_result();
  if (!vm_.protect(name_handlers_of_self, nullptr)) return error(vm_.failure());
  return {};
}

bool loaded_object::has_handler(const char* name) {
  handler_question question{name, false};
  return vm_.protect(look_for_handler, &question) && question.is_there;
}

void loaded_object::become_result() {
  lua_settop(vm_.worker(), 1);
  lua_xmove(vm_.worker(), vm_.main(), 1);
  lua_replace(vm_.main(), machine::self_slot);
}

bool loaded_object::install(bytes_view state, int depth_max) {
  installation how{state, depth_max};
  return vm_.protect(install_on_self, &how);
}

void loaded_object::settle() {
  lua_takedirty(vm_.main());
}

// Calls ------------------------------------------------------------------------------------------

machine::status loaded_object::call(const char* handler, std::span<const argument> args) {
  vm_.drop_results();
  const object::caller* from = nullptr;
  for (const auto& a : args)
    if (const auto* given = std::get_if<const object::caller*>(&a); given != nullptr) from = *given;
  const bool known = from != nullptr && known_caller_ && same_caller(*known_caller_, *from);
  handler_call call{handler, args, known, false};
  const auto status = vm_.start(handler, push_handler_call, &call);
  if (call.made_caller) known_caller_ = *from;
  return status;
}

machine::status loaded_object::call_method(bytes_view name, std::span<const bytes_view> args) {
  vm_.drop_results();
  method_call call{name, args};
  return vm_.start(name, push_method_call, &call);
}

machine::status loaded_object::call_continuation(std::uint64_t token, object::outcall::kind what,
                                                 const object::reply& answer) {
  vm_.drop_results();
  answer_call call{token, what, answer};
  return vm_.start("the function that waited", push_continuation_call, &call);
}

machine::status loaded_object::go_on(object::outcall::kind what, const object::reply& answer) {
  answer_call call{0, what, answer};
  return vm_.resume(push_awaited_answer, &call);
}

// Results ----------------------------------------------------------------------------------------

bool loaded_object::result_is_nil() const {
  return lua_isnoneornil(vm_.worker(), 1);
}

bool loaded_object::result_is_false() const {
  return lua_isboolean(vm_.worker(), 1) && lua_toboolean(vm_.worker(), 1) == 0;
}

bool loaded_object::result_is_table() const {
  return lua_istable(vm_.worker(), 1);
}

bool loaded_object::result_is_data() const {
  const int type = lua_type(vm_.worker(), 1);
  return type != LUA_TFUNCTION && type != LUA_TTHREAD;
}

bool loaded_object::result_is_self() const {
  return result_is_table() &&
         lua_topointer(vm_.worker(), 1) == lua_topointer(vm_.main(), machine::self_slot);
}

bool loaded_object::result_is_offer() const {
  lua_State* main = vm_.main();
  lua_rawgetp(main, LUA_REGISTRYINDEX, &offer_slot);
  const void* offer = lua_topointer(main, -1);
  lua_pop(main, 1);
  return result_is_table() && lua_topointer(vm_.worker(), 1) == offer;
}

bytes_view loaded_object::result_type() const {
  return luaL_typename(vm_.worker(), 1);
}

std::optional<bytes> loaded_object::result_text() const {
  return to_text(vm_.worker(), 1);
}

result<object::reply> loaded_object::result_reply(const object::policy& limits) const {
  if (lua_gettop(vm_.worker()) == 0) return object::reply::null();
  return to_reply(vm_.worker(), 1, {limits.memory_per_object, limits.state_depth_max});
}

// Fields -----------------------------------------------------------------------------------------

bool loaded_object::take_value_as_result() {
  vm_.drop_results();
  return vm_.protect(put_value_on_worker, nullptr);
}

bool loaded_object::set_value(bytes_view value) {
  return vm_.protect(store_text, &value);
}

bool loaded_object::set_value_to_result() {
  if (lua_gettop(vm_.worker()) == 0) lua_pushnil(vm_.worker());
  return vm_.protect(store_result, nullptr);
}

bool loaded_object::take_dirty() {
  const bool dirty = lua_takedirty(vm_.main()) != 0;
  if (dirty) known_caller_.reset();
  return dirty;
}

result<void> loaded_object::encode_state(const object::policy& limits, bytes& out) {
  out.clear();
  // A byte of state is a value at least, and a value is met twice.
  const auto fuel_max = 2 * static_cast<std::int64_t>(limits.state_bytes_max);
  const encoding how{limits.state_bytes_max, limits.state_depth_max, true, true, fuel_max};
  return encode(vm_.main(), machine::self_slot, how, out);
}

}  // namespace comet::lua
