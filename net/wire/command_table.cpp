#include "net/wire/command_table.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

#include "net/wire/command_arguments.hpp"
#include "net/wire/command_rows.hpp"

namespace comet::wire {

namespace {

constexpr std::size_t name_size_max = 16;
constexpr std::size_t bucket_count = 512;  // a power of two, at least four times the rows

/// A name of up to 16 bytes in lower case as two words, which compare and hash at once.
struct folded_name {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  explicit folded_name(bytes_view name) {
    std::array<char, name_size_max> text{};
    std::copy_n(name.data(), std::min(name.size(), text.size()), text.data());
    std::memcpy(&low, text.data(), sizeof low);
    std::memcpy(&high, text.data() + sizeof low, sizeof high);
    low = folded(low);
    high = folded(high);
  }

  [[nodiscard]] std::size_t bucket() const {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15U;  // 2^64 / golden ratio
    return static_cast<std::size_t>(((low ^ (high * odd)) * odd) >> 32U) % bucket_count;
  }

  friend bool operator==(const folded_name&, const folded_name&) = default;

 private:
  /// Sets bit 5 of each byte in 'A'..'Z' and leaves the others (SWAR; Warren, Hacker's Delight).
  static std::uint64_t folded(std::uint64_t word) {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    const std::uint64_t low_bits = word & (0x7fU * ones);
    const std::uint64_t from_a = low_bits + (0x80U - 'A') * ones;
    const std::uint64_t past_z = low_bits + (0x7fU - 'Z') * ones;
    const std::uint64_t upper = (from_a & ~past_z & ~word) & (0x80U * ones);
    return word | upper >> 2U;
  }
};

/// Open addressing, built once and read only after; an empty bucket ends a search.
class name_index {
 public:
  name_index() {
    for (const auto group :
         {acl_commands(), active_commands(), connection_commands(), key_commands(),
          network_commands(), pubsub_commands(), server_commands(), string_commands()})
      for (const command_row& row : group)
        rows_.push_back(&row);
    std::ranges::sort(rows_, {}, [](const command_row* row) { return row->name; });
    COMET_CHECK(rows_.size() * 4 <= bucket_count);
    for (const command_row* row : rows_)
      insert(*row);
  }

  [[nodiscard]] const command_row* find(bytes_view name) const {
    if (name.size() > name_size_max) return nullptr;
    const folded_name folded{name};
    for (std::size_t i = folded.bucket(); buckets_[i].row != nullptr; i = (i + 1) % bucket_count)
      if (buckets_[i].name == folded) return buckets_[i].row;
    return nullptr;
  }

  [[nodiscard]] std::span<const command_row* const> rows() const { return rows_; }

 private:
  struct bucket {
    folded_name name{bytes_view{}};
    const command_row* row = nullptr;
  };

  void insert(const command_row& row) {
    COMET_CHECK(row.name.size() <= name_size_max);
    COMET_CHECK(find(row.name) == nullptr);
    const folded_name folded{row.name};
    std::size_t i = folded.bucket();
    while (buckets_[i].row != nullptr)
      i = (i + 1) % bucket_count;
    buckets_[i] = {folded, &row};
  }

  std::vector<const command_row*> rows_;
  std::array<bucket, bucket_count> buckets_;
};

const name_index& index() {
  static const name_index built;
  return built;
}

constexpr std::size_t shown_bytes_max = 128;

/// As C prints a string: up to its first zero byte.
bytes_view shown(bytes_view word, std::size_t limit) {
  return word.substr(0, std::min(word.find('\0'), limit));
}

error unknown_command(argument_list argv) {
  bytes arguments;
  for (std::size_t i = 1; i < argv.size() && arguments.size() < shown_bytes_max; ++i) {
    const bytes_view word = shown(argv[i], shown_bytes_max - arguments.size());
    arguments.append("'").append(word).append("' ");
  }
  return {errc::unknown_command, "unknown command '" + bytes{shown(argv[0], shown_bytes_max)} +
                                     "', with args beginning with: " + arguments};
}

error unknown_subcommand(const command_row& container, bytes_view name) {
  bytes upper{container.name};
  for (char& c : upper)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return {errc::unknown_command, "unknown subcommand '" + bytes{shown(name, shown_bytes_max)} +
                                     "'. Try " + upper + " HELP."};
}

void reset(object::command& c) {
  c.condition = object::set_condition::always;
  c.expire_if = object::expire_condition::always;
  c.form = object::ttl_form::seconds_left;
  c.keep_expiry = c.want_old = c.clear_expiry = c.replace = c.exclusive = c.has_value = false;
  c.key = c.value = c.source = c.method = c.callback_key = c.type_filter = {};
  c.number = c.number2 = 0;
  c.real = 0;
  c.when.reset();
  c.keys.clear();
  c.values.clear();
  c.args.clear();
  c.limits.clear();
  c.asked.reset();
}

struct key_range {
  std::size_t first = 0;
  std::size_t end = 0;
  std::size_t step = 1;
};

key_range range_of(const key_positions& keys, std::size_t words) {
  if (keys.first == 0) return {};
  const auto last = keys.last >= 0 ? static_cast<std::size_t>(keys.last)
                                   : words - static_cast<std::size_t>(-keys.last);
  return {static_cast<std::size_t>(keys.first), std::min(last + 1, words),
          static_cast<std::size_t>(keys.step)};
}

result<void> check_values(const std::vector<bytes_view>& values, bytes_view what,
                          std::size_t limit) {
  for (const bytes_view value : values)
    if (value.size() > limit) return over_limit(what, value.size(), limit);
  return {};
}

result<void> check_sizes(const object::command& c, std::size_t limit) {
  if (c.value.size() > limit) return over_limit("value", c.value.size(), limit);
  if (!c.values.empty()) return check_values(c.values, "value", limit);
  if (!c.args.empty()) return check_values(c.args, "argument", limit);
  return {};
}

}  // namespace

std::span<const command_row* const> all_commands() {
  return index().rows();
}

const command_row* find_command(bytes_view name) {
  return index().find(name);
}

const command_row* find_subcommand(const command_row& container, bytes_view name) {
  for (const command_row& row : container.subcommands)
    if (equal_ignoring_case(row.name, name)) return &row;
  return nullptr;
}

bytes resolved_command::full_name() const {
  return container == nullptr ? bytes{row->name} : bytes{container->name} + "|" + bytes{row->name};
}

result<resolved_command> resolve(argument_list argv) {
  COMET_CHECK(!argv.empty());
  resolved_command found{find_command(argv[0]), nullptr};
  if (found.row == nullptr) return unknown_command(argv);
  if (!found.row->subcommands.empty() && argv.size() > 1) {
    found.container = found.row;
    found.row = find_subcommand(*found.container, argv[1]);
    if (found.row == nullptr) return unknown_subcommand(*found.container, argv[1]);
  }
  if (!found.row->arity_holds(argv.size()))
    return {errc::wrong_arity, "wrong number of arguments for '" + found.full_name() + "' command"};
  return found;
}

result<void> parse(const command_row& row, argument_list argv, instant now,
                   const object::policy& policy, object::command& out) {
  COMET_CHECK(row.parse != nullptr);
  reset(out);
  const key_range keys = range_of(row.keys, argv.size());
  for (std::size_t i = keys.first; i < keys.end; i += keys.step)
    if (argv[i].size() > policy.key_bytes_max)
      return over_limit("key", argv[i].size(), policy.key_bytes_max);
  if (auto read = row.parse(argv, now, policy, out); !read) return read;
  return check_sizes(out, policy.value_bytes_max);
}

result<void> parse(argument_list argv, instant now, const object::policy& policy,
                   object::command& out) {
  const auto found = resolve(argv);
  if (!found) return found.failure();
  if (found->row->parse == nullptr)
    return {errc::unknown_command,
            "'" + found->full_name() + "' is a command of a connection, not of objects"};
  return parse(*found->row, argv, now, policy, out);
}

std::vector<std::size_t> key_indexes(const command_row& row, argument_list argv) {
  std::vector<std::size_t> indexes;
  const key_range keys = range_of(row.keys, argv.size());
  for (std::size_t i = keys.first; i < keys.end; i += keys.step)
    indexes.push_back(i);
  return indexes;
}

bytes_view name_of(command_group group) {
  switch (group) {
    case command_group::string: return "string";
    case command_group::generic: return "generic";
    case command_group::active: return "active";
    case command_group::connection: return "connection";
    case command_group::pubsub: return "pubsub";
    case command_group::server: return "server";
  }
  return "unknown";
}

std::vector<bytes_view> names_of(command_flag flags) {
  using enum command_flag;
  constexpr std::array<std::pair<command_flag, bytes_view>, 12> shown_flags{
      {{write, "write"},
       {readonly, "readonly"},
       {denyoom, "denyoom"},
       {admin, "admin"},
       {pubsub, "pubsub"},
       {noscript, "noscript"},
       {loading, "loading"},
       {stale, "stale"},
       {fast, "fast"},
       {no_auth, "no_auth"},
       {allow_busy, "allow_busy"},
       {movablekeys, "movablekeys"}}};
  std::vector<bytes_view> names;
  for (const auto& [flag, name] : shown_flags)
    if (has(flags, flag)) names.push_back(name);
  return names;
}

}  // namespace comet::wire
