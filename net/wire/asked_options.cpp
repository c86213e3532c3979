#include "net/wire/asked_options.hpp"

#include <algorithm>
#include <cstdint>

#include "base/number.hpp"
#include "net/wire/command_arguments.hpp"
#include "object/replica/group.hpp"

namespace comet::wire {

namespace {

using object::asks;

constexpr std::size_t shown_max = 32;

error wrong(bytes text) {
  return {errc::syntax, "COMET WITH: " + std::move(text)};
}

result<void> take_quorum(bytes_view word, asks& asked) {
  if (equal_ignoring_case(word, "majority")) return {};
  if (equal_ignoring_case(word, "all")) {
    asked.quorum = asks::all_members;
    return {};
  }
  const auto number = parse_integer(word);
  if (!number || *number < 1 || *number > static_cast<std::int64_t>(object::replica::members_max))
    return wrong("QUORUM is majority, all or a number of replicas from 1 to " +
                 std::to_string(object::replica::members_max) + ", not '" +
                 printable(shortened(word, shown_max)) + "'");
  asked.quorum = static_cast<std::uint8_t>(*number);
  return {};
}

result<void> take_id(bytes_view word, asks& asked) {
  if (word.empty() || word.size() > object::request_id_bytes_max)
    return wrong("an ID has 1 to " + std::to_string(object::request_id_bytes_max) + " bytes, not " +
                 std::to_string(word.size()));
  asked.request_id = word;
  return {};
}

result<void> take_age(bytes_view word, asks& asked) {
  const auto age = read_age(word);
  if (!age) return age.failure();
  asked.stale_max = *age;
  return {};
}

result<void> take_durability(bytes_view word, asks& asked) {
  if (!equal_ignoring_case(word, "always"))
    return wrong("DURABILITY is always, not '" + printable(shortened(word, shown_max)) + "'");
  asked.durable = true;
  return {};
}

struct option {
  bytes_view name;
  result<void> (*take)(bytes_view word, asks& asked);
};
constexpr option options[] = {
    {"quorum", take_quorum}, {"durability", take_durability}, {"stale", take_age}, {"id", take_id}};

/// It is about keys; connections, the node and the whole space have nothing to be asked for.
bool can_be_carried(const command_row& row) {
  return row.parse != nullptr && row.keys.first != 0 && row.group != command_group::server;
}

}  // namespace

result<std::chrono::milliseconds> read_age(bytes_view word) {
  const auto number = parse_integer(word);
  if (!number || *number < 0)
    return {errc::out_of_range, "STALE: the greatest age is a number of milliseconds, not '" +
                                    printable(shortened(word, shown_max)) + "'"};
  return std::min(std::chrono::milliseconds{*number}, object::stale_age_max);
}

result<carried_request> read_carried(argument_list argv) {
  carried_request carried;
  std::size_t at = 2;
  std::uint32_t given = 0;
  for (; at < argv.size(); at += 2) {
    const auto* found = std::ranges::find_if(
        options, [&](const option& one) { return equal_ignoring_case(one.name, argv[at]); });
    if (found == std::end(options)) break;
    const std::uint32_t bit = 1U << (found - std::begin(options));
    if ((given & bit) != 0) return wrong(bytes{argv[at]} + " is given twice");
    given |= bit;
    if (at + 1 == argv.size()) return wrong(bytes{argv[at]} + " has no value");
    if (auto taken = found->take(argv[at + 1], carried.asked); !taken) return taken.failure();
  }
  carried.argv = argv.subspan(at);
  if (carried.argv.empty()) return wrong("no command follows the options");
  if (equal_ignoring_case(carried.argv[0], "comet"))
    return wrong("a command of COMET cannot be carried: nothing was done");
  const auto what = resolve(carried.argv);
  if (!what) return what.failure();
  if (!can_be_carried(*what->row))
    return wrong("'" + what->full_name() + "' is not about keys, so nothing can be asked of it");
  carried.what = *what;
  return carried;
}

result<void> check_asks(const asks& asked, const object::command& c) {
  if (object::is_one_change_of_several(c.what))
    return wrong("a command that changes several keys as a whole cannot be carried");
  if (!asked.request_id.empty() && c.keys.size() > 1)
    return wrong("ID is for commands on one key: each key remembers its own requests");
  if (!asked.stale_max) return {};
  if (!object::may_read_stale(c.what))
    return wrong(
        "STALE is for GET, MGET, GETRANGE, STRLEN, EXISTS, TOUCH, TYPE and TTL: all else "
        "is carried out by the key's leader");
  if (asked.quorum != 0 || asked.durable || !asked.request_id.empty())
    return wrong("STALE goes with no other option: a copy knows of no quorum");
  return {};
}

}  // namespace comet::wire
