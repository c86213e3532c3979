#include "net/wire/command_table.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cctype>
#include <set>

#include "tests/unit/net/wire/parsed.hpp"

using namespace comet;
using namespace comet::wire;
using namespace comet::wire::test;

namespace {

template <class Visit>
void each_row(Visit visit) {
  for (const command_row* row : all_commands()) {
    visit(*row, nullptr);
    for (const command_row& sub : row->subcommands)
      visit(sub, row);
  }
}

}  // namespace

TEST_CASE("every row is complete") {
  each_row([](const command_row& row, const command_row* container) {
    CAPTURE(row.name);
    CHECK(row.arity != 0);
    CHECK(!row.summary.empty());
    CHECK(row.summary.ends_with('.'));
    CHECK(!row.since.empty());
    CHECK(!row.complexity.empty());
    for (const char c : row.name)
      CHECK(std::isupper(static_cast<unsigned char>(c)) == 0);
    const bool answers = row.parse != nullptr || row.own != session_command::none;
    CHECK(answers != (row.subcommands.size() > 0 && row.own == session_command::none));
    CHECK((row.parse == nullptr || row.own == session_command::none));
    CHECK((container == nullptr || row.subcommands.empty()));
    const bool on_objects = has(row.flags, command_flag::write | command_flag::readonly);
    CHECK(on_objects == (row.parse != nullptr));
  });
}

TEST_CASE("names are unique and every session command has one row") {
  std::set<bytes> names;
  std::set<session_command> own;
  each_row([&](const command_row& row, const command_row* container) {
    CHECK(names.insert(resolved_command{&row, container}.full_name()).second);
    if (row.own != session_command::none) CHECK(own.insert(row.own).second);
  });
  CHECK(own.size() == static_cast<std::size_t>(session_command::pubsub_numsub));
}

TEST_CASE("commands are found in any case and nothing else is") {
  each_row([](const command_row& row, const command_row* container) {
    if (container != nullptr) return;
    bytes name{row.name};
    CHECK(find_command(name) == &row);
    for (char& c : name)
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    CHECK(find_command(name) == &row);
    for (char& c : name) {
      const char was = c;
      for (const char other : {'\0', '\x0e', '~', static_cast<char>(was ^ '\x80')}) {
        c = other;
        // Zeros at the end do not count: "aso.turn\0" is another command.
        const bool is_cut = other == '\0' && &c == &name.back();
        const auto* cut =
            is_cut ? find_command(bytes_view{name}.substr(0, name.size() - 1)) : nullptr;
        CHECK(find_command(name) == cut);
      }
      c = was;
    }
  });
  for (const char* name : {"", "ge", "gett", "incrbyfloatincrbyfloat", "aso\x0eput"})
    CHECK(find_command(name) == nullptr);
  CHECK(find_command(bytes{"get\0", 4}) == find_command("get"));
}

TEST_CASE("unknown commands are named with the start of their arguments") {
  CHECK(problem_of("foo") == "unknown command 'foo', with args beginning with: ");
  CHECK(problem_of("foo bar baz") ==
        "unknown command 'foo', with args beginning with: 'bar' 'baz' ");
  CHECK(problem_of("foo " + bytes(300, 'x') + " y") ==
        "unknown command 'foo', with args beginning with: '" + bytes(128, 'x') + "' ");
  CHECK(problem_of(bytes(300, 'f')) ==
        "unknown command '" + bytes(128, 'f') + "', with args beginning with: ");
  CHECK(problem_of("object what k") == "unknown subcommand 'what'. Try OBJECT HELP.");
}

TEST_CASE("the number of arguments is checked for every row") {
  each_row([](const command_row& row, const command_row* container) {
    const resolved_command command{&row, container};
    std::vector<bytes> words{container == nullptr ? bytes{row.name} : bytes{container->name}};
    if (container != nullptr) words.emplace_back(row.name);
    const auto outcome = [&](std::size_t size) {
      std::vector<bytes> all = words;
      all.resize(size, "1");
      const std::vector<bytes_view> argv(all.begin(), all.end());
      return resolve(argv);
    };
    const auto least = static_cast<std::size_t>(std::abs(row.arity));
    const bytes problem = "wrong number of arguments for '" + command.full_name() + "' command";
    CAPTURE(command.full_name());
    if (least > words.size()) CHECK(outcome(least - 1).failure().message == problem);
    if (row.subcommands.empty()) CHECK(outcome(least).ok());
    if (row.arity > 0) CHECK(outcome(least + 1).failure().message == problem);
  });
}

TEST_CASE("keys and values have limits") {
  object::policy policy;
  policy.key_bytes_max = 4;
  policy.value_bytes_max = 6;
  CHECK(parsed{"set kkkk vvvvvv", policy}.outcome.ok());
  CHECK(parsed{"set kkkkk v", policy}.problem() == "key of 5 bytes exceeds the limit of 4 bytes");
  CHECK(parsed{"get kkkkk", policy}.code() == errc::too_large);
  CHECK(parsed{"mget k kkkkk", policy}.code() == errc::too_large);
  CHECK(parsed{"mset k kkkkk j 2", policy}.outcome.ok());
  CHECK(parsed{"mset k 1 jjjjj 2", policy}.code() == errc::too_large);
  CHECK(parsed{"rename k kkkkk", policy}.code() == errc::too_large);
  CHECK(parsed{"object encoding kkkkk", policy}.code() == errc::too_large);
  CHECK(parsed{"set k vvvvvvv", policy}.problem() ==
        "value of 7 bytes exceeds the limit of 6 bytes");
  CHECK(parsed{"mset k 1 j vvvvvvv", policy}.code() == errc::too_large);
  CHECK(parsed{"aso.call k m vvvvvvv", policy}.problem() ==
        "argument of 7 bytes exceeds the limit of 6 bytes");
}

TEST_CASE("a command is reset between two requests") {
  object::command command;
  const std::vector<bytes_view> first{"set", "k", "v", "nx", "get", "ex", "5"};
  const std::vector<bytes_view> second{"get", "j"};
  REQUIRE(parse(first, noon, {}, command).ok());
  REQUIRE(parse(second, noon, {}, command).ok());
  CHECK(command.key == "j");
  CHECK(command.value.empty());
  CHECK(!command.when);
  CHECK(!command.want_old);
  CHECK(command.condition == object::set_condition::always);
}

TEST_CASE("commands of a connection are no commands on objects") {
  CHECK(problem_of("client id") == "'client|id' is a command of a connection, not of objects");
}

TEST_CASE("key positions follow first, last and step") {
  const auto keys = [](const std::vector<bytes_view>& argv) {
    return key_indexes(*find_command(argv[0]), argv);
  };
  using indexes = std::vector<std::size_t>;
  CHECK(keys({"get", "a"}) == indexes{1});
  CHECK(keys({"mset", "a", "1", "b", "2"}) == indexes{1, 3});
  CHECK(keys({"del", "a", "b", "c"}) == indexes{1, 2, 3});
  CHECK(keys({"copy", "a", "b", "replace"}) == indexes{1, 2});
  CHECK(keys({"ping"}).empty());
}

TEST_CASE("flags and groups have the names of Redis") {
  CHECK(names_of(find_command("get")->flags) == std::vector<bytes_view>{"readonly", "fast"});
  CHECK(names_of(find_command("subscribe")->flags) ==
        std::vector<bytes_view>{"pubsub", "noscript", "loading", "stale"});
  CHECK(name_of(command_group::generic) == "generic");
}
