#include "runtime/setting_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>

#include "base/spelling.hpp"
#include "object/replica/group.hpp"

namespace comet::runtime {
namespace {

constexpr std::int64_t kb = 1'024;
constexpr std::int64_t mb = kb * kb;
constexpr std::int64_t gb = mb * kb;
constexpr std::int64_t second = 1'000;
constexpr std::int64_t hour = 3'600 * second;

// In the order of the enumerations they stand for.
constexpr std::array<bytes_view, 3> durabilities{"none", "interval", "always"};
constexpr std::array<bytes_view, 2> log_formats{"logfmt", "json"};
constexpr std::array<bytes_view, 2> no_or_yes{"no", "yes"};
constexpr std::array<bytes_view, 2> reaches{"own", "any"};

template <class Member>
constexpr bool is_kept_as_it_is =
    std::is_same_v<Member, bytes> || std::is_same_v<Member, address> ||
    std::is_same_v<Member, std::vector<address>> || std::is_same_v<Member, log_levels>;

template <class Member>
void assign_member(Member& member, const setting_value& value) {
  if constexpr (is_kept_as_it_is<Member>) {
    member = std::get<Member>(value);
  } else if constexpr (std::is_same_v<Member, std::chrono::milliseconds>) {
    member = std::chrono::milliseconds{std::get<std::int64_t>(value)};
  } else {
    member = static_cast<Member>(std::get<std::int64_t>(value));
  }
}

template <class Member>
setting_value value_of(const Member& member) {
  if constexpr (is_kept_as_it_is<Member>) {
    return member;
  } else if constexpr (std::is_same_v<Member, std::chrono::milliseconds>) {
    return std::int64_t{member.count()};
  } else {
    return static_cast<std::int64_t>(member);
  }
}

// Headings of the documentation.
constexpr bytes_view node_section = "Node";
constexpr bytes_view store_section = "Store";
constexpr bytes_view turn_section = "Limits of a turn";
constexpr bytes_view object_section = "Limits of an object";
constexpr bytes_view worker_section = "Limits of a worker";

enum class change : std::uint8_t { at_start, at_run_time };
using enum change;

struct domain {
  setting_kind kind;
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
  std::span<const bytes_view> choices{};
};
constexpr domain paths() {
  return {setting_kind::text};
}
constexpr domain optional_paths() {
  return {setting_kind::optional_text};
}
constexpr domain addresses() {
  return {setting_kind::address};
}
constexpr domain optional_addresses() {
  return {setting_kind::optional_address};
}
constexpr domain address_lists() {
  return {setting_kind::addresses};
}
constexpr domain levels() {
  return {setting_kind::log_levels};
}
constexpr domain choice_of(std::span<const bytes_view> choices) {
  return {setting_kind::choice, 0, 0, choices};
}
constexpr domain counts(std::int64_t lowest, std::int64_t highest) {
  return {setting_kind::count, lowest, highest};
}
constexpr domain sizes(std::int64_t lowest, std::int64_t highest) {
  return {setting_kind::size, lowest, highest};
}
constexpr domain durations(std::int64_t lowest_ms, std::int64_t highest_ms) {
  return {setting_kind::duration, lowest_ms, highest_ms};
}

/// `Access`, a stateless callable, reaches the member that the row stands for.
template <class Access>
constexpr setting_row row(bytes_view section, bytes_view name, domain values, bytes_view fallback,
                          change when, bytes_view help, Access) {
  return {section,
          name,
          values.kind,
          fallback,
          values.lowest,
          values.highest,
          values.choices,
          when == at_run_time,
          help,
          [](settings& s, const setting_value& v) { assign_member(Access{}(s), v); },
          [](const settings& s) { return value_of(Access{}(s)); }};
}

// A lambda cannot stand in parentheses here: the table is made of function pointers.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define COMET_SETTING(path) \
  [](auto& s) -> auto& {    \
    return s.path;          \
  }
// NOLINTEND(bugprone-macro-parentheses)

constexpr std::array rows{
    row(node_section, "data", paths(), "./comet-data", at_start,
        "Directory of the store; made at the first start. One node a directory.",
        COMET_SETTING(data)),
    row(node_section, "resp", addresses(), "127.0.0.1:7379", at_start,
        "Where Redis clients connect. Without a users file it has to be an address of this machine "
        "alone.",
        COMET_SETTING(resp)),
    row(node_section, "http", addresses(), "127.0.0.1:7480", at_start,
        "Where the dashboard, /health, /ready and /metrics are served. Without a users file it has "
        "to be an address of this machine alone.",
        COMET_SETTING(http)),
    row(node_section, "dashboard", choice_of(no_or_yes), "yes", at_start,
        "A page for browsers at / of `http`, and what it needs to read and change objects "
        "(docs/dashboard.md).",
        COMET_SETTING(dashboard)),
    row(node_section, "users-file", optional_paths(), "", at_start,
        "Users, their passwords and what they may do (docs/access.md); ACL LOAD reads it again. "
        "Without it everybody who can connect is the administrator.",
        COMET_SETTING(users_file)),
    row(node_section, "link", addresses(), "127.0.0.1:7400", at_start,
        "Where other nodes connect. Without a secret the node does not listen on it.",
        COMET_SETTING(link)),
    row(node_section, "advertise", optional_addresses(), "", at_start,
        "The address that other nodes reach this one at, a number and a port; without it, that of "
        "link.",
        COMET_SETTING(advertise)),
    row(node_section, "join", address_lists(), "", at_start,
        "Nodes of the network, one at least of which is up: where a new node begins. Without it a "
        "new node is the first of its network.",
        COMET_SETTING(join)),
    row(node_section, "secret-file", optional_paths(), "", at_start,
        "What the nodes of one network know and nobody else does; `comet secret FILE` makes it. "
        "Without it a node is alone.",
        COMET_SETTING(secret_file)),
    row(node_section, "leave-deadline", durations(0, hour), "30s", at_start,
        "How long a node that stops may take to hand its keys to the other nodes; then "
        "shutdown-deadline begins.",
        COMET_SETTING(leave_deadline)),
    row(node_section, "confine", choice_of(no_or_yes), "yes", at_start,
        "The process gives up what a node never needs: other programs, new privileges, files "
        "outside of its directories.",
        COMET_SETTING(confine)),
    row(node_section, "workers", counts(0, 256), "0", at_start,
        "Threads that run handlers; 0 means one for each core but one, at least one.",
        COMET_SETTING(workers)),
    row(node_section, "maxclients", counts(1, 1'000'000), "10000", at_run_time,
        "Client connections at a time; one more is refused with an error.",
        COMET_SETTING(maxclients)),
    row(node_section, "client-idle-max", durations(0, 24 * hour), "0ms", at_run_time,
        "A client that is silent for longer is disconnected; 0 means never.",
        COMET_SETTING(client_idle_max)),
    row(node_section, "client-output-bytes-max", sizes(mb, gb), "64MB", at_run_time,
        "Replies that wait for one client; a client that reads too slowly is disconnected.",
        COMET_SETTING(client_output_bytes_max)),
    row(node_section, "client-pending-max", counts(1, 10'000'000), "65536", at_run_time,
        "Requests of one client without an answer; past it the client is read no further.",
        COMET_SETTING(client_pending_max)),
    row(node_section, "log-level", levels(), "info", at_run_time,
        "What is written to standard error: this level and all above; by room, if told so, as in "
        "`info,net=debug`.",
        COMET_SETTING(log)),
    row(node_section, "log-format", choice_of(log_formats), "logfmt", at_start,
        "How a line of the log is written: key=value, or one JSON object.",
        COMET_SETTING(log_form)),
    row(node_section, "slow-request", durations(0, hour), "100ms", at_run_time,
        "A client's request that is answered later than this is logged, without its values; 0 "
        "means none is.",
        COMET_SETTING(slow_request)),
    row(node_section, "shutdown-deadline", durations(100, hour), "10s", at_run_time,
        "How long an orderly stop may take before what is left is given up.",
        COMET_SETTING(shutdown_deadline)),

    row(store_section, "durability", choice_of(durabilities), "interval", at_start,
        "When a change is answered: on the disk (always), in the operating system with an fsync "
        "each sync-interval (interval), in memory (none).",
        COMET_SETTING(durability)),
    row(store_section, "sync-interval", durations(10, hour), "1s", at_start,
        "Time between two fsyncs with durability interval: what a power failure may take.",
        COMET_SETTING(sync_interval)),
    row(store_section, "store-cache-bytes", sizes(mb, 1'024 * gb), "32MB", at_start,
        "RocksDB's cache of blocks read from disk.", COMET_SETTING(store_cache_bytes)),
    row(store_section, "store-buffer-bytes", sizes(mb, 64 * gb), "16MB", at_start,
        "Changes that RocksDB collects in memory before it writes a file of them.",
        COMET_SETTING(store_buffer_bytes)),
    row(store_section, "cache-bytes-max", sizes(mb, 1'024 * gb), "128MB", at_run_time,
        "Records that are kept in memory; the others are read from the store.",
        COMET_SETTING(limits.cache_bytes_max)),

    row(turn_section, "fuel-per-turn", counts(1'000, 1'000'000'000'000), "100000", at_run_time,
        "Lua instructions that one run of a handler may take before it is ended.",
        COMET_SETTING(limits.fuel_per_turn)),
    row(turn_section, "fuel-per-slice", counts(100, 1'000'000'000), "10000", at_run_time,
        "Lua instructions before the next object gets the thread.",
        COMET_SETTING(limits.fuel_per_slice)),
    row(turn_section, "owner-fuel-per-second", counts(0, 1'000'000'000'000), "0", at_run_time,
        "Lua instructions that all objects of one owner may take a second; their turns wait for "
        "their share. 0 means no limit.",
        COMET_SETTING(limits.owner_fuel_per_second)),
    row(turn_section, "turn-time-max", durations(10, hour), "5s", at_run_time,
        "Wall time of a turn, waits included.", COMET_SETTING(limits.turn_time_max)),
    row(turn_section, "messages-per-turn", counts(0, 100'000), "20", at_run_time,
        "Gets, puts, calls and lookups that one turn may send.",
        COMET_SETTING(limits.messages_per_turn)),
    row(turn_section, "messages-per-minute", counts(0, 10'000'000), "200", at_run_time,
        "Messages that one object may send in a minute.",
        COMET_SETTING(limits.messages_per_minute)),
    row(turn_section, "breaches-until-quarantine", counts(1, 1'000'000), "8", at_run_time,
        "Breaches of these limits in a row after which an object's code is suspended.",
        COMET_SETTING(limits.breaches_until_quarantine)),
    row(turn_section, "handlers-reach", choice_of(reaches), "own", at_run_time,
        "Keys that a handler may address: its own and a callback key (own), or any.",
        COMET_SETTING(limits.handlers_reach)),

    row(object_section, "memory-per-object", sizes(16 * kb, gb), "100kB", at_run_time,
        "Script, state and stack of an activated object, over the empty environment.",
        COMET_SETTING(limits.memory_per_object)),
    row(object_section, "state-bytes-max", sizes(kb, 64 * mb), "64kB", at_run_time,
        "Encoded state of an object; 3.8MB at most count where nodes keep replicas. The same on "
        "all "
        "nodes of a network.",
        COMET_SETTING(limits.state_bytes_max)),
    row(object_section, "state-depth-max", counts(1, 100), "16", at_run_time,
        "Tables within tables in an object's state.", COMET_SETTING(limits.state_depth_max)),
    row(object_section, "key-bytes-max", sizes(1, 64 * kb), "512B", at_run_time, "Length of a key.",
        COMET_SETTING(limits.key_bytes_max)),
    row(object_section, "value-bytes-max", sizes(kb, 512 * mb), "1MB", at_run_time,
        "Length of a passive value; 3.8MB at most count where nodes keep replicas.",
        COMET_SETTING(limits.value_bytes_max)),
    row(object_section, "source-bytes-max", sizes(kb, mb), "16kB", at_run_time,
        "Length of an object's Lua source.", COMET_SETTING(limits.source_bytes_max)),
    row(object_section, "mailbox-max", counts(1, 1'000'000), "1024", at_run_time,
        "Requests that wait for one object; one more is answered BUSY.",
        COMET_SETTING(limits.mailbox_max)),
    row(object_section, "timers-max", counts(0, 10'000), "16", at_run_time,
        "Named timers of an object.", COMET_SETTING(limits.timers_max)),
    row(object_section, "replicas-max", counts(1, object::replica::members_max), "7", at_run_time,
        "Copies that an object may ask for (dht.replicas).", COMET_SETTING(limits.replicas_max)),
    row(object_section, "replicas-interval-min", durations(1, hour), "1m", at_run_time,
        "Shortest time between two comparisons of its copies that an object may ask for.",
        COMET_SETTING(limits.replicas_interval_min)),
    row(object_section, "timer-period-min", durations(1, hour), "100ms", at_run_time,
        "Shortest period of a repeating timer.", COMET_SETTING(limits.timer_period_min)),
    row(object_section, "log-lines-max", counts(0, 10'000), "32", at_run_time,
        "Lines of comet.log that are kept of an object, in memory.",
        COMET_SETTING(limits.log_lines_max)),
    row(object_section, "log-line-bytes-max", sizes(16, 64 * kb), "512B", at_run_time,
        "Length of such a line; what is longer is cut.", COMET_SETTING(limits.log_line_bytes_max)),

    row(worker_section, "hot-objects-max", counts(1, 10'000'000), "4096", at_run_time,
        "Objects that stay activated; past it the least recently used are put away.",
        COMET_SETTING(limits.hot_objects_max)),
    row(worker_section, "hot-bytes-max", sizes(mb, 1'024 * gb), "1GB", at_run_time,
        "Memory of all activated objects of a worker.", COMET_SETTING(limits.hot_bytes_max)),
};

#undef COMET_SETTING

bytes number_text(const setting_row& row, std::int64_t number) {
  switch (row.kind) {
    case setting_kind::size: return text_of_size(number);
    case setting_kind::duration: return text_of(std::chrono::milliseconds{number});
    case setting_kind::choice: return bytes{row.choices[static_cast<std::size_t>(number)]};
    default: return fmt::format("{}", number);
  }
}

result<std::int64_t> parse_number(const setting_row& row, bytes_view text) {
  if (row.kind == setting_kind::size) return parse_size(text);
  if (row.kind == setting_kind::count) return parse_count(text);
  auto duration = parse_duration(text);
  if (!duration) return std::move(duration).failure();
  return std::int64_t{duration->count()};
}

}  // namespace

std::span<const setting_row> setting_table() {
  return rows;
}

const setting_row* find_setting(bytes_view name) {
  const auto* found = std::find_if(rows.begin(), rows.end(),
                                   [&](const setting_row& row) { return row.name == name; });
  return found == rows.end() ? nullptr : found;
}

bytes_view nearest_setting(bytes_view name) {
  bytes_view nearest;
  std::size_t fewest = 3;
  for (const setting_row& row : rows) {
    const std::size_t edits = edits_between(name, row.name);
    if (edits < fewest && edits < row.name.size()) {
      fewest = edits;
      nearest = row.name;
    }
  }
  return nearest;
}

bytes allowed_values(const setting_row& row) {
  switch (row.kind) {
    case setting_kind::text: return "a path";
    case setting_kind::optional_text: return "a path, or nothing";
    case setting_kind::address: return "HOST:PORT";
    case setting_kind::optional_address: return "HOST:PORT, or nothing";
    case setting_kind::addresses: return "HOST:PORT,..., or nothing";
    case setting_kind::log_levels: return allowed_log_levels();
    case setting_kind::choice: {
      const auto all_but_last = row.choices.first(row.choices.size() - 1);
      return fmt::format("{} or {}", fmt::join(all_but_last, ", "), row.choices.back());
    }
    default:
      return fmt::format("{} to {}", number_text(row, row.lowest), number_text(row, row.highest));
  }
}

result<setting_value> parse_setting(const setting_row& row, bytes_view text) {
  switch (row.kind) {
    case setting_kind::optional_text: return setting_value{bytes{text}};
    case setting_kind::text: {
      if (text.empty()) return error{errc::config, "takes " + allowed_values(row)};
      return setting_value{bytes{text}};
    }
    case setting_kind::optional_address:
      if (text.empty()) return setting_value{address{}};
      [[fallthrough]];
    case setting_kind::address: {
      auto parsed = parse_address(text);
      if (!parsed) return std::move(parsed).failure();
      return setting_value{std::move(*parsed)};
    }
    case setting_kind::addresses: {
      auto parsed = parse_addresses(text);
      if (!parsed) return std::move(parsed).failure();
      return setting_value{std::move(*parsed)};
    }
    case setting_kind::log_levels: {
      auto parsed = parse_log_levels(text);
      if (!parsed) return std::move(parsed).failure();
      return setting_value{*parsed};
    }
    case setting_kind::choice: {
      const auto found = std::find(row.choices.begin(), row.choices.end(), text);
      if (found == row.choices.end()) return error{errc::config, "takes " + allowed_values(row)};
      return setting_value{std::int64_t{found - row.choices.begin()}};
    }
    default: {
      auto number = parse_number(row, text);
      if (!number) return std::move(number).failure();
      if (*number >= row.lowest && *number <= row.highest) return setting_value{*number};
      return error{errc::config, "takes " + allowed_values(row)};
    }
  }
}

bytes text_of(const setting_row& row, const setting_value& value) {
  if (const auto* text = std::get_if<bytes>(&value)) return *text;
  if (const auto* where = std::get_if<address>(&value))
    return where->host.empty() ? bytes{} : text_of(*where);
  if (const auto* several = std::get_if<std::vector<address>>(&value)) return text_of(*several);
  if (const auto* levels = std::get_if<log_levels>(&value)) return text_of(*levels);
  return number_text(row, std::get<std::int64_t>(value));
}

bytes environment_name(const setting_row& row) {
  bytes name = "COMET_";
  for (const char c : row.name) {
    name.push_back(c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c));
  }
  return name;
}

}  // namespace comet::runtime
