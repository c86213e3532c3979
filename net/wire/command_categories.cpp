#include "net/wire/command_categories.hpp"

#include <array>

namespace comet::wire {

namespace {

using enum command_flag;

constexpr std::array<bytes_view, 21> categories{
    "keyspace", "read",   "write",       "set",       "sortedset",  "list",        "hash",
    "string",   "bitmap", "hyperloglog", "geo",       "stream",     "pubsub",      "admin",
    "fast",     "slow",   "blocking",    "dangerous", "connection", "transaction", "scripting"};

}  // namespace

std::span<const bytes_view> all_categories() {
  return categories;
}

std::vector<bytes_view> categories_of(const command_row& row) {
  const command_flag flags = row.flags;
  const command_group group = row.group;
  const bool on_objects = has(flags, write | readonly);
  std::vector<bytes_view> names;
  const auto add_if = [&](bool is, bytes_view name) {
    if (is) names.push_back(name);
  };
  const bool on_keys = group != command_group::string && group != command_group::active;
  add_if(on_objects && on_keys, "keyspace");
  add_if(has(flags, readonly), "read");
  add_if(has(flags, write), "write");
  add_if(group == command_group::string, "string");
  add_if(has(flags, pubsub), "pubsub");
  add_if(has(flags, admin), "admin");
  add_if(has(flags, fast), "fast");
  add_if(!has(flags, fast), "slow");
  add_if(has(flags, admin | dangerous), "dangerous");
  add_if(group == command_group::connection, "connection");
  add_if(group == command_group::active, "scripting");
  return names;
}

std::optional<resolved_command> command_named(bytes_view full_name) {
  const std::size_t bar = full_name.find('|');
  const command_row* row = find_command(full_name.substr(0, bar));
  if (row == nullptr) return std::nullopt;
  if (bar == bytes_view::npos) return resolved_command{row, nullptr};
  const command_row* sub = find_subcommand(*row, full_name.substr(bar + 1));
  if (sub == nullptr) return std::nullopt;
  return resolved_command{sub, row};
}

}  // namespace comet::wire
