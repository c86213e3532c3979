#include "lua/turn_program.hpp"

#include <fmt/format.h>

#include <array>

#include "base/check.hpp"
#include "lua/handler_table.hpp"
#include "lua/stack_trace.hpp"
#include "object/string_operation.hpp"

namespace comet::lua {

namespace {

using object::op;
using object::reply;
using object::turn_kind;

bool reads_value(const object::command& c) {
  switch (c.what) {
    case op::set: return c.want_old;
    case op::setnx: return false;
    default: return true;
  }
}

/// Text that the getters of a client see: what has no form as text becomes an array or a map.
bool answers_whole_value(op what) {
  return what == op::get || what == op::getex;
}

bytes hex_of(const public_key& key) {
  return to_hex({reinterpret_cast<const char*>(key.data()), key.size()});
}

bool is_breach(errc code) {
  return code == errc::fuel || code == errc::memory || code == errc::state ||
         code == errc::messages || code == errc::wall_time;
}

}  // namespace

bytes_view resident::committed_state() const {
  if (own) return *own;
  return base && base->is_active() ? bytes_view(base->active->state) : bytes_view();
}

turn_program::turn_program(turn_scope& scope, resident& home, const program_ref& code,
                           page_pool& pages, std::shared_ptr<const object::turn_request> request,
                           object::record_ref current)
    : scope_(scope),
      home_(home),
      code_(code),
      pages_(pages),
      request_(std::move(request)),
      current_(std::move(current)) {
  COMET_CHECK(request_->kind == turn_kind::create || (current_ && current_->is_active()));
  if (is_recorded()) begin_recording();
  scope_.begin(*request_, current_);
  if (recorder_) recorder_->begin(limits(), scope_.world());
  if (home_.object) {
    scope_.set_trusted(is_trusted(*code_));
    home_.object->vm().reset_peak();
    home_.object->vm().begin_account(limits().fuel_per_turn);
    begin_request();
  } else {
    home_.object = std::make_unique<loaded_object>(pages_, scope_, scope_.chance()());
    load(code_);
  }
}

bool turn_program::creates() const {
  return request_->kind == turn_kind::create || successor_ != nullptr;
}

bool turn_program::is_trusted(const program& code) const {
  const bool trusted = code.signer() && limits().users && limits().users->trusts(*code.signer());
  return scope_.witness() == nullptr ? trusted : scope_.witness()->trusted(trusted);
}

/// A turn that replaces code is not: it is about two objects.
bool turn_program::is_recorded() const {
  if (request_->kind == turn_kind::create) return asked().number > 0 && !scope_.witness();
  return current_->recorded && request_->kind != turn_kind::replace;
}

/// The turn begins with an object loaded anew, so that what it does follows from the record; unless
/// functions wait, which only this very object has.
void turn_program::begin_recording() {
  const bool warm = home_.object != nullptr && scope_.has_continuations();
  if (!warm) home_.object.reset();
  const std::uint64_t seed = scope_.chance()();
  scope_.set_chance(seed);
  recorder_ =
      std::make_unique<turn_recorder>(current_.get(), scope_.now(), seed, scope_.rights(), warm);
  scope_.set_witness(recorder_.get());
}

object::turn_outcome turn_program::take_outcome() {
  if (recorder_) {
    scope_.set_witness(nullptr);
    outcome_.trace = recorder_->take();
  }
  return std::move(outcome_);
}

// Running ----------------------------------------------------------------------------------------

void turn_program::load(const program_ref& code) {
  code_ = code;
  phase_ = phase::script;
  const bool trusted = is_trusted(*code_);
  if (creates() && code_->signer() && !trusted)
    return fail(
        {errc::no_permission, fmt::format("signature: {} is not the key of an administrator "
                                          "of this node",
                                          hex_of(*code_->signer()))});
  scope_.set_trusted(trusted);
  if (auto opened = active().open(limits()); !opened) return fail(std::move(opened.failure()));
  active().vm().begin_account(limits().fuel_per_turn);
  scope_.set_loading(true);
}

void turn_program::begin_request() {
  switch (request_->kind) {
    case turn_kind::create: phase_ = phase::put; return;
    case turn_kind::replace: phase_ = phase::update; return;
    case turn_kind::fetch: phase_ = phase::get; return;
    case turn_kind::operate: return begin_operation();
    case turn_kind::timer: phase_ = phase::other; return;
    case turn_kind::call:
      phase_ = phase::other;
      if (!is_method(asked().method))
        reject(errc::no_permission,
               "names that begin with '_' or 'on' are not methods for clients");
      return;
    case turn_kind::answer: {
      phase_ = phase::other;
      const auto what = scope_.take_continuation(request_->token);
      if (!what) return reject(errc::not_found, "no function waits for this answer any more");
      continued_ = *what;
      return;
    }
  }
}

void turn_program::begin_operation() {
  if (asked().what == op::del) {
    phase_ = phase::remove;
  } else if (!object::is_string_operation(asked().what)) {
    reject(errc::internal, "this operation does not work on an active object");
  } else if (reads_value(asked())) {
    phase_ = phase::get;
  } else {
    apply_operation("");  // it exists; what it is does not matter
  }
}

step turn_program::run(std::int64_t slice_fuel) {
  slice_fuel_ = slice_fuel;
  if (recorder_) recorder_->slice(scope_.now().wall);
  if (!finished()) active().vm().open_slice(slice_fuel);
  while (!finished()) {
    const auto status = pending_ == pending::nothing ? start_phase() : go_on();
    pending_ = pending::nothing;
    switch (status) {
      case machine::status::returned: complete(false); break;
      case machine::status::absent: complete(true); break;
      case machine::status::failed: fail_by_machine(); break;
      case machine::status::preempted: pending_ = pending::slice; return step::preempted;
      case machine::status::suspended: pending_ = pending::answer; return step::waiting;
    }
  }
  return step::finished;
}

machine::status turn_program::go_on() {
  if (pending_ == pending::slice) return active().go_on();
  COMET_CHECK(awaited_answer_ && scope_.awaited);
  const auto what = scope_.awaited->what;
  const reply given = std::move(*awaited_answer_);
  scope_.awaited.reset();
  awaited_answer_.reset();
  return active().go_on(what, given);
}

machine::status turn_program::start_phase() {
  const argument from = &request_->from;
  switch (phase_) {
    case phase::script: {
      if (!creates()) return active().run_script(*code_, current_->active->args);
      const std::vector<bytes> args(asked().args.begin(), asked().args.end());
      return active().run_script(*code_, args);
    }
    case phase::put: return active().call("onPut", std::array{from});
    case phase::get: {
      std::array<argument, 3> args{from};
      if (request_->kind == turn_kind::fetch) {
        if (!asked().callback_key.empty()) args[1] = asked().callback_key;
        if (asked().has_value) args[2] = asked().value;
      }
      return active().call("onGet", args);
    }
    case phase::update: {
      if (request_->kind != turn_kind::replace)
        return active().call("onUpdate", std::array{argument(bytes_view(written_)), from});
      const bytes hash = to_hex(as_bytes(request_->successor->hash));
      const successor_offer offer{asked().value, asked().has_value, hash};
      return active().call("onUpdate", std::array{argument(offer), from});
    }
    case phase::remove: return active().call("onDelete", std::array{from});
    case phase::other: return call_other();
    case phase::finished: break;
  }
  return machine::status::absent;
}

machine::status turn_program::call_other() {
  switch (request_->kind) {
    case turn_kind::timer:
      return active().call("onTimer", std::array{argument(bytes_view(request_->timer_name))});
    case turn_kind::answer:
      return active().call_continuation(request_->token, continued_, request_->answer);
    default: return active().call_method(asked().method, asked().args);
  }
}

void turn_program::complete(bool absent) {
  switch (phase_) {
    case phase::script: return after_script();
    case phase::put: return after_put(absent);
    case phase::get: return after_get(absent);
    case phase::update:
      return request_->kind == turn_kind::replace ? after_code_update(absent)
                                                  : after_update(absent);
    case phase::remove: return after_remove(absent);
    case phase::other: return after_other(absent);
    case phase::finished: return;
  }
}

// Phases -----------------------------------------------------------------------------------------

void turn_program::after_script() {
  scope_.set_loading(false);
  if (auto adopted = active().adopt(); !adopted) return fail(std::move(adopted.failure()));
  if (creates()) {
    if (code_->compat() && !set_prototype_timer()) return;
    if (asked().has_value && !active().set_value(asked().value)) return fail_by_machine();
    force_store_ = true;
  } else {
    if (!home_.base && !home_.own) home_.base = current_;
    const bytes_view state = home_.committed_state();
    if (!active().install(state, limits().state_depth_max)) return fail_by_machine();
  }
  active().settle();
  fuel_spent_ += active().vm().fuel_used();
  active().vm().begin_account(successor_ ? fuel_left_ : limits().fuel_per_turn);
  successor_ ? void(phase_ = phase::put) : begin_request();
}

/// In the prototype every object with onTimer had one timer. False: refused, and the turn failed.
bool turn_program::set_prototype_timer() {
  constexpr double prototype_period = 600;
  if (!active().has_handler("onTimer")) return true;
  const timer_request every{
      "onTimer", object::timer_kind::every, prototype_period, {}, object::missed_policy::once};
  if (scope_.set_timer(every)) return true;
  fail(scope_.refusal());
  return false;
}

void turn_program::after_put(bool absent) {
  if (absent || active().result_is_self()) return finish(reply::ok());
  if (active().result_is_nil()) return finish_unstored();
  if (active().result_is_table()) {
    active().become_result();
    became_another_ = true;
    return finish(reply::ok());
  }
  if (!active().result_is_data())
    return fail(
        {errc::script, fmt::format("onPut: a {} cannot be stored", active().result_type())});
  if (!active().set_value_to_result()) return fail_by_machine();
  finish(reply::ok());
}

void turn_program::after_get(bool absent) {
  if ((absent || active().result_is_self()) && !active().take_value_as_result())
    return fail_by_machine();
  if (request_->kind == turn_kind::fetch || answers_whole_value(asked().what)) return answer_get();
  if (active().result_is_nil()) return apply_operation(std::nullopt);
  auto text = active().result_text();
  if (!text)
    return reject(errc::wrong_type,
                  fmt::format("the object's value is a {}, not a string", active().result_type()));
  apply_operation(std::move(text));
}

void turn_program::answer_get() {
  if (request_->kind == turn_kind::operate)
    if (auto text = active().result_text()) return finish(reply::bulk(std::move(*text)));
  auto whole = active().result_reply(limits());
  if (!whole) return fail(std::move(whole.failure()));
  finish(std::move(*whole));
}

void turn_program::apply_operation(std::optional<bytes> current) {
  std::optional<bytes_view> seen;
  if (current) seen = *current;
  auto effect = object::operate(asked(), seen, limits().value_bytes_max);
  answer_ = std::move(effect.answer);
  if (effect.erase) {
    phase_ = phase::remove;
  } else if (effect.value) {
    written_ = std::move(*effect.value);
    phase_ = phase::update;
  } else {
    finish(std::move(answer_));
  }
}

void turn_program::after_update(bool absent) {
  if (absent) {
    if (!active().set_value(written_)) return fail_by_machine();
    return finish(std::move(answer_));
  }
  if (active().result_is_self()) return finish_refused("onUpdate refused the new value");
  if (!active().result_is_data())
    return fail(
        {errc::script, fmt::format("onUpdate: a {} cannot be a value", active().result_type())});
  if (!active().set_value_to_result()) return fail_by_machine();
  finish(std::move(answer_));
}

void turn_program::after_code_update(bool absent) {
  if (absent || active().result_is_offer()) return begin_successor();
  if (active().result_is_self()) return finish_refused("onUpdate refused the new code");
  fail({errc::script,
        "onUpdate: for new code it has to return its argument `new`, or `self` to "
        "refuse"});
}

void turn_program::begin_successor() {
  scope_.ask_for(asked().limits);
  auto compiled = compile(request_->successor, limits());
  if (!compiled) return reject(compiled.failure().code, compiled.failure().message);
  fuel_spent_ += active().vm().fuel_used();
  fuel_left_ = active().vm().fuel_left();
  successor_ = std::make_unique<loaded_object>(pages_, scope_, scope_.chance()());
  load(*compiled);
  if (!finished()) active().vm().open_slice(slice_fuel_);
}

void turn_program::after_remove(bool absent) {
  if (!absent && active().result_is_false()) {
    if (asked().what == op::del) return finish(reply::number(0));
    return finish_refused("onDelete refused to delete the object");
  }
  scope_.recorded.fate = object::disposition::erase;
  finish(asked().what == op::del ? reply::number(1) : std::move(answer_));
}

void turn_program::after_other(bool absent) {
  if (absent && request_->kind == turn_kind::call)
    return reject(errc::not_found, fmt::format("the object has no method '{}'",
                                               shortened(printable(asked().method), 64)));
  if (absent || request_->kind != turn_kind::call) return finish(reply::null());
  if (active().result_is_self() && !active().take_value_as_result()) return fail_by_machine();
  answer_get();
}

// Ending -----------------------------------------------------------------------------------------

void turn_program::answer(reply result) {
  COMET_CHECK(pending_ == pending::answer && !awaited_answer_);
  if (recorder_) recorder_->answered(result);
  awaited_answer_ = std::move(result);
}

/// Ends an account: what was charged from here on belongs to nobody.
void turn_program::close_accounts() {
  machine& vm = active().vm();
  outcome_.fuel = fuel_spent_ + vm.fuel_used();
  outcome_.memory = vm.memory_used();
  outcome_.memory_peak = vm.memory_peak();
  outcome_.replicas_refused = scope_.recorded.replicas_refused;
}

bool turn_program::keep_state() {
  if (!active().take_dirty() && !force_store_) return true;
  bytes state;
  if (auto encoded = active().encode_state(limits(), state); !encoded) {
    fail(std::move(encoded.failure()));
    return false;
  }
  if (!force_store_ && state == home_.committed_state()) return true;
  home_.base.reset();
  home_.own = state;
  outcome_.state = std::move(state);
  return true;
}

void turn_program::take_requests() {
  turn_requests& recorded = scope_.recorded;
  outcome_.fate = recorded.fate;
  outcome_.timers = std::move(recorded.timers);
  outcome_.replicas = std::move(recorded.replicas);
  outcome_.messages = std::move(recorded.messages);
  outcome_.publications = std::move(recorded.publications);
  outcome_.log = std::move(recorded.log);
}

void turn_program::finish(reply answer) {
  if (creates() && scope_.recorded.fate == object::disposition::erase) return finish_unstored();
  take_requests();
  outcome_.answer = std::move(answer);
  close_accounts();
  if (outcome_.fate == object::disposition::erase) {
    for (auto& message : outcome_.messages)
      message.token = 0;  // its functions end with it
    outcome_.timers.clear();
    outcome_.replicas.reset();
    home_.usable = false;
  } else {
    if (!keep_state()) return;
    outcome_.created = creates();
    home_.usable = !successor_ && !became_another_;
  }
  active().vm().drop_results();
  phase_ = phase::finished;
}

/// The handler said no. That is an answer, not a failure: what else it did is committed.
void turn_program::finish_refused(bytes message) {
  finish(reply::failure(errc::refused, std::move(message)));
}

/// onPut did not want to be stored. A predecessor stays as it was.
void turn_program::finish_unstored() {
  take_requests();
  outcome_.answer = reply::null();
  outcome_.fate = object::disposition::keep;
  outcome_.timers.clear();
  outcome_.replicas.reset();
  for (auto& message : outcome_.messages)
    message.token = 0;
  close_accounts();
  home_.usable = false;
  phase_ = phase::finished;
}

/// The request cannot be carried out; the object has not noticed.
void turn_program::reject(errc code, bytes message) {
  outcome_.log = std::move(scope_.recorded.log);
  outcome_.failure = error{code, std::move(message)};
  close_accounts();
  scope_.take_back_rights();
  // A handler that ran before may have changed the state, or left functions that wait.
  if (active().take_dirty() || !scope_.recorded.messages.empty()) home_.usable = false;
  active().vm().drop_results();
  phase_ = phase::finished;
}

void turn_program::fail(error why, bytes traceback) {
  bytes_view said = scope_.refusal().message;
  if (why.code == errc::script && !said.empty() && why.message.ends_with(said))
    why.code = scope_.refusal().code;
  std::vector<bytes> log = std::move(outcome_.log.empty() ? scope_.recorded.log : outcome_.log);
  outcome_ = {};
  outcome_.log = std::move(log);
  outcome_.breach = is_breach(why.code);
  outcome_.failure = std::move(why);
  outcome_.traceback = std::move(traceback);
  scope_.take_back_rights();
  close_accounts();
  home_.usable = false;
  phase_ = phase::finished;
}

void turn_program::fail_by_machine() {
  fail(active().vm().failure(), active().vm().traceback());
  outcome_.in_own_words = active().vm().failed_in_own_words();
}

void turn_program::abort(error why) {
  if (finished()) return;
  lua_State* worker = active().vm().worker();
  fail(std::move(why), worker == nullptr ? bytes{} : trace_of(worker));
}

}  // namespace comet::lua
