#include "lua/turn_replay.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "lua/activation.hpp"
#include "lua/page_pool.hpp"
#include "lua/program.hpp"
#include "lua/turn_program.hpp"
#include "lua/turn_scope.hpp"
#include "lua/turn_witness.hpp"

namespace comet::lua {

namespace {

using object::call_access;
using object::outcall;
using object::recorded_call;
using object::recorded_turn;
using object::reply;

constexpr std::size_t shown_max = 64;

bytes named(const outcall& call) {
  bytes_view verb = "dht.lookup";
  if (call.what == outcall::kind::get) verb = "dht.get";
  if (call.what == outcall::kind::put) verb = "dht.put";
  if (call.what == outcall::kind::call) verb = "dht.call";
  bytes text = bytes{verb} + " '" + printable(shortened(call.key, shown_max)) + "'";
  if (!call.method.empty()) text += " " + printable(shortened(call.method, shown_max));
  return text;
}

bool is_same_call(const outcall& a, const outcall& b) {
  return a.what == b.what && a.key == b.key && a.method == b.method;
}

/// Says what came in when the turn was recorded; calls are looked for in their order.
class reader_of_trace : public turn_witness {
 public:
  explicit reader_of_trace(const object::turn_trace& trace) : trace_(trace) {}

  bool trusted(bool /*decided*/) override { return trace_.trusted; }

  std::optional<call_access> access(const outcall& call, call_access /*decided*/) override {
    const auto rest = std::span(trace_.calls).subspan(next_);
    const auto found = std::ranges::find_if(
        rest, [&](const recorded_call& one) { return is_same_call(one.what, call); });
    if (found == rest.end()) {
      unrecorded_.push_back(named(call));
      return std::nullopt;
    }
    for (auto skipped = rest.begin(); skipped != found; ++skipped)
      other_.push_back(named(skipped->what) + " was not called");
    next_ += static_cast<std::size_t>(found - rest.begin()) + 1;
    return found->access;
  }

  void sent(const outcall& call, bool later) override {
    const auto& recorded = trace_.calls[next_ - 1];
    if (!recorded.sent) {
      other_.push_back(named(call) + " was refused then");
      return;
    }
    if (call.value != recorded.what.value || call.args != recorded.what.args ||
        call.has_value != recorded.what.has_value)
      other_.push_back(named(call) + " had other arguments");
    if (later != recorded.later)
      other_.push_back(named(call) + (recorded.later ? " left its answer to a function"
                                                     : " waited for its answer"));
  }

  void answered(const reply& /*answer*/) override {}

  bool may_publish(bytes_view channel, bool /*decided*/) override {
    return std::ranges::find(trace_.channels_refused, channel) == trace_.channels_refused.end();
  }

  std::optional<digest> known_node(bytes_view id, std::optional<digest> decided) override {
    if (decided || id.size() != 2 * sizeof(digest)) return decided;
    const auto raw = from_hex(id);
    if (!raw) return std::nullopt;
    const digest node = digest_from(*raw);
    const bool known = std::ranges::find(trace_.nodes_known, node) != trace_.nodes_known.end();
    return known ? std::optional{node} : std::nullopt;
  }

  void looked_at(const object::known_group* /*group*/) override {
    if (!trace_.group) unrecorded_.emplace_back("dht.replicas()");
  }

  /// What the turn that waits now got then. Nothing: it waited in vain, or for no answer.
  [[nodiscard]] std::optional<reply> answer() const { return trace_.calls[next_ - 1].answer; }

  void finish(replayed_turn& into) {
    for (std::size_t i = next_; i < trace_.calls.size(); ++i)
      other_.push_back(named(trace_.calls[i].what) + " was not called");
    into.unrecorded = std::move(unrecorded_);
    into.other_calls = std::move(other_);
  }

 private:
  const object::turn_trace& trace_;
  std::size_t next_ = 0;
  std::vector<bytes> unrecorded_;
  std::vector<bytes> other_;
};

/// The node ended the turn, not its code.
bool was_ended(const recorded_turn& turn) {
  return turn.failure &&
         (turn.failure->code == errc::wall_time || turn.failure->code == errc::busy);
}

std::shared_ptr<object::turn_request> request_of(const recorded_turn& turn,
                                                 const object::code_ref& code) {
  auto request = std::make_shared<object::turn_request>();
  request->kind = turn.kind;
  request->key = turn.key;
  request->from = turn.from;
  request->what = turn.what;
  request->timer_name = turn.timer_name;
  if (turn.kind == object::turn_kind::create) request->successor = code;
  auto group = std::make_shared<object::known_group>();
  if (turn.trace.group) group->members = *turn.trace.group;
  request->group = std::move(group);
  return request;
}

/// Null: the turn made the object.
object::record_ref record_of(const recorded_turn& turn, const object::code_ref& code) {
  if (turn.kind == object::turn_kind::create) return nullptr;
  auto record = std::make_shared<object::record>();
  record->active = std::make_unique<object::activity>();
  record->active->code_hash = code->hash;
  record->active->state = *turn.before;
  record->active->args = turn.script_args;
  record->active->replicas = turn.trace.replicas;
  for (const auto& name : turn.trace.timers) {
    object::timer set;
    set.name = name;
    record->active->timers.push_back(std::move(set));
  }
  return record;
}

void run(turn_program& program, turn_scope& scope, const recorded_turn& turn,
         const reader_of_trace& trace) {
  const auto& slices = turn.trace.slices;
  instant now{turn.trace.began, {}};
  for (std::size_t slice = 0; !program.finished(); ++slice) {
    if (slice >= slices.size() && was_ended(turn)) return program.abort(*turn.failure);
    if (slice < slices.size()) now.wall = slices[slice];
    scope.set_now(now);
    if (program.run(turn.trace.limits.fuel_per_slice) != step::waiting) continue;
    if (auto answer = trace.answer()) {
      program.answer(std::move(*answer));
    } else if (was_ended(turn)) {
      program.abort(*turn.failure);
    } else {
      program.abort({errc::not_found, "the recorded turn did not wait for " +
                                          named(*scope.awaited) +
                                          ", so its answer is not in the record"});
    }
  }
}

std::optional<error> refusal_of(const recorded_turn& turn) {
  if (turn.sizes)
    return error{errc::not_found, "turn " + std::to_string(turn.number) +
                                      " was too large to be kept: there is nothing to run again"};
  if (turn.kind == object::turn_kind::answer)
    return error{errc::not_found, "turn " + std::to_string(turn.number) +
                                      " went on with a function that an earlier turn left behind; "
                                      "it lived in the node's memory: replay the earlier turn"};
  if (turn.kind == object::turn_kind::replace)
    return error{errc::not_found, "a turn that replaces code is not run again"};
  if (turn.kind != object::turn_kind::create && !turn.before)
    return error{errc::corrupt, "the recorded turn has no state to begin with"};
  return std::nullopt;
}

bytes shown(const reply& answer) {
  switch (answer.what) {
    case reply::kind::null: return "nothing";
    case reply::kind::failure: return "error " + bytes{name_of(answer.code)} + ": " + answer.text;
    case reply::kind::integer: return std::to_string(answer.integer);
    case reply::kind::boolean: return answer.integer != 0 ? "true" : "false";
    case reply::kind::real: return std::to_string(answer.real);
    case reply::kind::array:
    case reply::kind::map:
    case reply::kind::set:
    case reply::kind::push: return std::to_string(answer.items.size()) + " items";
    default: return "'" + printable(shortened(answer.text, shown_max)) + "'";
  }
}

bytes shown(const std::optional<error>& failure) {
  return failure ? bytes{name_of(failure->code)} + ": " + failure->message : "none";
}

/// The lines that one list has and the other has not, in their order.
void compare_lines(const char* what, const std::vector<bytes>& then, const std::vector<bytes>& now,
                   std::vector<bytes>& out) {
  if (then == now) return;
  const auto missing_in = [](const std::vector<bytes>& list, const bytes& line) {
    return std::ranges::find(list, line) == list.end();
  };
  const std::size_t before = out.size();
  for (const auto& line : then)
    if (missing_in(now, line)) out.push_back(bytes{what} + ": recorded and not now: " + line);
  for (const auto& line : now)
    if (missing_in(then, line)) out.push_back(bytes{what} + ": now and not recorded: " + line);
  if (out.size() == before) out.push_back(bytes{what} + ": in another order or number");
}

}  // namespace

std::vector<bytes> differences(const recorded_turn& turn, const replayed_turn& again,
                               bool same_code) {
  std::vector<bytes> found;
  const auto& outcome = again.outcome;
  if (outcome.failure != turn.failure)
    found.push_back("error: recorded " + shown(turn.failure) + ", now " + shown(outcome.failure));
  if (!outcome.failure && !turn.failure) {
    if (outcome.answer != turn.answer)
      found.push_back("answer: recorded " + shown(turn.answer) + ", now " + shown(outcome.answer));
    const bool erased = outcome.fate == object::disposition::erase;
    if (erased != turn.erased)
      found.emplace_back(erased ? "the object ends now" : "the object does not end now");
    compare_lines("effect", turn.effects, object::effects_of(outcome), found);
  }
  if (same_code) compare_lines("log", turn.log, outcome.log, found);
  if (same_code && again.is_exact && outcome.fuel != turn.fuel)
    found.push_back("fuel: recorded " + std::to_string(turn.fuel) + ", now " +
                    std::to_string(outcome.fuel));
  for (const auto& line : again.unrecorded)
    found.push_back("call: " + line + " is not in the record, and was refused");
  for (const auto& line : again.other_calls)
    found.push_back("call: " + line);
  return found;
}

result<replayed_turn> replay(const recorded_turn& turn, const object::code_ref& code) {
  if (auto refusal = refusal_of(turn)) return std::move(*refusal);
  const auto& limits = turn.trace.limits;
  auto compiled = compile(code, limits);
  if (!compiled) return compiled.failure();
  const environment world{turn.trace.node_id, turn.trace.node_ip, 0};
  page_pool pages;
  reader_of_trace trace{turn.trace};
  turn_scope scope{turn.key, limits, world, 0};
  scope.set_witness(&trace);
  scope.set_chance(turn.trace.seed);
  scope.set_rights(turn.trace.rights);
  scope.set_now({turn.trace.began, {}});
  resident home;
  turn_program program{
      scope, home, *compiled, pages, request_of(turn, code), record_of(turn, code)};
  run(program, scope, turn, trace);
  replayed_turn again;
  again.outcome = program.take_outcome();
  again.is_exact = !turn.trace.warm;
  trace.finish(again);
  const bool erased = again.outcome.fate == object::disposition::erase;
  if (!again.outcome.failure && !erased)
    again.after =
        again.outcome.state ? std::make_shared<const bytes>(*again.outcome.state) : turn.before;
  if (again.outcome.failure) again.after = turn.before;
  return again;
}

}  // namespace comet::lua
