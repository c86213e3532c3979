#include <catch2/catch_test_macros.hpp>

#include "net/wire/command_table.hpp"

using namespace comet;
using namespace comet::wire;

TEST_CASE("COMMAND answers by itself and has subcommands") {
  const command_row* command = find_command("command");
  CHECK(command->own == session_command::command);
  CHECK(find_subcommand(*command, "DOCS")->own == session_command::command_docs);
  CHECK(find_subcommand(*command, "nothing") == nullptr);
}

TEST_CASE("what changes or shows the configuration is for administrators") {
  const command_row* config = find_command("config");
  for (const char* name : {"get", "set", "resetstat"})
    CHECK(has(find_subcommand(*config, name)->flags, command_flag::admin));
}
