#include <catch2/catch_test_macros.hpp>

#include "tests/unit/net/wire/fake_host.hpp"

using namespace comet;
using namespace comet::wire;
using namespace comet::wire::test;

TEST_CASE("a connection has an id and a name") {
  fake_node node;
  session& s = node.connect();
  CHECK(node.talk(s, "CLIENT ID\r\nCLIENT GETNAME\r\n") == ":1\r\n$-1\r\n");
  CHECK(node.talk(s, "CLIENT SETNAME me\r\nCLIENT GETNAME\r\n") == "+OK\r\n$2\r\nme\r\n");
  CHECK(node.talk(s, "CLIENT SETNAME \"a b\"\r\nCLIENT GETNAME\r\n") ==
        "-ERR Client names cannot contain spaces, newlines or special characters.\r\n"
        "$2\r\nme\r\n");
  CHECK(node.talk(s, "CLIENT SETNAME \"\"\r\nCLIENT GETNAME\r\n") == "+OK\r\n$-1\r\n");
}

TEST_CASE("CLIENT INFO and LIST describe connections in the form of Redis") {
  fake_node node;
  session& s = node.connect();
  node.talk(s,
            "CLIENT SETNAME me\r\nCLIENT SETINFO LIB-NAME redis-py\r\n"
            "CLIENT SETINFO lib-ver 5.0\r\n");
  node.now.mono += std::chrono::seconds{7};
  const bytes line = s.description(node.now);
  CHECK(
      line.starts_with("id=1 addr=10.0.0.1:40001 laddr=10.0.0.9:6379 fd=-1 name=me age=7 idle=7 "
                       "flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 qbuf=0 "));
  CHECK(
      line.ends_with(" cmd=client|setinfo user=default redir=-1 resp=2 lib-name=redis-py "
                     "lib-ver=5.0"));
  session& other = node.connect();
  CHECK(other.description(node.now).find(" cmd=NULL ") != bytes::npos);
  const bytes list = node.talk(s, "CLIENT LIST\r\n");
  CHECK(list.find("id=1 ") < list.find("id=2 "));
  CHECK(node.talk(s, "CLIENT INFO\r\n").find("cmd=client|info") != bytes::npos);
}

TEST_CASE("CLIENT LIST filters by type and id") {
  fake_node node;
  session& s = node.connect();
  session& listener = node.connect();
  node.talk(listener, "SUBSCRIBE c\r\n");
  const auto list = [&](const bytes& filter) {
    return node.talk(s, "CLIENT LIST " + filter + "\r\n");
  };
  CHECK(list("TYPE pubsub").find("id=2 ") != bytes::npos);
  CHECK(list("TYPE pubsub").find("id=1 ") == bytes::npos);
  CHECK(list("TYPE replica") == "$0\r\n\r\n");
  CHECK(list("ID 2 9").find("id=1 ") == bytes::npos);
  CHECK(list("TYPE x") == "-ERR Unknown client type 'x'\r\n");
  CHECK(list("ID x") == "-ERR Invalid client ID\r\n");
  CHECK(list("foo") == "-ERR syntax error\r\n");
}

TEST_CASE("CLIENT KILL closes the connections that its filters match") {
  fake_node node;
  session& s = node.connect();
  session& second = node.connect();
  session& third = node.connect();
  CHECK(node.talk(s, "CLIENT KILL 10.0.0.1:40002\r\n") == "+OK\r\n");
  CHECK(second.must_close());
  CHECK(node.host.touched_sessions == std::vector<session*>{&second});
  CHECK(node.talk(s, "CLIENT KILL 10.0.0.1:40002\r\n") == "-ERR No such client\r\n");
  CHECK(node.talk(s,
                  "CLIENT KILL ID 3 ADDR 10.0.0.1:40003 LADDR 10.0.0.9:6379 USER default TYPE "
                  "normal\r\n") == ":1\r\n");
  CHECK(third.must_close());
  CHECK(node.talk(s, "CLIENT KILL TYPE normal\r\n") == ":0\r\n");
  CHECK(!s.closing());
  CHECK(node.talk(s, "CLIENT KILL SKIPME no\r\n") == ":1\r\n");
  CHECK(s.must_close());
}

TEST_CASE("CLIENT KILL refuses what it does not know") {
  fake_node node;
  session& s = node.connect();
  const auto kill = [&](const bytes& filter) {
    return node.talk(s, "CLIENT KILL " + filter + "\r\n");
  };
  CHECK(kill("ID x") == "-ERR client-id should be greater than 0\r\n");
  CHECK(kill("ID 0") == "-ERR client-id should be greater than 0\r\n");
  CHECK(kill("TYPE foo") == "-ERR Unknown client type 'foo'\r\n");
  CHECK(kill("SKIPME x") == "-ERR syntax error\r\n");
  CHECK(kill("foo bar") == "-ERR syntax error\r\n");
  CHECK(kill("ID 1 foo") == "-ERR syntax error\r\n");
  CHECK(!s.closing());
}

TEST_CASE("CLIENT REPLY drops replies, of objects that answer late too") {
  fake_node node;
  session& s = node.connect();
  CHECK(node.talk(s, "CLIENT REPLY OFF\r\nPING\r\nGET k\r\nCLIENT REPLY ON\r\nPING\r\n") ==
        "+OK\r\n+PONG\r\n");
  CHECK(node.talk(s, "CLIENT REPLY SKIP\r\nGET slow\r\nPING\r\n").empty());
  node.host.finish(0, object::reply::ok());
  REQUIRE(s.resumable());
  CHECK(node.talk(s, "") == "+PONG\r\n");
  CHECK(node.talk(s, "CLIENT REPLY OFF\r\nGET slow1\r\nGET slow2\r\nCLIENT REPLY ON\r\n").empty());
  node.host.finish(1, object::reply::ok());
  node.host.finish(0, object::reply::ok());
  CHECK(node.talk(s, "") == "+OK\r\n");
  CHECK(node.talk(s, "CLIENT REPLY OFF\r\nCLIENT REPLY SKIP\r\nPING\r\n").empty());
  CHECK(node.talk(s, "CLIENT REPLY ON\r\nCLIENT REPLY foo\r\n") == "+OK\r\n-ERR syntax error\r\n");
}

TEST_CASE("settings without effect are checked and accepted") {
  fake_node node;
  session& s = node.connect();
  CHECK(node.talk(s, "CLIENT NO-EVICT on\r\nCLIENT NO-TOUCH OFF\r\n") == "+OK\r\n+OK\r\n");
  CHECK(node.talk(s, "CLIENT NO-EVICT x\r\n") == "-ERR syntax error\r\n");
  CHECK(node.talk(s, "CLIENT SETINFO foo x\r\n") == "-ERR Unrecognized option 'foo'\r\n");
  CHECK(node.talk(s, "CLIENT SETINFO LIB-VER \"a b\"\r\n") ==
        "-ERR lib-ver cannot contain spaces, newlines or special characters.\r\n");
}
