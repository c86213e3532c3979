// Rows and parse functions of ASO.*: objects that carry code.
#include <algorithm>
#include <array>

#include "base/number.hpp"
#include "net/wire/command_arguments.hpp"
#include "net/wire/command_rows.hpp"
#include "object/turn_ring.hpp"

namespace comet::wire {

namespace {

using enum command_flag;
using object::command;
using object::op;
using object::policy;

constexpr bytes_view put_syntax =
    "key source [COMPAT] [VALUE value] [ARG argument ...] [TTL seconds] [LIMIT name value ...] "
    "[RECORD turns]";
constexpr bytes_view get_syntax = "key [PAYLOAD payload] [CALLBACK key]";

/// Redis says no more than "syntax error"; these commands are ours and can say what they expect.
error misplaced(bytes_view word, bytes_view name, bytes_view syntax) {
  constexpr std::size_t shown_max = 32;
  return {errc::syntax, "syntax error at '" + printable(shortened(word, shown_max)) +
                            "', expected " + bytes{name} + " " + bytes{syntax}};
}

template <op What>
result<void> parse_key(argument_list argv, instant, const policy&, command& out) {
  out.what = What;
  out.key = argv[1];
  return {};
}

/// One LIMIT; kept in the order of the record.
result<void> take_limit(bytes_view name, bytes_view text, const policy& node,
                        object::asked_limits& limits) {
  const auto* row = object::find_limit(name);
  if (row == nullptr) {
    bytes names;
    for (const auto& known : object::limit_rows())
      names.append(names.empty() ? "" : ", ").append(known.name);
    return {errc::syntax, "LIMIT: there is no limit '" + printable(shortened(name, 32)) +
                              "'; there are " + names};
  }
  const auto value = parse_integer(text);
  if (!value || *value < row->lowest)
    return {errc::out_of_range, "LIMIT " + bytes{row->name} + ": not a whole number from " +
                                    std::to_string(row->lowest) + " up"};
  if (*value > row->read(node))
    return {errc::out_of_range, "LIMIT " + bytes{row->name} + " " + std::to_string(*value) +
                                    ": an object may ask for less than the node's " +
                                    std::to_string(row->read(node)) + ", not for more"};
  const auto at = std::ranges::lower_bound(limits, row->which, {}, &object::asked_limit::which);
  if (at != limits.end() && at->which == row->which)
    return {errc::syntax, "LIMIT " + bytes{row->name} + " is given twice"};
  limits.insert(at, {row->which, *value});
  return {};
}

/// How many turns are to be recorded.
result<std::int64_t> read_turns(bytes_view text, std::int64_t lowest) {
  constexpr auto highest = static_cast<std::int64_t>(object::recorded_turns_max);
  const auto turns = parse_integer(text);
  if (turns && *turns >= lowest && *turns <= highest) return *turns;
  return error{errc::out_of_range, "the turns to record are a whole number from " +
                                       std::to_string(lowest) + " to " + std::to_string(highest) +
                                       ", not '" + printable(shortened(text, 32)) + "'"};
}

/// ARG names one argument of the script and may be repeated (`ARG a ARG b`), and so may LIMIT.
result<void> parse_put(argument_list argv, instant now, const policy& policy, command& out) {
  out.what = op::aso_put;
  out.key = argv[1];
  out.source = argv[2];
  if (out.source.size() > policy.source_bytes_max)
    return over_limit("source", out.source.size(), policy.source_bytes_max);
  for (option_cursor options{argv, 3}; !options.done();) {
    bytes_view argument;
    if (!out.has_value && options.take("value", out.value)) {
      out.has_value = true;
    } else if (!out.compat && options.take("compat")) {
      out.compat = true;
    } else if (options.take("arg", argument)) {
      out.args.push_back(argument);
    } else if (bytes_view name; options.take("limit", name)) {
      if (options.done()) return misplaced("LIMIT", "ASO.PUT", put_syntax);
      if (auto taken = take_limit(name, options.take(), policy, out.limits); !taken) return taken;
    } else if (out.number == 0 && options.take("record", argument)) {
      const auto turns = read_turns(argument, 1);
      if (!turns) return turns.failure();
      out.number = *turns;
    } else if (!out.when && options.take("ttl", argument)) {
      const auto when = read_expiry(argument, {.seconds = true}, now.wall, "aso.put");
      if (!when) return when.failure();
      out.when = *when;
    } else {
      return misplaced(options.word(), "ASO.PUT", put_syntax);
    }
  }
  return {};
}

result<void> parse_get(argument_list argv, instant, const policy& policy, command& out) {
  out.what = op::aso_get;
  out.key = argv[1];
  for (option_cursor options{argv, 2}; !options.done();) {
    if (!out.has_value && options.take("payload", out.value)) {
      out.has_value = true;
    } else if (!out.callback_key.empty() || !options.take("callback", out.callback_key)) {
      return misplaced(options.word(), "ASO.GET", get_syntax);
    }
  }
  if (out.callback_key.size() > policy.key_bytes_max)
    return over_limit("callback key", out.callback_key.size(), policy.key_bytes_max);
  return {};
}

result<void> parse_call(argument_list argv, instant, const policy& policy, command& out) {
  out.what = op::aso_call;
  out.key = argv[1];
  out.method = argv[2];
  if (out.method.size() > policy.key_bytes_max)
    return over_limit("method name", out.method.size(), policy.key_bytes_max);
  out.args.assign(argv.begin() + 3, argv.end());
  return {};
}

result<void> parse_record(argument_list argv, instant, const policy&, command& out) {
  out.what = op::aso_record;
  out.key = argv[1];
  const auto turns = read_turns(argv[2], 0);
  if (!turns) return turns.failure();
  out.number = *turns;
  return {};
}

result<void> parse_turn(argument_list argv, instant, const policy&, command& out) {
  out.what = op::aso_turn;
  out.key = argv[1];
  const auto number = parse_integer(argv[2]);
  if (!number || *number < 1)
    return error{errc::out_of_range, "a turn is a whole number from 1 up, as ASO.TURNS lists it"};
  out.number = *number;
  return {};
}

constexpr key_positions one_key{1, 1, 1};

constexpr std::array rows{
    command_row{.name = "aso.call",
                .syntax = "key method [argument ...]",
                .arity = -3,
                .flags = write | denyoom,
                .keys = one_key,
                .group = command_group::active,
                .since = "0.1.0",
                .complexity = "What the method does, within its budget.",
                .summary = "Calls a method of an active object and returns what it returns.",
                .parse = parse_call},
    command_row{.name = "aso.code",
                .syntax = "key",
                .arity = 2,
                .flags = readonly | fast,
                .keys = one_key,
                .group = command_group::active,
                .since = "0.1.0",
                .complexity = "O(1)",
                .summary = "Returns the Lua source of an active object.",
                .parse = parse_key<op::aso_code>},
    command_row{.name = "aso.get",
                .syntax = get_syntax,
                .arity = -2,
                .flags = write | denyoom,
                .keys = one_key,
                .group = command_group::active,
                .since = "0.1.0",
                .complexity = "What onGet does, within its budget.",
                .summary = "Reads an active object with a payload and a callback key for its "
                           "onGet.",
                .parse = parse_get},
    command_row{.name = "aso.hash",
                .syntax = "key",
                .arity = 2,
                .flags = readonly | fast,
                .keys = one_key,
                .group = command_group::active,
                .since = "0.1.0",
                .complexity = "O(1)",
                .summary = "Returns the SHA-256 of an active object's source, in hexadecimal.",
                .parse = parse_key<op::aso_hash>},
    command_row{.name = "aso.info",
                .syntax = "key",
                .arity = 2,
                .flags = readonly | fast,
                .keys = one_key,
                .group = command_group::active,
                .since = "0.1.0",
                .complexity = "O(1)",
                .summary = "Returns the accounts of an active object: turns, fuel, memory, timers, "
                           "quarantine.",
                .parse = parse_key<op::aso_info>},
    command_row{.name = "aso.put",
                .syntax = put_syntax,
                .arity = -3,
                .flags = write | denyoom,
                .keys = one_key,
                .group = command_group::active,
                .since = "0.1.0",
                .complexity = "What the script and onPut do, within their budget.",
                .summary = "Stores an active object: Lua source, optionally a value, arguments of "
                           "the script (ARG names one and may be repeated), an expiry, and limits "
                           "lower than the node's (LIMIT, repeated likewise). COMPAT marks code "
                           "that was written for the paper's prototype (compat.md); RECORD keeps "
                           "its latest turns, at most 64.",
                .parse = parse_put},
    command_row{.name = "aso.record",
                .syntax = "key turns",
                .arity = 3,
                .flags = write | denyoom | fast,
                .keys = one_key,
                .group = command_group::active,
                .since = "0.1.0",
                .complexity = "O(n) with n turns kept",
                .summary = "Keeps the latest turns of an active object from now on, at most 64, so "
                           "that they can be looked at and run again; 0 ends it and forgets them.",
                .parse = parse_record},
    command_row{.name = "aso.resume",
                .syntax = "key",
                .arity = 2,
                .flags = write | fast,
                .keys = one_key,
                .group = command_group::active,
                .since = "0.1.0",
                .complexity = "O(1)",
                .summary = "Ends the quarantine of an active object: its code runs again.",
                .parse = parse_key<op::aso_resume>},
    command_row{.name = "aso.state",
                .syntax = "key",
                .arity = 2,
                .flags = readonly,
                .keys = one_key,
                .group = command_group::active,
                .since = "0.1.0",
                .complexity = "O(n) with n bytes of state",
                .summary = "Returns the state of an active object without running its code.",
                .parse = parse_key<op::aso_state>},
    command_row{.name = "aso.turn",
                .syntax = "key number",
                .arity = 3,
                .flags = readonly,
                .keys = one_key,
                .group = command_group::active,
                .since = "0.1.0",
                .complexity = "O(n) with n bytes of the turn and its states",
                .summary = "Returns one recorded turn of an active object with all that it met and "
                           "did; `content` is what `comet replay` runs again.",
                .parse = parse_turn},
    command_row{.name = "aso.turns",
                .syntax = "key",
                .arity = 2,
                .flags = readonly,
                .keys = one_key,
                .group = command_group::active,
                .since = "0.1.0",
                .complexity = "O(n) with n turns kept",
                .summary = "Lists the recorded turns of an active object, the latest last.",
                .parse = parse_key<op::aso_turns>},
};

}  // namespace

std::span<const command_row> active_commands() {
  return rows;
}

}  // namespace comet::wire
