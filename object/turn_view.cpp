#include "object/turn_view.hpp"

#include <utility>

#include "base/check.hpp"
#include "object/recorded_command.hpp"
#include "object/state_view.hpp"

namespace comet::object {

namespace {

using fields = std::vector<reply>;

void add(fields& to, const char* name, reply value) {
  to.push_back(reply::bulk(name));
  to.push_back(std::move(value));
}

reply number(std::uint64_t n) {
  return reply::number(static_cast<std::int64_t>(n));
}

reply texts(const std::vector<bytes>& all) {
  std::vector<reply> items;
  items.reserve(all.size());
  for (const auto& text : all)
    items.push_back(reply::bulk(text));
  return reply::list(std::move(items));
}

bytes user_of(const caller& from) {
  return from.user.empty() ? "default" : from.user;
}

/// Who asked, in one word; nobody asks a timer.
bytes asker_of(const recorded_turn& turn) {
  if (turn.kind == turn_kind::timer || turn.kind == turn_kind::answer) return "-";
  return turn.from.ip.empty() ? user_of(turn.from) : user_of(turn.from) + "@" + turn.from.ip;
}

bytes_view name_of(outcall::kind what) {
  switch (what) {
    case outcall::kind::get: return "get";
    case outcall::kind::put: return "put";
    case outcall::kind::call: return "call";
    case outcall::kind::lookup: return "lookup";
  }
  return "unknown";
}

/// A failure would end the reply that it is a part of.
reply shown(const reply& answer) {
  if (!answer.failed()) return answer;
  return reply::bulk("error " + bytes{comet::name_of(answer.code)} + ": " + answer.text);
}

reply calls_of(const turn_trace& trace) {
  std::vector<reply> all;
  for (const auto& call : trace.calls) {
    fields f;
    add(f, "call", reply::bulk(bytes{name_of(call.what.what)}));
    add(f, "key", reply::bulk(call.what.key));
    if (!call.what.method.empty()) add(f, "method", reply::bulk(call.what.method));
    if (call.what.has_value) add(f, "value", reply::bulk(call.what.value));
    if (!call.what.args.empty()) add(f, "arguments", texts(call.what.args));
    if (call.access == call_access::denied) {
      add(f, "answer", reply::bulk("refused: the object may not reach this key"));
    } else if (!call.sent) {
      add(f, "answer", reply::bulk("refused: a limit of the turn"));
    } else if (call.later) {
      add(f, "answer", reply::bulk("in a later turn"));
    } else {
      add(f, "answer", call.answer ? shown(*call.answer) : reply::bulk("none"));
    }
    all.push_back(reply::map(std::move(f)));
  }
  return reply::list(std::move(all));
}

reply caller_of(const caller& from) {
  fields f;
  add(f, "ip", reply::bulk(from.ip));
  add(f, "port", number(from.port));
  add(f, "user", reply::bulk(user_of(from)));
  add(f, "node", reply::bulk(from.node));
  return reply::map(std::move(f));
}

/// Of the command, what its handlers saw.
void add_arguments(fields& to, const recorded_turn& turn) {
  if (!turn.what) return;
  const auto& c = turn.what->get();
  add(to, "operation", reply::bulk(bytes{name_of_operation(c.what)}));
  std::vector<reply> args;
  for (const auto arg : c.args)
    args.push_back(reply::bulk(bytes{arg}));
  add(to, "arguments", reply::list(std::move(args)));
  if (!c.value.empty()) add(to, "value", reply::bulk(bytes{c.value}));
  if (!c.callback_key.empty()) add(to, "callback-key", reply::bulk(bytes{c.callback_key}));
}

reply state_of(const state_ref& state, int depth_max) {
  if (!state) return reply::null();
  auto view = view_state(*state, depth_max);
  return view ? std::move(*view) : reply::bulk(view.failure().message);
}

void add_sizes(fields& to, const left_out_sizes& sizes) {
  add(to, "turn-bytes", number(sizes.turn));
  add(to, "state-before-bytes", number(sizes.state_before));
  add(to, "state-after-bytes", number(sizes.state_after));
}

}  // namespace

bytes_view name_of(turn_kind kind) {
  switch (kind) {
    case turn_kind::call: return "method";
    case turn_kind::timer: return "timer";
    case turn_kind::answer: return "function";
    default: return "handler";
  }
}

bytes outcome_of(const recorded_turn& turn) {
  if (turn.failure) return "error " + bytes{comet::name_of(turn.failure->code)};
  return turn.erased ? "erased" : "ok";
}

reply summary_of(const recorded_turn& turn) {
  fields f;
  add(f, "number", number(turn.number));
  add(f, "time-unix-ms", reply::number(to_unix_ms(turn.trace.began)));
  add(f, "kind", reply::bulk(bytes{name_of(turn.kind)}));
  add(f, "handler", reply::bulk(turn.handler));
  add(f, "caller", reply::bulk(asker_of(turn)));
  add(f, "fuel", reply::number(turn.fuel));
  add(f, "outcome", reply::bulk(outcome_of(turn)));
  add(f, "kept", reply::bulk(turn.sizes ? "too large" : "whole"));
  return reply::map(std::move(f));
}

reply view_of(const recorded_turn& turn, int depth_max) {
  fields f = summary_of(turn).items;
  add(f, "code", reply::bulk(to_hex(as_bytes(turn.code))));
  if (turn.failure) add(f, "error", reply::bulk(turn.failure->message));
  if (turn.sizes) {
    add_sizes(f, *turn.sizes);
  } else {
    add(f, "node", reply::bulk(turn.trace.node_id));
    add(f, "from", caller_of(turn.from));
    add_arguments(f, turn);
    add(f, "seed", reply::bulk(std::to_string(turn.trace.seed)));
    add(f, "slices", number(turn.trace.slices.size()));
    add(f, "calls", calls_of(turn.trace));
    add(f, "answer", turn.failure ? reply::null() : shown(turn.answer));
    if (turn.failure) add(f, "traceback", reply::bulk(turn.traceback));
    add(f, "memory-peak", number(turn.memory_peak));
    add(f, "log", texts(turn.log));
    add(f, "effects", texts(turn.effects));
    add(f, "state-before", state_of(turn.before, depth_max));
    add(f, "state-after", state_of(turn.after, depth_max));
  }
  const auto content = encode_content(turn);
  COMET_CHECK(content.has_value());  // it was read from one
  add(f, "content", reply::bulk(encode_whole(*content, turn.before, turn.after)));
  return reply::map(std::move(f));
}

}  // namespace comet::object
