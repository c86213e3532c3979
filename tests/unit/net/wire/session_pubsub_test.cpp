#include <catch2/catch_test_macros.hpp>

#include "tests/unit/net/wire/fake_host.hpp"

using namespace comet;
using namespace comet::wire;
using namespace comet::wire::test;

TEST_CASE("a RESP2 subscriber gets arrays and may do little else") {
  fake_node node;
  session& s = node.connect();
  session& publisher = node.connect();
  CHECK(node.talk(s, "SUBSCRIBE a b\r\n") ==
        "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n");
  CHECK(node.talk(s, "PSUBSCRIBE a*\r\n") == "*3\r\n$10\r\npsubscribe\r\n$2\r\na*\r\n:3\r\n");
  CHECK(node.talk(publisher, "PUBLISH a x\r\n") == ":2\r\n");
  CHECK(node.host.touched_sessions.size() == 2);
  CHECK(fake_node::sent_by(s) ==
        "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n"
        "*4\r\n$8\r\npmessage\r\n$2\r\na*\r\n$1\r\na\r\n$1\r\nx\r\n");
  CHECK(node.talk(s, "GET k\r\n") ==
        "-ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET "
        "are allowed in this context\r\n");
  CHECK(node.talk(s, "CLIENT ID\r\n").starts_with("-ERR Can't execute 'client|id': only "));
  CHECK(node.talk(s, "PING\r\n") == "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
  CHECK(node.talk(s, "PING x\r\n") == "*2\r\n$4\r\npong\r\n$1\r\nx\r\n");
  CHECK(node.talk(s, "UNSUBSCRIBE\r\n") ==
        "*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:2\r\n"
        "*3\r\n$11\r\nunsubscribe\r\n$1\r\nb\r\n:1\r\n");
  CHECK(node.talk(s, "PUNSUBSCRIBE a*\r\n") == "*3\r\n$12\r\npunsubscribe\r\n$2\r\na*\r\n:0\r\n");
  CHECK(node.talk(s, "GET k\r\n") == "$-1\r\n");
}

TEST_CASE("a RESP3 subscriber gets pushes and may go on") {
  fake_node node;
  session& s = node.connect();
  node.talk(s, "HELLO 3\r\n");
  CHECK(node.talk(s, "SUBSCRIBE a\r\n") == ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
  CHECK(node.talk(s, "GET k\r\n") == "_\r\n");
  CHECK(node.talk(s, "PUBLISH a x\r\n") == ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n:1\r\n");
  CHECK(node.talk(s, "PING\r\n") == "+PONG\r\n");
}

TEST_CASE("a message to oneself stays when replies are off") {
  fake_node node;
  session& s = node.connect();
  node.talk(s, "HELLO 3\r\nSUBSCRIBE a\r\n");
  CHECK(node.talk(s, "CLIENT REPLY OFF\r\nPUBLISH a x\r\n") ==
        ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n");
}

TEST_CASE("a message to oneself over the hard limit closes, replies on or off") {
  session_limits limits;
  limits.output_bytes_hard = 1'000;
  fake_node node{"", limits};
  session& s = node.connect();
  node.talk(s, "HELLO 3\r\nSUBSCRIBE a\r\nCLIENT REPLY OFF\r\n");
  CHECK(node.talk(s, "PUBLISH a " + bytes(2'000, 'x') + "\r\n").empty());
  CHECK(s.must_close());
}

TEST_CASE("leaving what one did not join is confirmed too") {
  fake_node node;
  session& s = node.connect();
  CHECK(node.talk(s, "UNSUBSCRIBE\r\n") == "*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n");
  CHECK(node.talk(s, "PUNSUBSCRIBE x\r\n") == "*3\r\n$12\r\npunsubscribe\r\n$1\r\nx\r\n:0\r\n");
  node.talk(s, "SUBSCRIBE a\r\n");
  CHECK(node.talk(s, "SUBSCRIBE a\r\n") == "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
}

TEST_CASE("SUBSCRIBE and PUBLISH keep their place behind requests that wait") {
  fake_node node;
  session& s = node.connect();
  session& publisher = node.connect();
  s.feed("GET slow\r\nSUBSCRIBE a\r\n", node.now);
  CHECK(node.talk(publisher, "PUBLISH a early\r\n") == ":0\r\n");
  node.host.finish(0, object::reply::null());
  REQUIRE(s.resumable());
  CHECK(node.talk(s, "") == "$-1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
}

TEST_CASE("PUBSUB tells who listens") {
  fake_node node;
  session& s = node.connect();
  session& listener = node.connect();
  node.talk(listener, "SUBSCRIBE news weather\r\nPSUBSCRIBE n*\r\n");
  CHECK(node.talk(s, "PUBSUB CHANNELS n*\r\n") == "*1\r\n$4\r\nnews\r\n");
  CHECK(node.talk(s, "PUBSUB CHANNELS\r\n") == "*2\r\n$4\r\nnews\r\n$7\r\nweather\r\n");
  CHECK(node.talk(s, "PUBSUB NUMSUB news none\r\n") ==
        "*4\r\n$4\r\nnews\r\n:1\r\n$4\r\nnone\r\n:0\r\n");
  CHECK(node.talk(s, "PUBSUB NUMPAT\r\n") == ":1\r\n");
  CHECK(node.talk(s, "PUBSUB CHANNELS a b\r\n") ==
        "-ERR unknown subcommand or wrong number of arguments for 'CHANNELS'. "
        "Try PUBSUB HELP.\r\n");
}

TEST_CASE("a connection that ends leaves its channels") {
  fake_node node;
  node.talk(node.connect(), "SUBSCRIBE a\r\nPSUBSCRIBE b\r\n");
  node.sessions.clear();
  CHECK(node.host.subscriptions.channel_count() == 0);
  CHECK(node.host.subscriptions.patterns() == 0);
}

TEST_CASE("subscriptions of one connection are limited") {
  session_limits limits;
  limits.subscriptions_max = 2;
  fake_node node{"", limits};
  session& s = node.connect();
  const bytes output = node.talk(s, "SUBSCRIBE a b c\r\n");
  CHECK(output.ends_with("-BUSY a connection listens to at most 2 channels and patterns\r\n"));
  CHECK(s.subscription_count() == 2);
  CHECK(node.talk(s, "PSUBSCRIBE " + bytes(2'000, '*') + "\r\n") ==
        "-ERR pattern of 2000 bytes exceeds the limit of 1024 bytes\r\n");
}

TEST_CASE("a subscriber that does not read is closed at the hard limit") {
  session_limits limits;
  limits.output_bytes_hard = 2'000;
  fake_node node{"", limits};
  session& s = node.connect();
  session& publisher = node.connect();
  node.talk(s, "SUBSCRIBE a\r\n");
  for (int i = 0; i < 5; ++i)
    node.talk(publisher, "PUBLISH a " + bytes(500, 'x') + "\r\n");
  CHECK(s.must_close());
  CHECK(s.output().empty());
}

TEST_CASE("messages that a subscriber does not read count as its output, and end it") {
  session_limits limits;
  limits.output_bytes_hard = 10'000;
  fake_node node{"", limits};
  session& slow = node.connect();
  session& publisher = node.connect();
  node.talk(slow, "SUBSCRIBE a\r\n");
  int taken = 0;
  for (; taken < 100 && !slow.must_close(); ++taken)
    node.talk(publisher, "PUBLISH a " + bytes(1'000, 'x') + "\r\n");
  CHECK((taken > 7 && taken < 11));
  CHECK(slow.overflowed());
  CHECK(slow.output().empty());
  CHECK(node.context.totals.overflows == 1);
  CHECK_FALSE(publisher.overflowed());
}

TEST_CASE("a client that is killed has not overflowed") {
  fake_node node;
  session& s = node.connect();
  s.kill();
  CHECK(s.must_close());
  CHECK_FALSE(s.overflowed());
}
