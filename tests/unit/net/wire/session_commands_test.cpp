#include <catch2/catch_test_macros.hpp>

#include "net/wire/asked_options.hpp"
#include "tests/unit/net/wire/fake_host.hpp"

using namespace comet;
using namespace comet::wire;
using namespace comet::wire::test;

namespace {

const bytes hello3 =
    "%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n:3\r\n"
    "$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n"
    "$7\r\nmodules\r\n*0\r\n";

}  // namespace

TEST_CASE("PING, ECHO, TIME, SELECT and WAIT answer as Redis does") {
  fake_node node;
  session& s = node.connect();
  CHECK(node.talk(s, "PING\r\nPING x\r\nECHO y\r\n") == "+PONG\r\n$1\r\nx\r\n$1\r\ny\r\n");
  CHECK(node.talk(s, "PING a b\r\n") == "-ERR wrong number of arguments for 'ping' command\r\n");
  CHECK(node.talk(s, "TIME\r\n") == "*2\r\n$10\r\n1700000000\r\n$6\r\n123000\r\n");
  CHECK(node.talk(s, "SELECT 0\r\nSELECT 1\r\nSELECT x\r\n") ==
        "+OK\r\n-ERR DB index is out of range\r\n"
        "-ERR value is not an integer or out of range\r\n");
  CHECK(node.talk(s, "WAIT 1 0\r\nWAIT x 0\r\nWAIT 1 x\r\nWAIT 1 -1\r\n") ==
        ":0\r\n-ERR value is not an integer or out of range\r\n"
        "-ERR timeout is not an integer or out of range\r\n-ERR timeout is negative\r\n");
}

TEST_CASE("HELLO switches the protocol and tells what the node is") {
  fake_node node;
  session& s = node.connect();
  CHECK(node.talk(s, "HELLO 3 SETNAME me\r\n") == hello3);
  CHECK(s.name() == "me");
  CHECK(s.speaks() == protocol::resp3);
  CHECK(node.talk(s, "HELLO\r\n") == hello3);
  CHECK(node.talk(s, "HELLO 2\r\n").starts_with("*14\r\n"));
}

TEST_CASE("HELLO refuses what Redis refuses, and changes nothing then") {
  fake_node node;
  session& s = node.connect();
  CHECK(node.talk(s, "HELLO 4\r\n") == "-NOPROTO unsupported protocol version\r\n");
  CHECK(node.talk(s, "HELLO x\r\n") ==
        "-ERR Protocol version is not an integer or out of range\r\n");
  CHECK(node.talk(s, "HELLO 3 foo\r\n") == "-ERR Syntax error in HELLO option 'foo'\r\n");
  CHECK(node.talk(s, "HELLO 3 AUTH a\r\n") == "-ERR Syntax error in HELLO option 'AUTH'\r\n");
  CHECK(node.talk(s, "HELLO 3 AUTH a b\r\n") ==
        "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
  CHECK(node.talk(s, "HELLO 3 SETNAME \"a b\"\r\n") ==
        "-ERR Client names cannot contain spaces, newlines or special characters.\r\n");
  CHECK(s.speaks() == protocol::resp2);
  CHECK(s.name().empty());
}

TEST_CASE("with a password HELLO needs it and AUTH checks it") {
  fake_node node{"secret"};
  session& s = node.connect();
  CHECK(node.talk(s, "HELLO 3\r\n").starts_with("-NOAUTH HELLO must be called with the client "));
  CHECK(node.talk(s, "AUTH wrong\r\n") ==
        "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
  CHECK(node.talk(s, "AUTH a b c\r\n") == "-ERR syntax error\r\n");
  CHECK(node.talk(s, "AUTH other secret\r\n").starts_with("-WRONGPASS"));
  CHECK(node.talk(s, "HELLO 3 AUTH default secret\r\n") == hello3);
  CHECK(node.talk(s, "PING\r\n") == "+PONG\r\n");
}

TEST_CASE("without a password AUTH explains itself") {
  fake_node node;
  session& s = node.connect();
  CHECK(node.talk(s, "AUTH x\r\n") ==
        "-ERR AUTH <password> called without any password configured for the default user. Are "
        "you sure your configuration is correct?\r\n");
  CHECK(node.talk(s, "AUTH default x\r\n") == "+OK\r\n");
}

TEST_CASE("RESET makes a connection as it was at its start") {
  fake_node node{"secret"};
  session& s = node.connect();
  node.talk(s, "HELLO 3 AUTH default secret SETNAME me\r\nSUBSCRIBE c\r\n");
  CHECK(node.talk(s, "RESET\r\n") == "+RESET\r\n");
  CHECK(s.speaks() == protocol::resp2);
  CHECK(s.name().empty());
  CHECK(s.caller().user.empty());
  CHECK(s.subscription_count() == 0);
  CHECK(node.host.subscriptions.channel_count() == 0);
  CHECK(node.talk(s, "GET k\r\n") == "-NOAUTH Authentication required.\r\n");
}

TEST_CASE("INFO gives the sections asked for") {
  fake_node node;
  session& s = node.connect();
  CHECK(node.talk(s, "INFO cluster\r\n") == "$30\r\n# Cluster\r\ncluster_enabled:0\r\n\r\n");
  CHECK(node.talk(s, "INFO nothing\r\n") == "$0\r\n\r\n");
  CHECK(node.talk(s, "INFO\r\n").find("comet_version:0.1.0") != bytes::npos);
  node.talk(s, "HELLO 3\r\n");
  CHECK(node.talk(s, "INFO cluster\r\n") == "=34\r\ntxt:# Cluster\r\ncluster_enabled:0\r\n\r\n");
}

TEST_CASE("CONFIG reads and writes what the host lets it") {
  fake_node node;
  session& s = node.connect();
  CHECK(node.talk(s, "CONFIG GET max* *clients\r\n") ==
        "*2\r\n$10\r\nmaxclients\r\n$5\r\n10000\r\n");
  CHECK(node.talk(s, "CONFIG GET nothing\r\n") == "*0\r\n");
  CHECK(node.talk(s, "CONFIG SET maxclients 5\r\n") == "+OK\r\n");
  CHECK(node.host.settings["maxclients"] == "5");
  CHECK(node.talk(s, "CONFIG SET foo bar\r\n") ==
        "-ERR Unknown option or number of arguments for CONFIG SET - 'foo'\r\n");
  CHECK(node.talk(s, "CONFIG SET foo bar foo\r\n") == "-ERR syntax error\r\n");
  CHECK(node.talk(s, "CONFIG SET a 1 A 2\r\n") ==
        "-ERR CONFIG SET failed (possibly related to argument 'A') - duplicate parameter\r\n");
  CHECK(node.talk(s, "CONFIG RESETSTAT\r\n") == "+OK\r\n");
  CHECK(node.host.resets == 1);
  CHECK(node.talk(s, "CONFIG\r\n") == "-ERR wrong number of arguments for 'config' command\r\n");
}

TEST_CASE("COMMAND and the HELP of containers answer from the table") {
  fake_node node;
  session& s = node.connect();
  CHECK(node.talk(s, "COMMAND COUNT\r\n") == ":" + std::to_string(all_commands().size()) + "\r\n");
  CHECK(node.talk(s, "COMMAND GETKEYS mget a b\r\n") == "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  for (const char* container : {"CLIENT", "COMMAND", "CONFIG", "OBJECT", "PUBSUB"})
    CHECK(node.talk(s, bytes{container} + " HELP\r\n")
              .find("+" + bytes{container} + " <subcommand>") != bytes::npos);
  CHECK(node.talk(s, "COMMAND foo\r\n") == "-ERR unknown subcommand 'foo'. Try COMMAND HELP.\r\n");
}

TEST_CASE("every session command answers something") {
  fake_node node;
  node.host.users_text = "user default on nopass ~* &* +@all";  // of ACL LOAD
  session& s = node.connect();
  const auto exchange = [&](const command_row& row, const command_row* container) {
    if (row.own == session_command::none || row.own == session_command::quit) return;
    bytes line = container == nullptr ? "" : bytes{container->name} + " ";
    line += row.name;
    int words = container == nullptr ? 1 : 2;
    for (; words < std::abs(row.arity); ++words)
      line += " 0";
    CAPTURE(line);
    CHECK(!node.talk(s, line + "\r\n").empty());
    node.talk(s, "RESET\r\n");
  };
  for (const command_row* row : all_commands()) {
    exchange(*row, nullptr);
    for (const command_row& sub : row->subcommands)
      exchange(sub, row);
  }
}

TEST_CASE("WAIT asks for the key that was written last, where there are replicas to wait for") {
  fake_node node;
  node.context.tracks_writes = true;
  session& s = node.connect();
  CHECK(node.talk(s, "WAIT 1 0\r\n") == ":0\r\n");  // nothing was written
  node.talk(s, "SET slow1 v\r\n");
  node.host.finish(0, object::reply::ok());
  CHECK(node.sent_by(s) == "+OK\r\n");
  node.talk(s, "GET other\r\n");
  CHECK(node.talk(s, "WAIT 2 500\r\n").empty());
  REQUIRE(node.host.waiting.size() == 1);
  CHECK(node.host.waiting[0].key == "slow1");
  node.host.finish(0, object::reply::number(1));
  CHECK(node.sent_by(s) == ":1\r\n");
  node.talk(s, "COMET WITH ID a MSET a 1 slow2 2\r\nCOMET WITH QUORUM all MSET a 1 slow2 2\r\n");
  CHECK(node.talk(s, "WAIT 1 x\r\n").starts_with("-ERR timeout"));
  CHECK(node.talk(s, "WAIT 1 0\r\n").empty());
  CHECK(node.host.waiting[0].key == "slow2");
}

TEST_CASE("after READONLY plain reads may be answered from a copy, until READWRITE or RESET") {
  fake_node node;
  session& s = node.connect();
  node.talk(s, "GET k\r\n");
  CHECK_FALSE(node.host.asked);
  CHECK(node.talk(s, "READONLY\r\nGET k\r\n") == "+OK\r\n$-1\r\n");
  REQUIRE(node.host.asked);
  CHECK(node.host.asked->stale_max == readonly_stale_max);
  CHECK(s.description(node.now).find("flags=r ") != bytes::npos);
  node.talk(s, "MGET k l\r\n");
  CHECK(node.host.asked);
  node.talk(s, "SET k v\r\n");
  CHECK_FALSE(node.host.asked);
  node.talk(s, "ASO.GET k\r\n");
  CHECK_FALSE(node.host.asked);
  node.talk(s, "COMET WITH STALE 5 GET k\r\n");
  CHECK(node.host.asked->stale_max == std::chrono::milliseconds{5});
  CHECK(node.talk(s, "READWRITE\r\nGET k\r\n") == "+OK\r\n$1\r\nv\r\n");
  CHECK_FALSE(node.host.asked);
  node.talk(s, "READONLY\r\nRESET\r\nGET k\r\n");
  CHECK_FALSE(node.host.asked);
}

TEST_CASE("COMET TOP tells the busiest objects, by fuel and ten of them unless asked otherwise") {
  using object::work_measure;
  fake_node node;
  session& s = node.connect();
  const bytes told =
      "*1\r\n*6\r\n$3\r\nkey\r\n$4\r\nbusy\r\n$5\r\nvalue\r\n:7\r\n$5\r\nerror\r\n:2\r\n";
  CHECK(node.talk(s, "COMET TOP\r\n") == told);
  CHECK(node.host.asked_top == std::pair{work_measure::fuel, std::size_t{10}});
  CHECK(node.talk(s, "comet top count 100 BY Mailbox\r\n") == told);
  CHECK(node.host.asked_top == std::pair{work_measure::mailbox, std::size_t{100}});
  node.talk(s, "COMET TOP BY bytes\r\n");
  CHECK(node.host.asked_top.first == work_measure::state_bytes);
}

TEST_CASE("COMET TOP refuses what it does not know") {
  fake_node node;
  session& s = node.connect();
  for (const char* words : {"BY", "BY keys", "COUNT", "LEAST 3", "BY fuel COUNT"})
    CHECK(node.talk(s, "COMET TOP " + bytes{words} + "\r\n") == "-ERR syntax error\r\n");
  CHECK(node.talk(s, "COMET TOP COUNT 0\r\n") == "-ERR COUNT has to be 1 to 100\r\n");
  CHECK(node.talk(s, "COMET TOP COUNT 101\r\n") == "-ERR COUNT has to be 1 to 100\r\n");
  CHECK(node.talk(s, "COMET TOP COUNT x\r\n") ==
        "-ERR value is not an integer or out of range\r\n");
}
