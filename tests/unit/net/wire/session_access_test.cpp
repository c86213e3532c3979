#include <catch2/catch_test_macros.hpp>

#include "fake_host.hpp"

namespace comet::wire::test {
namespace {

const bytes secret = "#" + to_hex(as_bytes(sha256("pw")));
const bytes people = "user boss on " + secret +
                     " ~* &* +@all\n"
                     "user bob on " +
                     secret +
                     " ~b:* %R~c:* %W~w:* &ch:* +@all -@dangerous -incr\n"
                     "user off off " +
                     secret + " ~* +@all\n";
constexpr bytes_view no_key =
    "-NOPERM this user has no permissions to access one of the keys used as arguments\r\n";
constexpr bytes_view no_channel =
    "-NOPERM this user has no permissions to access one of the channels used as arguments\r\n";

struct house : fake_node {
  house() { use(people); }
  session& enter(const bytes& name) {
    session& s = connect();
    REQUIRE(talk(s, "AUTH " + name + " pw\r\n") == "+OK\r\n");
    return s;
  }
};

TEST_CASE("a client that is told codes is told one in each error that has one") {
  house node;
  session& s = node.enter("bob");
  s.tell_codes();
  CHECK(node.talk(s, "GET a:1\r\n") ==
        "-no_permission" + bytes{no_key.substr(bytes_view{"-NOPERM"}.size())});
  CHECK(node.talk(s, "GET\r\n") == "-wrong_arity wrong number of arguments for 'get' command\r\n");
  CHECK(node.talk(s, "SELECT 7\r\n") == "-out_of_range DB index is out of range\r\n");
  CHECK(node.talk(s, "AUTH bob wrong\r\n").starts_with("-WRONGPASS "));
}

TEST_CASE("with users a client says who it is before anything else") {
  house node;
  session& s = node.connect();
  CHECK(node.talk(s, "GET b:1\r\n") == "-NOAUTH Authentication required.\r\n");
  CHECK(node.talk(s, "AUTH pw\r\n").starts_with("-WRONGPASS"));  // there is no default user
  CHECK(node.talk(s, "AUTH bob wrong\r\n").starts_with("-WRONGPASS"));
  CHECK(node.talk(s, "AUTH off pw\r\n").starts_with("-WRONGPASS"));
  CHECK(node.talk(s, "AUTH bob pw\r\n") == "+OK\r\n");
  CHECK(node.talk(s, "ACL WHOAMI\r\n") == "$3\r\nbob\r\n");
  CHECK(s.caller().user == "bob");
  CHECK_FALSE(s.caller().administrator);
  CHECK(node.talk(s, "AUTH boss wrong\r\n").starts_with("-WRONGPASS"));
  CHECK(s.caller().user == "bob");
  CHECK(node.talk(s, "AUTH boss pw\r\n") == "+OK\r\n");
  CHECK(s.caller().administrator);
  CHECK(node.talk(s, "RESET\r\n") == "+RESET\r\n");
  CHECK(node.talk(s, "GET b:1\r\n") == "-NOAUTH Authentication required.\r\n");
}

TEST_CASE("commands that rules do not allow are refused by name") {
  house node;
  session& s = node.enter("bob");
  CHECK(node.talk(s, "INCR b:1\r\n") ==
        "-NOPERM this user has no permissions to run the 'incr' command\r\n");
  CHECK(node.talk(s, "CONFIG GET x\r\n") ==
        "-NOPERM this user has no permissions to run the 'config|get' command\r\n");
  CHECK(node.talk(s, "FLUSHALL\r\n").starts_with("-NOPERM"));
  CHECK(node.talk(s, "PING\r\n") == "+PONG\r\n");
  CHECK(node.talk(s, "QUIT\r\n") == "+OK\r\n");
}

TEST_CASE("keys that rules do not allow are refused, whatever the command does to the others") {
  house node;
  session& s = node.enter("bob");
  CHECK(node.talk(s, "SET b:1 x\r\n") == "+OK\r\n");
  CHECK(node.talk(s, "GET b:1\r\n") == "$1\r\nx\r\n");
  CHECK(node.talk(s, "SET z x\r\n") == no_key);
  CHECK(node.talk(s, "GET c:1\r\n") == "$-1\r\n");
  CHECK(node.talk(s, "SET c:1 x\r\n") == no_key);
  CHECK(node.talk(s, "SET w:1 x\r\n") == "+OK\r\n");
  CHECK(node.talk(s, "SET w:1 x GET\r\n") == no_key);
  CHECK(node.talk(s, "GET w:1\r\n") == no_key);
  CHECK(node.talk(s, "STRLEN w:1\r\n") == "+done\r\n");
  CHECK(node.talk(s, "MGET b:1 c:1 z\r\n") == no_key);
  CHECK(node.talk(s, "DEL b:1 z\r\n") == no_key);
  CHECK(node.talk(s, "COPY c:1 b:2\r\n") == "+done\r\n");
  CHECK(node.talk(s, "COPY b:1 c:2\r\n") == no_key);
  CHECK(node.talk(s, "RENAME c:1 b:2\r\n") == no_key);
  CHECK(node.talk(s, "ASO.CALL c:1 m\r\n") == no_key);
  CHECK(node.talk(s, "ASO.GET b:1 CALLBACK b:2\r\n") == "+done\r\n");
  CHECK(node.talk(s, "ASO.GET b:1 CALLBACK z\r\n") == no_key);
  CHECK(node.host.data.size() == 2);
}

TEST_CASE("channels that rules do not allow are refused") {
  house node;
  session& s = node.enter("bob");
  CHECK(node.talk(s, "PUBLISH other x\r\n") == no_channel);
  CHECK(node.talk(s, "PUBLISH ch:1 x\r\n") == ":0\r\n");
  CHECK(node.talk(s, "SUBSCRIBE ch:1 other\r\n") == no_channel);
  CHECK(node.talk(s, "PSUBSCRIBE ch:1*\r\n") == no_channel);
  CHECK(node.talk(s, "PSUBSCRIBE ch:*\r\n").starts_with("*3\r\n$10\r\npsubscribe"));
}

TEST_CASE("ACL LOAD takes effect at once and parts with users that are gone or changed") {
  house node;
  session& boss = node.enter("boss");
  session& bob = node.enter("bob");
  node.host.users_text = "user boss on";
  node.host.users_text += " " + secret + " ~* &* +@all\nuser bob on " + secret + " ~x +get\n";
  CHECK(node.talk(boss, "ACL LOAD\r\n") == "+OK\r\n");
  CHECK_FALSE(bob.must_close());
  CHECK(node.talk(bob, "GET b:1\r\n") == no_key);
  CHECK(node.talk(bob, "SET x 1\r\n").starts_with("-NOPERM"));
  node.host.users_text = "user boss on " + secret + " ~* &* +@all\n";
  CHECK(node.talk(boss, "ACL LOAD\r\n") == "+OK\r\n");
  CHECK(bob.must_close());
  CHECK_FALSE(boss.must_close());
  node.host.users_text = "user boss off\n";
  node.talk(boss, "ACL LOAD\r\n");
  CHECK(boss.must_close());
}

TEST_CASE("a users file with a fault changes nobody") {
  house node;
  session& boss = node.enter("boss");
  node.host.users_text = "user boss on what";
  CHECK(node.talk(boss, "ACL LOAD\r\n") ==
        "-ERR users.acl:1: user boss: rule 'what': there is no rule 'what'\r\n");
  CHECK(node.talk(boss, "ACL WHOAMI\r\n") == "$4\r\nboss\r\n");
}

TEST_CASE("ACL tells of users and categories as Redis does") {
  house node;
  session& s = node.enter("boss");
  CHECK(node.talk(s, "ACL USERS\r\n") == "*3\r\n$3\r\nbob\r\n$4\r\nboss\r\n$3\r\noff\r\n");
  CHECK(node.talk(s, "ACL LIST\r\n").find("user boss on " + secret + " ~* &* +@all") !=
        bytes::npos);
  CHECK(node.talk(s, "ACL GETUSER nobody\r\n") == "$-1\r\n");
  CHECK(node.talk(s, "ACL GETUSER bob\r\n").find("~b:* %R~c:* %W~w:*") != bytes::npos);
  CHECK(node.talk(s, "ACL CAT\r\n").starts_with("*21\r\n$8\r\nkeyspace\r\n"));
  CHECK(node.talk(s, "ACL CAT scripting\r\n").find("aso.put") != bytes::npos);
  CHECK(node.talk(s, "ACL CAT nosuch\r\n") == "-ERR Unknown category 'nosuch'\r\n");
  CHECK(node.talk(s, "ACL GENPASS\r\n") == "$64\r\n" + to_hex(bytes(32, 'Z')) + "\r\n");
  CHECK(node.talk(s, "ACL GENPASS 5\r\n") == "$2\r\n5a\r\n");
  CHECK(node.talk(s, "ACL GENPASS 0\r\n").starts_with("-ERR ACL GENPASS argument must be"));
}

TEST_CASE("ACL DRYRUN tells what a user may do without doing it") {
  house node;
  session& s = node.enter("boss");
  CHECK(node.talk(s, "ACL DRYRUN bob SET b:1 x\r\n") == "+OK\r\n");
  CHECK(node.host.data.empty());
  CHECK(node.talk(s, "ACL DRYRUN bob SET z x\r\n").find("access the 'z' key") != bytes::npos);
  CHECK(node.talk(s, "ACL DRYRUN bob INCR b:1\r\n").find("run the 'incr' command") != bytes::npos);
  CHECK(node.talk(s, "ACL DRYRUN nobody GET x\r\n") == "-ERR User 'nobody' not found\r\n");
  CHECK(node.talk(s, "ACL DRYRUN bob NOSUCH x\r\n") == "-ERR Command 'NOSUCH' not found\r\n");
}

TEST_CASE("a carried command needs the same rights as one that is not") {
  house node;
  session& s = node.enter("bob");
  CHECK(node.talk(s, "COMET WITH ID a SET b:1 x\r\n") == "+OK\r\n");
  CHECK(node.talk(s, "COMET WITH ID a SET z x\r\n") == no_key);
  CHECK(node.talk(s, "COMET WITH ID a INCR b:1\r\n") ==
        "-NOPERM this user has no permissions to run the 'incr' command\r\n");
  CHECK(node.talk(s, "COMET READ z\r\n") == no_key);
  session& boss = node.enter("boss");
  CHECK(node.talk(boss, "ACL DRYRUN bob COMET WITH ID a INCR b:1\r\n") ==
        "$54\r\nThis user has no permissions to run the 'incr' command\r\n");
  CHECK(node.talk(boss, "ACL DRYRUN bob COMET WITH ID a SET b:1 x\r\n") == "+OK\r\n");
}

}  // namespace

TEST_CASE("ACL LOAD parts with who listens to what its new rules do not allow") {
  house node;
  session& boss = node.enter("boss");
  session& channel = node.enter("bob");
  session& pattern = node.enter("bob");
  session& idle = node.enter("bob");
  node.talk(channel, "SUBSCRIBE ch:1\r\n");
  node.talk(pattern, "PSUBSCRIBE ch:*\r\n");
  const bytes the_boss = "user boss on " + secret + " ~* &* +@all\n";
  node.host.users_text = the_boss + "user bob on " + secret + " &ch:* &x +@all\n";
  CHECK(node.talk(boss, "ACL LOAD\r\n") == "+OK\r\n");
  CHECK_FALSE(channel.must_close());
  CHECK_FALSE(pattern.must_close());
  node.host.users_text = the_boss + "user bob on " + secret + " &ch:1 +@all\n";
  CHECK(node.talk(boss, "ACL LOAD\r\n") == "+OK\r\n");
  CHECK_FALSE(channel.must_close());
  CHECK(pattern.must_close());
  node.host.users_text = the_boss + "user bob on " + secret + " &x +@all\n";
  CHECK(node.talk(boss, "ACL LOAD\r\n") == "+OK\r\n");
  CHECK(channel.must_close());
  CHECK_FALSE(idle.must_close());
}

}  // namespace comet::wire::test
