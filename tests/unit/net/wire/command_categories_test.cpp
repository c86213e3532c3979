#include "net/wire/command_categories.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

namespace comet::wire {
namespace {

bool is_in(bytes_view command, bytes_view category) {
  return std::ranges::count(categories_of(*command_named(command)->row), category) == 1;
}

TEST_CASE("every category of a command is one of Redis") {
  for (const command_row* row : all_commands())
    for (const bytes_view name : categories_of(*row))
      CHECK(std::ranges::count(all_categories(), name) == 1);
}

TEST_CASE("commands are in the categories that rules expect") {
  CHECK(is_in("get", "read"));
  CHECK(is_in("set", "write"));
  CHECK(is_in("flushall", "dangerous"));
  CHECK(is_in("keys", "dangerous"));
  CHECK(is_in("config|set", "admin"));
  CHECK(is_in("acl|load", "admin"));
  CHECK(is_in("acl|whoami", "slow"));
  CHECK(is_in("aso.put", "scripting"));
  CHECK(is_in("publish", "pubsub"));
  CHECK_FALSE(is_in("get", "dangerous"));
}

TEST_CASE("a command is found by its full name in any case") {
  CHECK(command_named("GET")->full_name() == "get");
  CHECK(command_named("Client|Kill")->full_name() == "client|kill");
  CHECK_FALSE(command_named("client|nosuch"));
  CHECK_FALSE(command_named("nosuch"));
  CHECK_FALSE(command_named(""));
  const auto writers = commands_where(
      [](const resolved_command& c) { return has(c.row->flags, command_flag::write); });
  CHECK(std::ranges::count(writers, "set") == 1);
  CHECK(std::ranges::count(writers, "get") == 0);
}

}  // namespace
}  // namespace comet::wire
