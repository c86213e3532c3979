#pragma once
// The classes of commands that access rules speak of: "@read", "@dangerous" ...
//
// Names and meaning are those of Redis 7.0, derived from a row's flags and group. A category of
// Redis for which there is no command here exists and is empty, so that rules written for Redis
// keep their meaning. COMMAND INFO, COMMAND LIST, ACL CAT and command_rules read them.

#include <optional>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "net/wire/command_table.hpp"

namespace comet::wire {

/// In the order of ACL CAT; "all" is not among them.
std::span<const bytes_view> all_categories();

/// Those of one row, in the order of COMMAND INFO. A container stands for none of its subcommands.
std::vector<bytes_view> categories_of(const command_row& row);

/// Full names of all commands and subcommands for which `wanted` holds.
template <class Predicate>
std::vector<bytes> commands_where(Predicate wanted) {
  std::vector<bytes> names;
  const auto add_if_wanted = [&](const resolved_command& c) {
    if (wanted(c)) names.push_back(c.full_name());
  };
  for (const command_row* row : all_commands()) {
    add_if_wanted({row, nullptr});
    for (const command_row& sub : row->subcommands)
      add_if_wanted({&sub, row});
  }
  return names;
}

/// "get" or "client|kill", in any case; nothing: there is no such command.
std::optional<resolved_command> command_named(bytes_view full_name);

}  // namespace comet::wire
