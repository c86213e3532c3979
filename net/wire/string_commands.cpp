// Rows and parse functions of the string commands.
#include <array>
#include <limits>

#include "base/number.hpp"
#include "net/wire/command_arguments.hpp"
#include "net/wire/command_rows.hpp"

namespace comet::wire {

namespace {

using enum command_flag;
using object::command;
using object::op;
using object::policy;

template <op What>
result<void> parse_key(argument_list argv, instant, const policy&, command& out) {
  out.what = What;
  out.key = argv[1];
  return {};
}

template <op What>
result<void> parse_key_value(argument_list argv, instant, const policy&, command& out) {
  out.what = What;
  out.key = argv[1];
  out.value = argv[2];
  return {};
}

/// Takes one of EX, PX, EXAT, PXAT with its number, which is read when the syntax is known to be
/// good. As in Redis the same option may come twice, a different one may not.
struct expiry_words {
  std::optional<expiry_form> form;
  bytes_view number;

  bool take(option_cursor& options) {
    const auto next = expiry_option(options.word());
    if (!next || !options.has_argument()) return false;
    if (form && (form->seconds != next->seconds || form->absolute != next->absolute)) return false;
    options.take();
    form = next;
    number = options.take();
    return true;
  }
};

result<void> parse_set_options(argument_list argv, instant now, command& out) {
  option_cursor options{argv, 3};
  expiry_words expiry;
  while (!options.done()) {
    using object::set_condition;
    if (out.condition != set_condition::if_present && options.take("nx")) {
      out.condition = set_condition::if_absent;
    } else if (out.condition != set_condition::if_absent && options.take("xx")) {
      out.condition = set_condition::if_present;
    } else if (options.take("get")) {
      out.want_old = true;
    } else if (!expiry.form && options.take("keepttl")) {
      out.keep_expiry = true;
    } else if (out.keep_expiry || !expiry.take(options)) {
      return syntax_error();
    }
  }
  if (!expiry.form) return {};
  const auto when = read_expiry(expiry.number, *expiry.form, now.wall, "set");
  if (!when) return when.failure();
  out.when = *when;
  return {};
}

result<void> parse_set(argument_list argv, instant now, const policy&, command& out) {
  out.what = op::set;
  out.key = argv[1];
  out.value = argv[2];
  if (argv.size() == 3) return {};
  return parse_set_options(argv, now, out);
}

result<void> parse_getex(argument_list argv, instant now, const policy&, command& out) {
  out.what = op::getex;
  out.key = argv[1];
  option_cursor options{argv, 2};
  expiry_words expiry;
  while (!options.done()) {
    if (!expiry.form && options.take("persist")) {
      out.clear_expiry = true;
    } else if (out.clear_expiry || !expiry.take(options)) {
      return syntax_error();
    }
  }
  if (!expiry.form) return {};
  const auto when = read_expiry(expiry.number, *expiry.form, now.wall, "getex");
  if (!when) return when.failure();
  out.when = *when;
  return {};
}

result<void> parse_set_for(argument_list argv, instant now, expiry_form form, bytes_view name,
                           command& out) {
  out.what = op::set;
  out.key = argv[1];
  out.value = argv[3];
  const auto when = read_expiry(argv[2], form, now.wall, name);
  if (!when) return when.failure();
  out.when = *when;
  return {};
}

result<void> parse_setex(argument_list argv, instant now, const policy&, command& out) {
  return parse_set_for(argv, now, {.seconds = true}, "setex", out);
}

result<void> parse_psetex(argument_list argv, instant now, const policy&, command& out) {
  return parse_set_for(argv, now, {.seconds = false}, "psetex", out);
}

result<void> parse_range(argument_list argv, instant, const policy&, command& out) {
  out.what = op::getrange;
  out.key = argv[1];
  const auto start = read_integer(argv[2]);
  if (!start) return start.failure();
  const auto end = read_integer(argv[3]);
  if (!end) return end.failure();
  out.number = *start;
  out.number2 = *end;
  return {};
}

result<void> parse_setrange(argument_list argv, instant, const policy&, command& out) {
  out.what = op::setrange;
  out.key = argv[1];
  out.value = argv[3];
  const auto offset = read_integer(argv[2]);
  if (!offset) return offset.failure();
  if (*offset < 0) return {errc::out_of_range, "offset is out of range"};
  out.number = *offset;
  return {};
}

template <int Step>
result<void> parse_step(argument_list argv, instant, const policy&, command& out) {
  out.what = op::incrby;
  out.key = argv[1];
  out.number = Step;
  return {};
}

result<void> parse_incrby(argument_list argv, instant, const policy&, command& out) {
  out.what = op::incrby;
  out.key = argv[1];
  const auto step = read_integer(argv[2]);
  if (!step) return step.failure();
  out.number = *step;
  return {};
}

result<void> parse_decrby(argument_list argv, instant now, const policy& policy, command& out) {
  if (auto read = parse_incrby(argv, now, policy, out); !read) return read;
  if (out.number == std::numeric_limits<std::int64_t>::min())
    return {errc::out_of_range, "decrement would overflow"};
  out.number = -out.number;
  return {};
}

result<void> parse_incrbyfloat(argument_list argv, instant, const policy&, command& out) {
  out.what = op::incrbyfloat;
  out.key = argv[1];
  const auto step = parse_real(argv[2]);
  if (!step) return {errc::out_of_range, "value is not a valid float"};
  out.real = *step;
  return {};
}

result<void> parse_mget(argument_list argv, instant, const policy&, command& out) {
  out.what = op::mget;
  out.key = argv[1];
  out.keys.assign(argv.begin() + 1, argv.end());
  return {};
}

template <op What>
result<void> parse_pairs(argument_list argv, instant, const policy&, command& out) {
  out.what = What;
  out.key = argv[1];
  if (argv.size() % 2 == 0)
    return {errc::wrong_arity, What == op::mset ? "wrong number of arguments for 'mset' command"
                                                : "wrong number of arguments for 'msetnx' command"};
  for (std::size_t i = 1; i < argv.size(); i += 2) {
    out.keys.push_back(argv[i]);
    out.values.push_back(argv[i + 1]);
  }
  return {};
}

constexpr key_positions one_key{1, 1, 1};
constexpr key_positions all_keys{1, -1, 1};
constexpr key_positions key_value_pairs{1, -1, 2};

constexpr std::array rows{
    command_row{.name = "append",
                .syntax = "key value",
                .arity = 3,
                .flags = write | denyoom | fast,
                .keys = one_key,
                .group = command_group::string,
                .since = "2.0.0",
                .complexity = "O(n) with n bytes of the new value",
                .summary = "Appends bytes to a value; creates the key if it does not exist.",
                .parse = parse_key_value<op::append>},
    command_row{.name = "decr",
                .syntax = "key",
                .arity = 2,
                .flags = write | denyoom | fast,
                .keys = one_key,
                .group = command_group::string,
                .since = "1.0.0",
                .complexity = "O(1)",
                .summary = "Decrements the integer value of a key by one; absent counts as 0.",
                .parse = parse_step<-1>},
    command_row{.name = "decrby",
                .syntax = "key decrement",
                .arity = 3,
                .flags = write | denyoom | fast,
                .keys = one_key,
                .group = command_group::string,
                .since = "1.0.0",
                .complexity = "O(1)",
                .summary = "Decrements the integer value of a key by a number.",
                .parse = parse_decrby},
    command_row{.name = "get",
                .syntax = "key",
                .arity = 2,
                .flags = readonly | fast,
                .keys = one_key,
                .group = command_group::string,
                .since = "1.0.0",
                .complexity = "O(1); an active object: its handler onGet",
                .summary = "Returns the value of a key; an active object answers with onGet.",
                .parse = parse_key<op::get>},
    command_row{.name = "getdel",
                .syntax = "key",
                .arity = 2,
                .flags = write | fast,
                .keys = one_key,
                .group = command_group::string,
                .since = "6.2.0",
                .complexity = "O(1)",
                .summary = "Returns the value of a key and deletes it.",
                .parse = parse_key<op::getdel>},
    command_row{.name = "getex",
                .syntax = "key [EX seconds | PX milliseconds | EXAT unix-time-seconds | "
                          "PXAT unix-time-milliseconds | PERSIST]",
                .arity = -2,
                .flags = write | fast,
                .keys = one_key,
                .group = command_group::string,
                .since = "6.2.0",
                .complexity = "O(1)",
                .summary = "Returns the value of a key and sets or removes its expiry.",
                .parse = parse_getex},
    command_row{.name = "getrange",
                .syntax = "key start end",
                .arity = 4,
                .flags = readonly,
                .keys = one_key,
                .group = command_group::string,
                .since = "2.4.0",
                .complexity = "O(n) with n bytes returned",
                .summary = "Returns the bytes from start to end; negative offsets count from the "
                           "end.",
                .parse = parse_range},
    command_row{.name = "getset",
                .syntax = "key value",
                .arity = 3,
                .flags = write | denyoom | fast,
                .keys = one_key,
                .group = command_group::string,
                .since = "1.0.0",
                .complexity = "O(1)",
                .summary = "Sets a value and returns the old one; the expiry is removed.",
                .parse = parse_key_value<op::getset>},
    command_row{.name = "incr",
                .syntax = "key",
                .arity = 2,
                .flags = write | denyoom | fast,
                .keys = one_key,
                .group = command_group::string,
                .since = "1.0.0",
                .complexity = "O(1)",
                .summary = "Increments the integer value of a key by one; absent counts as 0.",
                .parse = parse_step<1>},
    command_row{.name = "incrby",
                .syntax = "key increment",
                .arity = 3,
                .flags = write | denyoom | fast,
                .keys = one_key,
                .group = command_group::string,
                .since = "1.0.0",
                .complexity = "O(1)",
                .summary = "Increments the integer value of a key by a number.",
                .parse = parse_incrby},
    command_row{.name = "incrbyfloat",
                .syntax = "key increment",
                .arity = 3,
                .flags = write | denyoom | fast,
                .keys = one_key,
                .group = command_group::string,
                .since = "2.6.0",
                .complexity = "O(1)",
                .summary = "Increments the decimal value of a key by a number.",
                .parse = parse_incrbyfloat},
    command_row{.name = "mget",
                .syntax = "key [key ...]",
                .arity = -2,
                .flags = readonly | fast,
                .keys = all_keys,
                .group = command_group::string,
                .since = "1.0.0",
                .complexity = "O(n) with n keys",
                .summary = "Returns the values of several keys; null where there is none.",
                .parse = parse_mget},
    command_row{.name = "mset",
                .syntax = "key value [key value ...]",
                .arity = -3,
                .flags = write | denyoom,
                .keys = key_value_pairs,
                .group = command_group::string,
                .since = "1.0.1",
                .complexity = "O(n) with n keys",
                .summary = "Sets several keys at once.",
                .parse = parse_pairs<op::mset>},
    command_row{.name = "msetnx",
                .syntax = "key value [key value ...]",
                .arity = -3,
                .flags = write | denyoom,
                .keys = key_value_pairs,
                .group = command_group::string,
                .since = "1.0.1",
                .complexity = "O(n) with n keys",
                .summary = "Sets several keys at once, all if none of them exists, else none.",
                .parse = parse_pairs<op::msetnx>},
    command_row{.name = "psetex",
                .syntax = "key milliseconds value",
                .arity = 4,
                .flags = write | denyoom,
                .keys = one_key,
                .group = command_group::string,
                .since = "2.6.0",
                .complexity = "O(1)",
                .summary = "Sets a value and its expiry in milliseconds.",
                .parse = parse_psetex},
    command_row{.name = "set",
                .syntax = "key value [NX | XX] [GET] [EX seconds | PX milliseconds | "
                          "EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]",
                .arity = -3,
                .flags = write | denyoom,
                .keys = one_key,
                .group = command_group::string,
                .since = "1.0.0",
                .complexity = "O(1); an active object: its handler onUpdate",
                .summary = "Sets the value of a key; an active object decides in onUpdate.",
                .parse = parse_set},
    command_row{.name = "setex",
                .syntax = "key seconds value",
                .arity = 4,
                .flags = write | denyoom,
                .keys = one_key,
                .group = command_group::string,
                .since = "2.0.0",
                .complexity = "O(1)",
                .summary = "Sets a value and its expiry in seconds.",
                .parse = parse_setex},
    command_row{.name = "setnx",
                .syntax = "key value",
                .arity = 3,
                .flags = write | denyoom | fast,
                .keys = one_key,
                .group = command_group::string,
                .since = "1.0.0",
                .complexity = "O(1)",
                .summary = "Sets the value of a key that does not exist.",
                .parse = parse_key_value<op::setnx>},
    command_row{.name = "setrange",
                .syntax = "key offset value",
                .arity = 4,
                .flags = write | denyoom,
                .keys = one_key,
                .group = command_group::string,
                .since = "2.2.0",
                .complexity = "O(n) with n bytes of the value",
                .summary = "Overwrites a part of a value from an offset on; gaps become zero "
                           "bytes.",
                .parse = parse_setrange},
    command_row{.name = "strlen",
                .syntax = "key",
                .arity = 2,
                .flags = readonly | fast,
                .keys = one_key,
                .group = command_group::string,
                .since = "2.2.0",
                .complexity = "O(1)",
                .summary = "Returns the size of a value in bytes.",
                .parse = parse_key<op::strlen>},
    command_row{.name = "substr",
                .syntax = "key start end",
                .arity = 4,
                .flags = readonly,
                .keys = one_key,
                .group = command_group::string,
                .since = "1.0.0",
                .complexity = "O(n) with n bytes returned",
                .summary = "The old name of GETRANGE.",
                .parse = parse_range},
};

}  // namespace

std::span<const command_row> string_commands() {
  return rows;
}

}  // namespace comet::wire
