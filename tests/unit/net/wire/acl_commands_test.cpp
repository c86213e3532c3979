#include <catch2/catch_test_macros.hpp>

#include "net/wire/command_rows.hpp"

namespace comet::wire {
namespace {

TEST_CASE("what tells of other users, and what changes them, is an administrator's") {
  for (const char* name : {"dryrun", "getuser", "list", "load", "users"})
    CHECK(has(find_subcommand(acl_commands()[0], name)->flags, command_flag::admin));
  for (const char* name : {"cat", "genpass", "help", "whoami"})
    CHECK_FALSE(has(find_subcommand(acl_commands()[0], name)->flags, command_flag::admin));
}

TEST_CASE("users are written in a file, not by commands") {
  for (const char* name : {"setuser", "deluser", "save"})
    CHECK(find_subcommand(acl_commands()[0], name) == nullptr);
}

}  // namespace
}  // namespace comet::wire
