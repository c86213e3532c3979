#pragma once
// The one table of commands: every command Comet serves is one row, and everything that is said or
// done about a command is read from its row.
//
// Parsing, COMMAND (INFO, DOCS, LIST, GETKEYS), the client's hints and docs/commands.md all come
// from here. A row stands beside its parse function in the file of its group (string_commands.cpp,
// key_commands.cpp, ...); this file finds rows by name, case-insensitively and without allocation.
// Invariants, held by tests: names are unique and lower case; a row has either subcommands, a parse
// function (operations on objects) or a session command (answered by the connection itself).

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "object/command.hpp"
#include "object/policy.hpp"

namespace comet::wire {

/// An argument vector as it came from a client: the command's name first.
using argument_list = std::span<const bytes_view>;

/// Where a command stands in the documentation; also its ACL category.
enum class command_group : std::uint8_t { string, generic, active, connection, pubsub, server };

/// What a command is and how it may run; `name_of` gives the names of COMMAND INFO.
enum class command_flag : std::uint16_t {
  write = 1U << 0U,     ///< may change an object
  readonly = 1U << 1U,  ///< reads objects only
  denyoom = 1U << 2U,   ///< refused when memory is short
  admin = 1U << 3U,
  pubsub = 1U << 4U,
  noscript = 1U << 5U,
  loading = 1U << 6U,
  stale = 1U << 7U,
  fast = 1U << 8U,         ///< O(1) or O(log n)
  no_auth = 1U << 9U,      ///< allowed before authentication
  allow_busy = 1U << 10U,  ///< allowed while a script runs long
  movablekeys = 1U << 11U,
  // Not shown as flags:
  dangerous = 1U << 12U,   ///< ACL category @dangerous, besides all that is admin
  subscribed = 1U << 13U,  ///< allowed to a RESP2 client in subscribed mode
  carries = 1U << 15U,     ///< its arguments hold another command: see net/wire/asked_options
  alone = 1U << 14U,       ///< starts when all earlier requests of its client are answered
};
constexpr command_flag operator|(command_flag a, command_flag b) {
  return static_cast<command_flag>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool has(command_flag all, command_flag one) {
  return (static_cast<unsigned>(all) & static_cast<unsigned>(one)) != 0;
}

/// Commands that a session answers without objects.
enum class session_command : std::uint8_t {
  none,
  acl_cat,
  acl_dryrun,
  acl_genpass,
  acl_getuser,
  acl_help,
  acl_list,
  acl_load,
  acl_users,
  acl_whoami,
  auth,
  echo,
  hello,
  ping,
  quit,
  read_copies,
  read_leaders,
  reset,
  select,
  client_getname,
  client_help,
  client_id,
  client_info,
  client_kill,
  client_list,
  client_no_evict,
  client_no_touch,
  client_reply,
  client_setinfo,
  client_setname,
  comet_help,
  comet_top,
  command,
  command_count,
  command_docs,
  command_getkeys,
  command_help,
  command_info,
  command_list,
  config_get,
  config_help,
  config_resetstat,
  config_set,
  info,
  object_help,
  time,
  wait,
  subscribe,
  unsubscribe,
  psubscribe,
  punsubscribe,
  publish,
  pubsub_channels,
  pubsub_help,
  pubsub_numpat,
  pubsub_numsub,
};

/// Makes a command out of checked arguments (the arity holds). `out` comes reset.
using parse_function = result<void> (*)(argument_list argv, instant now,
                                        const object::policy& policy, object::command& out);

/// Where the keys stand in an argument vector; all zero: no keys. `last` may count from the end.
struct key_positions {
  int first = 0;
  int last = 0;
  int step = 0;
};

struct command_row {
  bytes_view name{};    ///< lower case; a subcommand's own word
  bytes_view syntax{};  ///< arguments in the notation of the Redis documentation
  int arity = 0;        ///< words, the name included; negative: at least that many
  command_flag flags{};
  key_positions keys{};
  command_group group = command_group::generic;
  bytes_view since{};  ///< version of Redis, or of Comet for ASO.*
  bytes_view complexity{};
  bytes_view summary{};
  parse_function parse = nullptr;
  session_command own = session_command::none;
  std::span<const command_row> subcommands{};

  [[nodiscard]] bool arity_holds(std::size_t words) const {
    return arity >= 0 ? words == static_cast<std::size_t>(arity)
                      : words >= static_cast<std::size_t>(-arity);
  }
};

/// All rows in order of group and name.
std::span<const command_row* const> all_commands();

/// The row of a command without its subcommand, or null. About 10 ns, no allocation.
const command_row* find_command(bytes_view name);
const command_row* find_subcommand(const command_row& container, bytes_view name);

/// A row with its full name ("get", "client|kill"), found for an argument vector.
struct resolved_command {
  const command_row* row = nullptr;
  const command_row* container = nullptr;  ///< null: `row` is no subcommand

  [[nodiscard]] bytes full_name() const;
};

/// Finds the row that `argv` means and checks the arity. Errors: unknown_command, wrong_arity, in
/// the words of Redis. `argv` is not empty.
result<resolved_command> resolve(argument_list argv);

/// Makes an object command out of `argv`; `row.parse` is not null. Relative expiries become
/// absolute from `now.wall`. `out` views `argv` and is reused between calls so that its vectors
/// keep their capacity. Errors: syntax, out_of_range, too_large, in the words of Redis.
result<void> parse(const command_row& row, argument_list argv, instant now,
                   const object::policy& policy, object::command& out);

/// `resolve` and `parse` in one step, for callers that serve object commands only (HTTP, tools).
result<void> parse(argument_list argv, instant now, const object::policy& policy,
                   object::command& out);

/// Indexes of the keys in `argv`, whose arity holds.
std::vector<std::size_t> key_indexes(const command_row& row, argument_list argv);

bytes_view name_of(command_group group);

/// Names of `flags` as COMMAND INFO shows them.
std::vector<bytes_view> names_of(command_flag flags);

}  // namespace comet::wire
