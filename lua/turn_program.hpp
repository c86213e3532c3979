#pragma once
// The course of one turn: which handlers an operation calls, in which order, and what they mean.
//
// A turn is a sequence of phases; each runs one function of the script and decides the next phase
// from its result (DESIGN: table of operations in docs/lua.md). Loading an object (running its
// script, installing its state) has an account of fuel of its own, so a handler has the same
// budget whether the object was hot or cold. The last phase makes the outcome: all of the turn's
// changes, or an error and none.

#include <cstdint>
#include <memory>
#include <optional>

#include "lua/activation.hpp"
#include "lua/loaded_object.hpp"
#include "lua/turn_recorder.hpp"
#include "lua/turn_scope.hpp"

namespace comet::lua {

/// What lasts between turns: the object's machine and the state it has committed.
struct resident {
  std::unique_ptr<loaded_object> object;  ///< null: not loaded
  object::record_ref base;                ///< holds the committed state, when `own` does not
  std::optional<bytes> own;               ///< the committed state, once a turn has changed it
  bool usable = true;

  [[nodiscard]] bytes_view committed_state() const;
};

class turn_program {
 public:
  turn_program(turn_scope& scope, resident& home, const program_ref& code, page_pool& pages,
               std::shared_ptr<const object::turn_request> request, object::record_ref current);

  step run(std::int64_t slice_fuel);
  void answer(object::reply result);
  void abort(error why);

  [[nodiscard]] bool finished() const { return phase_ == phase::finished; }
  object::turn_outcome take_outcome();

 private:
  enum class phase : std::uint8_t {
    script,  ///< the chunk runs: the object is loaded, or created
    put,     ///< onPut of a created object
    get,     ///< onGet, for the answer or for the value an operation works on
    update,  ///< onUpdate of a value, or of code
    remove,  ///< onDelete
    other,   ///< onTimer, a method, a continuation: its result is the answer
    finished,
  };
  enum class pending : std::uint8_t { nothing, slice, answer };

  // Running.
  [[nodiscard]] bool is_recorded() const;
  void begin_recording();
  void load(const program_ref& code);
  void begin_request();
  void begin_operation();
  machine::status start_phase();
  machine::status call_other();
  machine::status go_on();
  void complete(bool absent);

  // What a phase means once its function has returned.
  void after_script();
  bool set_prototype_timer();
  void after_put(bool absent);
  void after_get(bool absent);
  void after_update(bool absent);
  void after_code_update(bool absent);
  void after_remove(bool absent);
  void after_other(bool absent);
  void answer_get();
  void apply_operation(std::optional<bytes> current);
  void begin_successor();

  // Ending.
  void finish(object::reply answer);
  void finish_refused(bytes message);
  void finish_unstored();
  void reject(errc code, bytes message);
  void fail(error why, bytes traceback = {});
  void fail_by_machine();
  bool keep_state();
  void take_requests();
  void close_accounts();

  [[nodiscard]] const object::policy& limits() const { return scope_.limits(); }
  [[nodiscard]] const object::command& asked() const { return request_->what->get(); }
  [[nodiscard]] bool creates() const;  ///< is the object in charge a new one?
  /// Has an administrator signed it? Asked anew each turn: users come and go.
  [[nodiscard]] bool is_trusted(const program& code) const;
  loaded_object& active() { return successor_ ? *successor_ : *home_.object; }

  turn_scope& scope_;
  resident& home_;
  program_ref code_;  ///< of the object in charge
  page_pool& pages_;
  std::shared_ptr<const object::turn_request> request_;
  object::record_ref current_;
  std::unique_ptr<turn_recorder> recorder_;   ///< null: the turn is not recorded
  std::unique_ptr<loaded_object> successor_;  ///< replace: the new object, once it was accepted

  phase phase_ = phase::script;
  pending pending_ = pending::nothing;
  std::optional<object::reply> awaited_answer_;
  object::outcall::kind continued_ = object::outcall::kind::get;  ///< what an answer turn answers
  std::int64_t slice_fuel_ = 0;
  std::int64_t fuel_spent_ = 0;  ///< in accounts that are closed
  std::int64_t fuel_left_ = 0;   ///< replace: of the budget, for the successor's onPut
  object::reply answer_;         ///< of a write, given when the write is accepted
  bytes written_;                ///< the value an operation writes
  bool force_store_ = false;     ///< the state is new, changed or not
  bool became_another_ = false;  ///< what is stored is not what the machine holds
  object::turn_outcome outcome_;
};

}  // namespace comet::lua
