// Rows and parse functions of the commands on keys, whatever their values are.
#include <array>
#include <charconv>

#include "net/wire/command_arguments.hpp"
#include "net/wire/command_rows.hpp"

namespace comet::wire {

namespace {

using enum command_flag;
using object::command;
using object::expire_condition;
using object::op;
using object::policy;
using object::ttl_form;

template <op What>
result<void> parse_key(argument_list argv, instant, const policy&, command& out) {
  out.what = What;
  out.key = argv[1];
  return {};
}

template <op What>
result<void> parse_object(argument_list argv, instant, const policy&, command& out) {
  out.what = What;
  out.key = argv[2];
  return {};
}

template <op What>
result<void> parse_keys(argument_list argv, instant, const policy&, command& out) {
  out.what = What;
  out.key = argv[1];
  out.keys.assign(argv.begin() + 1, argv.end());
  return {};
}

template <op What>
result<void> parse_nothing(argument_list, instant, const policy&, command& out) {
  out.what = What;
  return {};
}

result<void> parse_copy(argument_list argv, instant, const policy&, command& out) {
  out.what = op::copy;
  out.key = argv[1];
  out.keys.assign(argv.begin() + 1, argv.begin() + 3);
  option_cursor options{argv, 3};
  bytes_view database;
  while (!options.done()) {
    if (options.take("replace")) {
      out.replace = true;
    } else if (options.take("db", database)) {
      const auto number = read_integer(database);
      if (!number) return number.failure();
      if (*number != 0) return {errc::out_of_range, "DB index is out of range"};
    } else {
      return syntax_error();
    }
  }
  if (argv[1] == argv[2]) return {errc::syntax, "source and destination objects are the same"};
  return {};
}

template <bool Exclusive>
result<void> parse_rename(argument_list argv, instant, const policy&, command& out) {
  out.what = op::rename;
  out.key = argv[1];
  out.keys.assign(argv.begin() + 1, argv.end());
  out.exclusive = Exclusive;
  return {};
}

result<void> parse_expire_condition(argument_list argv, command& out) {
  bool nx = false;
  bool xx = false;
  bool gt = false;
  bool lt = false;
  for (option_cursor options{argv, 3}; !options.done();) {
    if (options.take("nx")) {
      nx = true;
    } else if (options.take("xx")) {
      xx = true;
    } else if (options.take("gt")) {
      gt = true;
    } else if (options.take("lt")) {
      lt = true;
    } else {
      return {errc::syntax, "Unsupported option " + bytes{options.word()}};
    }
  }
  if (nx && (xx || gt || lt))
    return {errc::syntax, "NX and XX, GT or LT options at the same time are not compatible"};
  if (gt && lt) return {errc::syntax, "GT and LT options at the same time are not compatible"};
  // With GT, XX says nothing more: no expiry counts as infinite. With LT it does.
  if (nx) out.expire_if = expire_condition::if_none;
  if (xx) out.expire_if = expire_condition::if_any;
  if (gt) out.expire_if = expire_condition::if_greater;
  if (lt) out.expire_if = xx ? expire_condition::if_any_and_less : expire_condition::if_less;
  return {};
}

template <bool Seconds, bool Absolute>
result<void> parse_expire(argument_list argv, instant now, const policy&, command& out) {
  out.what = op::expire;
  out.key = argv[1];
  if (auto read = parse_expire_condition(argv, out); !read) return read;
  constexpr bytes_view name =
      Seconds ? (Absolute ? "expireat" : "expire") : (Absolute ? "pexpireat" : "pexpire");
  const auto when = read_any_expiry(argv[2], {Seconds, Absolute}, now.wall, name);
  if (!when) return when.failure();
  out.when = *when;
  return {};
}

template <ttl_form Form>
result<void> parse_ttl(argument_list argv, instant, const policy&, command& out) {
  out.what = op::ttl;
  out.key = argv[1];
  out.form = Form;
  return {};
}

result<void> parse_pattern(argument_list argv, instant, const policy&, command& out) {
  out.what = op::keys;
  out.value = argv[1];
  return check_pattern(out.value);
}

/// A cursor is 64 bits without a sign; `number` carries them as they are.
result<void> read_cursor(bytes_view word, command& out) {
  std::uint64_t cursor = 0;
  const char* const end = word.data() + word.size();
  const auto [stop, failure] = std::from_chars(word.data(), end, cursor);
  if (failure != std::errc{} || stop != end || word.empty())
    return {errc::syntax, "invalid cursor"};
  out.number = static_cast<std::int64_t>(cursor);
  return {};
}

result<void> parse_scan(argument_list argv, instant, const policy&, command& out) {
  constexpr std::int64_t default_count = 10;
  out.what = op::scan;
  out.number2 = default_count;
  if (auto read = read_cursor(argv[1], out); !read) return read;
  bytes_view word;
  for (option_cursor options{argv, 2}; !options.done();) {
    if (options.take("count", word)) {
      const auto count = read_integer(word);
      if (!count) return count.failure();
      if (*count < 1) return syntax_error();
      out.number2 = *count;
    } else if (options.take("match", word)) {
      out.value = word == "*" ? bytes_view{} : word;
    } else if (!options.take("type", out.type_filter)) {
      return syntax_error();
    }
  }
  return check_pattern(out.value);
}

result<void> parse_flush(argument_list argv, instant, const policy&, command& out) {
  out.what = op::flush;
  option_cursor options{argv, 1};
  if (argv.size() > 2 || (argv.size() == 2 && !options.take("sync") && !options.take("async")))
    return syntax_error();
  return {};
}

constexpr key_positions one_key{1, 1, 1};
constexpr key_positions two_keys{1, 2, 1};
constexpr key_positions all_keys{1, -1, 1};
constexpr key_positions object_key{2, 2, 1};

constexpr std::array object_rows{
    command_row{.name = "encoding",
                .syntax = "key",
                .arity = 3,
                .flags = readonly,
                .keys = object_key,
                .since = "2.2.3",
                .complexity = "O(1)",
                .summary = "Returns how a value is kept.",
                .parse = parse_object<op::object_encoding>},
    command_row{.name = "freq",
                .syntax = "key",
                .arity = 3,
                .flags = readonly,
                .keys = object_key,
                .since = "4.0.0",
                .complexity = "O(1)",
                .summary = "Returns how often a key is accessed.",
                .parse = parse_object<op::object_freq>},
    command_row{.name = "help",
                .arity = 2,
                .flags = loading | stale,
                .since = "6.2.0",
                .complexity = "O(1)",
                .summary = "Lists the subcommands.",
                .own = session_command::object_help},
    command_row{.name = "idletime",
                .syntax = "key",
                .arity = 3,
                .flags = readonly,
                .keys = object_key,
                .since = "2.2.3",
                .complexity = "O(1)",
                .summary = "Returns the seconds since the last access to a key.",
                .parse = parse_object<op::object_idletime>},
    command_row{.name = "refcount",
                .syntax = "key",
                .arity = 3,
                .flags = readonly,
                .keys = object_key,
                .since = "2.2.3",
                .complexity = "O(1)",
                .summary = "Returns the number of references to a value.",
                .parse = parse_object<op::object_refcount>},
};

constexpr std::array rows{
    command_row{.name = "copy",
                .syntax = "source destination [DB destination-db] [REPLACE]",
                .arity = -3,
                .flags = write | denyoom,
                .keys = two_keys,
                .since = "6.2.0",
                .complexity = "O(n) with n bytes of the value",
                .summary = "Copies a value and its expiry; there is one database, 0.",
                .parse = parse_copy},
    command_row{.name = "dbsize",
                .arity = 1,
                .flags = readonly | fast | alone,
                .group = command_group::server,
                .since = "1.0.0",
                .complexity = "O(1)",
                .summary = "Returns the number of keys.",
                .parse = parse_nothing<op::dbsize>},
    command_row{.name = "del",
                .syntax = "key [key ...]",
                .arity = -2,
                .flags = write,
                .keys = all_keys,
                .since = "1.0.0",
                .complexity = "O(n) with n keys; an active object: its handler onDelete",
                .summary = "Deletes keys; returns how many were deleted.",
                .parse = parse_keys<op::del>},
    command_row{.name = "exists",
                .syntax = "key [key ...]",
                .arity = -2,
                .flags = readonly | fast,
                .keys = all_keys,
                .since = "1.0.0",
                .complexity = "O(n) with n keys",
                .summary = "Returns how many of the keys exist; a key named twice counts twice.",
                .parse = parse_keys<op::exists>},
    command_row{.name = "expire",
                .syntax = "key seconds [NX | XX | GT | LT]",
                .arity = -3,
                .flags = write | fast,
                .keys = one_key,
                .since = "1.0.0",
                .complexity = "O(1)",
                .summary = "Sets the expiry of a key in seconds from now.",
                .parse = parse_expire<true, false>},
    command_row{.name = "expireat",
                .syntax = "key unix-time-seconds [NX | XX | GT | LT]",
                .arity = -3,
                .flags = write | fast,
                .keys = one_key,
                .since = "1.2.0",
                .complexity = "O(1)",
                .summary = "Sets the expiry of a key as a Unix time.",
                .parse = parse_expire<true, true>},
    command_row{.name = "expiretime",
                .syntax = "key",
                .arity = 2,
                .flags = readonly | fast,
                .keys = one_key,
                .since = "7.0.0",
                .complexity = "O(1)",
                .summary = "Returns the Unix time in seconds at which a key expires.",
                .parse = parse_ttl<ttl_form::unix_seconds>},
    command_row{.name = "flushall",
                .syntax = "[ASYNC | SYNC]",
                .arity = -1,
                .flags = write | dangerous | alone,
                .group = command_group::server,
                .since = "1.0.0",
                .complexity = "O(n) with n keys",
                .summary = "Removes all keys, without asking handlers.",
                .parse = parse_flush},
    command_row{.name = "flushdb",
                .syntax = "[ASYNC | SYNC]",
                .arity = -1,
                .flags = write | dangerous | alone,
                .group = command_group::server,
                .since = "1.0.0",
                .complexity = "O(n) with n keys",
                .summary = "The same as FLUSHALL: there is one database.",
                .parse = parse_flush},
    command_row{.name = "keys",
                .syntax = "pattern",
                .arity = 2,
                .flags = readonly | dangerous | alone,
                .since = "1.0.0",
                .complexity = "O(n) with n keys of the node",
                .summary = "Returns all keys that match a glob pattern; SCAN is kinder.",
                .parse = parse_pattern},
    command_row{.name = "object",
                .syntax = "subcommand",
                .arity = -2,
                .since = "2.2.3",
                .complexity = "Depends on subcommand.",
                .summary = "Tells how a value is kept; see the subcommands.",
                .subcommands = object_rows},
    command_row{.name = "persist",
                .syntax = "key",
                .arity = 2,
                .flags = write | fast,
                .keys = one_key,
                .since = "2.2.0",
                .complexity = "O(1)",
                .summary = "Removes the expiry of a key.",
                .parse = parse_key<op::persist>},
    command_row{.name = "pexpire",
                .syntax = "key milliseconds [NX | XX | GT | LT]",
                .arity = -3,
                .flags = write | fast,
                .keys = one_key,
                .since = "2.6.0",
                .complexity = "O(1)",
                .summary = "Sets the expiry of a key in milliseconds from now.",
                .parse = parse_expire<false, false>},
    command_row{.name = "pexpireat",
                .syntax = "key unix-time-milliseconds [NX | XX | GT | LT]",
                .arity = -3,
                .flags = write | fast,
                .keys = one_key,
                .since = "2.6.0",
                .complexity = "O(1)",
                .summary = "Sets the expiry of a key as a Unix time in milliseconds.",
                .parse = parse_expire<false, true>},
    command_row{.name = "pexpiretime",
                .syntax = "key",
                .arity = 2,
                .flags = readonly | fast,
                .keys = one_key,
                .since = "7.0.0",
                .complexity = "O(1)",
                .summary = "Returns the Unix time in milliseconds at which a key expires.",
                .parse = parse_ttl<ttl_form::unix_ms>},
    command_row{.name = "pttl",
                .syntax = "key",
                .arity = 2,
                .flags = readonly | fast,
                .keys = one_key,
                .since = "2.6.0",
                .complexity = "O(1)",
                .summary = "Returns the milliseconds until a key expires; -1: never, -2: no key.",
                .parse = parse_ttl<ttl_form::milliseconds_left>},
    command_row{.name = "randomkey",
                .arity = 1,
                .flags = readonly | alone,
                .since = "1.0.0",
                .complexity = "O(1)",
                .summary = "Returns one key by chance.",
                .parse = parse_nothing<op::randomkey>},
    command_row{.name = "rename",
                .syntax = "key newkey",
                .arity = 3,
                .flags = write,
                .keys = two_keys,
                .since = "1.0.0",
                .complexity = "O(1)",
                .summary = "Renames a key and overwrites the destination.",
                .parse = parse_rename<false>},
    command_row{.name = "renamenx",
                .syntax = "key newkey",
                .arity = 3,
                .flags = write | fast,
                .keys = two_keys,
                .since = "1.0.0",
                .complexity = "O(1)",
                .summary = "Renames a key if the destination does not exist.",
                .parse = parse_rename<true>},
    command_row{.name = "scan",
                .syntax = "cursor [MATCH pattern] [COUNT count] [TYPE type]",
                .arity = -2,
                .flags = readonly | alone,
                .since = "2.8.0",
                .complexity = "O(1) a call, O(n) for all n keys",
                .summary = "Walks over the keys in steps; the server keeps nothing between calls.",
                .parse = parse_scan},
    command_row{.name = "touch",
                .syntax = "key [key ...]",
                .arity = -2,
                .flags = readonly | fast,
                .keys = all_keys,
                .since = "3.2.1",
                .complexity = "O(n) with n keys",
                .summary = "Marks keys as used; returns how many exist.",
                .parse = parse_keys<op::touch>},
    command_row{.name = "ttl",
                .syntax = "key",
                .arity = 2,
                .flags = readonly | fast,
                .keys = one_key,
                .since = "1.0.0",
                .complexity = "O(1)",
                .summary = "Returns the seconds until a key expires; -1: never, -2: no key.",
                .parse = parse_ttl<ttl_form::seconds_left>},
    command_row{.name = "type",
                .syntax = "key",
                .arity = 2,
                .flags = readonly | fast,
                .keys = one_key,
                .since = "1.0.0",
                .complexity = "O(1)",
                .summary = "Returns the type of a value, or none.",
                .parse = parse_key<op::type>},
    command_row{.name = "unlink",
                .syntax = "key [key ...]",
                .arity = -2,
                .flags = write | fast,
                .keys = all_keys,
                .since = "4.0.0",
                .complexity = "O(n) with n keys",
                .summary = "The same as DEL.",
                .parse = parse_keys<op::del>},
    command_row{.name = "wait",
                .syntax = "numreplicas timeout",
                .arity = 3,
                .flags = noscript | alone,
                .since = "3.0.0",
                .complexity = "O(1)",
                .summary = "Waits until so many replicas besides the leader have the last write of "
                           "this connection, or for so many milliseconds (0: without end); "
                           "returns how many have it.",
                .own = session_command::wait},
};

}  // namespace

std::span<const command_row> key_commands() {
  return rows;
}

}  // namespace comet::wire
