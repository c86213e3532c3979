#include "net/wire/user_table.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::wire {
namespace {

using object::key_access;

const bytes hash_of_secret = "#" + to_hex(as_bytes(sha256("secret")));

std::shared_ptr<const user_table> table_of(const bytes& text) {
  auto made = user_table::parse(text, "users.acl");
  INFO((made ? bytes{} : made.failure().message));
  REQUIRE(made);
  return *made;
}

bytes problem_of(const bytes& text) {
  const auto made = user_table::parse(text, "users.acl");
  REQUIRE_FALSE(made);
  CHECK(made.failure().code == errc::config);
  return made.failure().message;
}

TEST_CASE("without a file there is the default user, who may do everything") {
  const auto open = user_table::open();
  const auto who = open->unnamed();
  REQUIRE(who);
  CHECK(who->is_unrestricted());
  CHECK(who->rights.administrator);
  CHECK(who->owner_name().empty());
  CHECK(who->line() == "user default on nopass ~* &* +@all");
  CHECK(open->authenticate("default", "anything") == who);
  CHECK_FALSE(open->authenticate("other", "anything"));
}

TEST_CASE("a file says who may come in") {
  const auto users = table_of("# people\n\nuser alice on " + hash_of_secret +
                              " ~* +@all\r\nuser bob off nopass\n  user carol on\n");
  CHECK(users->authenticate("alice", "secret"));
  CHECK_FALSE(users->authenticate("alice", "Secret"));
  CHECK_FALSE(users->authenticate("alice", ""));
  CHECK_FALSE(users->authenticate("bob", "x"));
  CHECK_FALSE(users->authenticate("carol", ""));
  CHECK_FALSE(users->unnamed());
  CHECK(users->all().size() == 3);
  CHECK_FALSE(users->find("dave"));
}

TEST_CASE("a user has several passwords, and they can be taken back") {
  const bytes other = "#" + to_hex(as_bytes(sha256("other")));
  const bytes gone = "!" + to_hex(as_bytes(sha256("secret")));
  CHECK(table_of("user a on " + hash_of_secret + " " + other)->authenticate("a", "other"));
  const auto users = table_of("user a on " + hash_of_secret + " " + other + " " + gone);
  CHECK_FALSE(users->authenticate("a", "secret"));
  CHECK(users->authenticate("a", "other"));
  CHECK_FALSE(table_of("user a on nopass resetpass")->authenticate("a", ""));
  CHECK(table_of("user a on " + hash_of_secret + " nopass")->authenticate("a", "whatever"));
}

TEST_CASE("rules of keys and channels become rights") {
  const auto who = table_of("user a on nopass ~app:* %R~r:* %W~w:* %RW~b:* &news:*")->find("a");
  CHECK(who->rights.may(key_access::both, "app:1"));
  CHECK(who->rights.may(key_access::both, "b:1"));
  CHECK(who->rights.may(key_access::read, "r:1"));
  CHECK_FALSE(who->rights.may(key_access::write, "r:1"));
  CHECK(who->rights.may(key_access::write, "w:1"));
  CHECK(who->rights.may_use_channel("news:1"));
  CHECK_FALSE(who->rights.may_use_channel("other"));
  CHECK(table_of("user a allkeys allchannels allcommands")->find("a")->is_unrestricted());
  CHECK_FALSE(table_of("user a allkeys resetkeys allchannels allcommands")
                  ->find("a")
                  ->rights.may(key_access::seen, "k"));
  CHECK_FALSE(table_of("user a allchannels resetchannels")->find("a")->rights.may_use_channel("c"));
}

TEST_CASE("reset makes a user as it was at its start") {
  const auto who = table_of("user a on nopass ~* &* +@all weight=7 reset")->find("a");
  CHECK(who->line() == "user a off -@all");
}

TEST_CASE("a line is written so that it can be read again") {
  const bytes line =
      "user a on " + hash_of_secret + " ~app:* %R~r:* %W~w:* &news:* +@all -@dangerous weight=300";
  CHECK(table_of(line)->find("a")->line() == line);
  const bytes chief = "user c off ~* &* +@all signer=" + bytes(64, 'a');
  CHECK(table_of(chief)->find("c")->line() == chief);
}

TEST_CASE("lines of a Redis that has users are understood") {
  const auto users = table_of(
      "user default on nopass sanitize-payload ~* &* +@all\n"
      "user worker on " +
      hash_of_secret + " ~jobs:* resetchannels -@all +@hash +get +client|id\n");
  CHECK(users->unnamed());
  CHECK(users->find("worker"));
}

TEST_CASE("every fault of a file is named with its line and its user") {
  CHECK(problem_of("user a on foo") == "users.acl:1: user a: rule 'foo': there is no rule 'foo'");
  CHECK(problem_of("\nuser a +nosuch")
            .starts_with(
                "users.acl:2: user a: rule '+nosuch': there is no command or category 'nosuch'"));
  CHECK(problem_of("user a >clear")
            .starts_with("users.acl:1: user a: rule '>clear': a password does not stand in the "
                         "file in clear"));
  for (const char* hash : {"#", "#abc", "!zz"})
    CHECK(problem_of("user a " + bytes{hash}).find("SHA-256 in 64 lower-case") != bytes::npos);
  CHECK(problem_of("user a #" + bytes(64, 'A')).find("lower-case") != bytes::npos);
  for (const char* keys : {"%~x", "%X~x", "%R", "%"})
    CHECK(problem_of("user a " + bytes{keys}).find("keys are given as") != bytes::npos);
  for (const char* weight : {"weight=0", "weight=10001", "weight=", "weight=x"})
    CHECK(problem_of("user a " + bytes{weight}).find("from 1 to 10000") != bytes::npos);
  CHECK(problem_of("user a (+get)").find("selectors") != bytes::npos);
  CHECK(problem_of("users a").find("a line is `user NAME RULE ...`, not 'users'") != bytes::npos);
  CHECK(problem_of("user").find("name has 1 to 64") != bytes::npos);
  CHECK(problem_of("user a\nuser a") == "users.acl:2: user a stands in the file twice");
  CHECK(problem_of("user a ~" + bytes(2'000, 'x')).find("at most 1,024 bytes") != bytes::npos);
}

TEST_CASE("only an administrator's key signs code") {
  CHECK(problem_of("user a on +@read signer=" + bytes(64, '0')).find("for administrators") !=
        bytes::npos);
  CHECK(problem_of("user a +@all signer=00").find("64 hexadecimal digits") != bytes::npos);
  public_key zeros{};
  CHECK(table_of("user a +@all signer=" + bytes(64, '0'))->directory()->trusts(zeros));
}

TEST_CASE("the directory names the default user as records do") {
  const auto directory =
      table_of("user default on nopass ~* +@all\nuser b ~x weight=5")->directory();
  REQUIRE(directory->find("") != nullptr);
  CHECK(directory->find("")->administrator);
  CHECK(directory->find("default") == nullptr);
  CHECK(directory->find("b")->weight == 5);
  CHECK_FALSE(directory->find("b")->administrator);
}

}  // namespace
}  // namespace comet::wire
