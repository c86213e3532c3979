#include <catch2/catch_test_macros.hpp>

#include "net/wire/command_table.hpp"

using namespace comet;
using namespace comet::wire;

TEST_CASE("the handshake is allowed before authentication, the rest is not") {
  for (const char* name : {"auth", "hello", "quit", "reset"})
    CHECK(has(find_command(name)->flags, command_flag::no_auth));
  for (const command_row* row : all_commands()) {
    if (row->group != command_group::connection) CHECK(!has(row->flags, command_flag::no_auth));
    for (const command_row& sub : row->subcommands)
      CHECK(!has(sub.flags, command_flag::no_auth));
  }
}

TEST_CASE("what changes the form of replies starts when earlier requests are answered") {
  for (const char* name : {"hello", "reset", "auth"})
    CHECK(has(find_command(name)->flags, command_flag::alone));
  CHECK(has(find_subcommand(*find_command("client"), "reply")->flags, command_flag::alone));
}
