#include "net/wire/session.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/random.hpp"
#include "tests/unit/net/wire/fake_host.hpp"

using namespace comet;
using namespace comet::wire;
using namespace comet::wire::test;
using object::reply;

TEST_CASE("requests of one read are answered in order, straight to the output") {
  fake_node node;
  session& s = node.connect();
  CHECK(node.talk(s, "SET k v\r\nGET k\r\nPING\r\nGET none\r\nDEL k none\r\n") ==
        "+OK\r\n$1\r\nv\r\n+PONG\r\n$-1\r\n:1\r\n");
  CHECK(s.pending() == 0);
  CHECK(s.commands() == 5);
  CHECK(node.context.totals.commands == 5);
  CHECK(node.context.totals.errors == 0);
}

TEST_CASE("the node hears of the keys of a pipeline before its requests, of a lone one not") {
  fake_node node;
  session& s = node.connect();
  const auto get = [](const bytes& key) {
    return "*2\r\n$3\r\nGET\r\n$" + std::to_string(key.size()) + "\r\n" + key + "\r\n";
  };
  node.talk(s, get("alone"));
  CHECK(node.host.expected.empty());
  bytes pipeline;
  std::vector<bytes> keys;
  for (int i = 0; i < 40; ++i) {
    keys.push_back("key" + std::to_string(i));
    pipeline += get(keys.back());
  }
  node.talk(s, pipeline);
  CHECK(node.host.expected == keys);
}

TEST_CASE("answers that come late or out of order leave in the order of the requests") {
  fake_node node;
  session& s = node.connect();
  CHECK(node.talk(s, "PING\r\nGET slow1\r\nPING\r\nGET slow2\r\nGET none\r\nfoo\r\n") ==
        "+PONG\r\n");
  CHECK(s.pending() == 5);
  node.host.finish(1, reply::number(2));
  CHECK(s.output().empty());
  node.host.finish(0, reply::number(1));
  CHECK(fake_node::sent_by(s) ==
        ":1\r\n+PONG\r\n:2\r\n$-1\r\n-ERR unknown command 'foo', with args beginning with: \r\n");
  CHECK(s.pending() == 0);
}

TEST_CASE("any order of answers gives the order of the requests") {
  comet::prng random{11};
  for (int round = 0; round < 200; ++round) {
    fake_node node;
    session& s = node.connect();
    bytes output;
    bytes expected;
    int asked = 0;
    for (int step = 0; step < 200; ++step) {
      if (asked < 100 && random.below(2) == 0) {
        const bytes key = (random.below(3) == 0 ? "fast" : "slow") + std::to_string(asked++);
        node.host.data[key] = key;
        s.feed("GET " + key + "\r\n", node.now);
        expected += "$" + std::to_string(key.size()) + "\r\n" + key + "\r\n";
      } else if (!node.host.waiting.empty()) {
        const std::size_t index = random.below(node.host.waiting.size());
        node.host.finish(index, reply::bulk(node.host.waiting[index].key));
      }
      output += fake_node::sent_by(s);
    }
    while (!node.host.waiting.empty())
      node.host.finish(0, reply::bulk(node.host.waiting[0].key));
    output += fake_node::sent_by(s);
    REQUIRE(output == expected);
  }
}

TEST_CASE("every cut of a stream gives the same replies") {
  const bytes stream =
      "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nv\r\n\r\nv\r\nGET k\r\nclient setname \"a\"\r\n"
      "*2\r\n$6\r\nCLIENT\r\n$7\r\nGETNAME\r\nhello 3\r\nget none\r\n*1\r\n+x\r\n";
  fake_node whole_node;
  session& whole = whole_node.connect();
  const bytes expected = whole_node.talk(whole, stream);
  REQUIRE(expected.ends_with("_\r\n-ERR Protocol error: expected '$', got '+'\r\n"));
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    fake_node node;
    session& s = node.connect();
    const bytes first = node.talk(s, bytes_view{stream}.substr(0, cut));
    REQUIRE(first + node.talk(s, bytes_view{stream}.substr(cut)) == expected);
  }
}

TEST_CASE("a protocol error is told after what came before, and closes") {
  fake_node node;
  session& s = node.connect();
  s.feed("GET slow\r\n*x\r\nPING\r\n", node.now);
  CHECK(s.closing());
  CHECK(!s.must_close());
  CHECK(!s.wants_read());
  node.host.finish(0, reply::null());
  CHECK(!s.must_close());
  CHECK(fake_node::sent_by(s) == "$-1\r\n-ERR Protocol error: invalid multibulk length\r\n");
  CHECK(s.must_close());
  CHECK(node.talk(s, "PING\r\n").empty());
  CHECK(node.context.totals.protocol_errors == 1);
}

TEST_CASE("QUIT closes when everything is answered and sent") {
  fake_node node;
  session& s = node.connect();
  s.feed("GET slow\r\nQUIT\r\nPING\r\n", node.now);
  CHECK(!s.must_close());
  node.host.finish(0, reply::null());
  CHECK(s.output() == "$-1\r\n+OK\r\n");
  s.consume(3);
  CHECK(!s.must_close());
  s.consume(s.output().size());
  CHECK(s.must_close());
}

TEST_CASE("a value over the limit is refused and the connection goes on") {
  session_limits limits;
  limits.parser.bulk_bytes_max = 100;
  fake_node node{"", limits};
  session& s = node.connect();
  CHECK(node.talk(s,
                  "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1000\r\n" + bytes(1'000, 'v') + "\r\nPING\r\n") ==
        "-ERR an argument of 1000 bytes exceeds the limit of 100 bytes\r\n+PONG\r\n");
}

TEST_CASE("too many pending requests stop reading until some are answered") {
  session_limits limits;
  limits.pending_max = 3;
  fake_node node{"", limits};
  session& s = node.connect();
  s.feed("GET slow0\r\nGET slow1\r\nGET slow2\r\nGET slow3\r\nPING\r\n", node.now);
  CHECK(s.pending() == 3);
  CHECK(!s.wants_read());
  CHECK(!s.resumable());
  node.host.finish(0, reply::number(0));
  CHECK(s.wants_read());
  REQUIRE(s.resumable());
  s.feed({}, node.now);
  CHECK(s.pending() == 3);
  while (!node.host.waiting.empty())
    node.host.finish(0, reply::number(1));
  REQUIRE(s.resumable());
  s.feed({}, node.now);
  CHECK(!s.resumable());
  CHECK(fake_node::sent_by(s) == ":0\r\n:1\r\n:1\r\n:1\r\n+PONG\r\n");
}

TEST_CASE("unread output stops execution until it is sent") {
  session_limits limits;
  limits.output_bytes_soft = 1'000;
  fake_node node{"", limits};
  node.host.data["k"] = bytes(600, 'v');
  session& s = node.connect();
  bytes requests;
  for (int i = 0; i < 10; ++i)
    requests += "GET k\r\n";
  s.feed(requests, node.now);
  CHECK(!s.wants_read());
  CHECK(s.output().size() < 2'000);
  std::size_t sent = fake_node::sent_by(s).size();
  while (s.resumable()) {
    s.feed({}, node.now);
    sent += fake_node::sent_by(s).size();
  }
  CHECK(sent == 10 * (600 + 8));
  CHECK(s.wants_read());
}

TEST_CASE("bytes that arrive while a session waits are kept in order") {
  session_limits limits;
  limits.pending_max = 1;
  fake_node node{"", limits};
  session& s = node.connect();
  s.feed("GET slow\r\nPI", node.now);
  s.feed("NG\r\nECHO x\r\n", node.now);
  node.host.finish(0, reply::null());
  REQUIRE(s.resumable());
  s.feed({}, node.now);
  CHECK(fake_node::sent_by(s) == "$-1\r\n+PONG\r\n$1\r\nx\r\n");
}

TEST_CASE("a client that does not read its replies is closed at the hard limit") {
  session_limits limits;
  limits.output_bytes_hard = 10'000;
  fake_node node{"", limits};
  session& s = node.connect();
  s.feed("GET slow1\r\nGET slow2\r\n", node.now);
  node.host.finish(1, reply::bulk(bytes(9'000, 'v')));
  CHECK(!s.must_close());
  node.host.finish(0, reply::bulk(bytes(9'000, 'v')));
  CHECK(s.must_close());
  CHECK(s.output().empty());
  CHECK(node.context.totals.overflows == 1);
}

TEST_CASE("commands that change how replies look wait for earlier requests") {
  fake_node node;
  session& s = node.connect();
  s.feed("GET slow\r\nHELLO 3\r\nGET none\r\n", node.now);
  CHECK(s.pending() == 1);
  CHECK(!s.wants_read());
  node.host.finish(0, reply::null());
  REQUIRE(s.resumable());
  s.feed({}, node.now);
  const bytes output = fake_node::sent_by(s);
  CHECK(output.starts_with("$-1\r\n%7\r\n"));
  CHECK(output.ends_with("_\r\n"));
}

TEST_CASE("a browser that was made to speak to the node is cut off") {
  for (const char* request : {"POST / HTTP/1.1\r\nHost: x\r\n\r\n", "Host: x\r\n"}) {
    fake_node node;
    session& s = node.connect();
    CHECK(node.talk(s, request).empty());
    CHECK(s.must_close());
  }
}

TEST_CASE("without authentication only the handshake is served") {
  fake_node node{"secret"};
  session& s = node.connect();
  CHECK(node.talk(s, "GET k\r\n") == "-NOAUTH Authentication required.\r\n");
  CHECK(node.talk(s, "CLIENT ID\r\n") == "-NOAUTH Authentication required.\r\n");
  CHECK(node.talk(s, "GET\r\n") == "-ERR wrong number of arguments for 'get' command\r\n");
  CHECK(node.talk(s, "AUTH secret\r\nGET k\r\n") == "+OK\r\n$-1\r\n");
  CHECK(s.caller().user.empty());  // the default user
}

TEST_CASE("output is sent in parts of any size") {
  fake_node node;
  session& s = node.connect();
  s.feed("ECHO abcdefghij\r\nPING\r\n", node.now);
  bytes sent;
  while (!s.output().empty()) {
    sent.append(s.output().substr(0, 3));
    s.consume(std::min<std::size_t>(3, s.output().size()));
  }
  CHECK(sent == "$10\r\nabcdefghij\r\n+PONG\r\n");
  CHECK(node.context.totals.bytes_out == sent.size());
  CHECK(node.context.totals.bytes_in == 23);
}

TEST_CASE("a quiet connection gives its memory back") {
  fake_node node;
  node.host.data["k"] = bytes(1'000'000, 'v');
  session& s = node.connect();
  const std::size_t before = s.memory();
  for (int i = 0; i < 500; ++i)
    s.feed("GET slow\r\n", node.now);
  while (!node.host.waiting.empty())
    node.host.finish(node.host.waiting.size() - 1, reply::ok());
  node.talk(s, "GET k\r\n");
  CHECK(s.memory() < before + 100'000);
}

namespace {

/// Of a command that was asked for.
command_figures figures_of(const fake_node& node, bytes_view name) {
  for (auto& one : node.context.counts.used())
    if (one.name == name) return one;
  FAIL("no figures of " << name);
  return {};
}

}  // namespace

TEST_CASE("what a read answers at once is timed by the length of the read") {
  fake_node node;
  session& s = node.connect();
  node.talk(s, "PING\r\nGET k\r\nGET k\r\nNONSENSE\r\nHELLO 9\r\n");
  CHECK(node.context.counts.has_untimed());
  node.context.counts.end_read(std::chrono::microseconds{20});
  CHECK(figures_of(node, "get").took.count() == 2);
  CHECK(figures_of(node, "get").took.sum() == std::chrono::microseconds{40});
  CHECK(figures_of(node, "get").errors == 0);
  CHECK(figures_of(node, "ping").took.count() == 1);
  CHECK(figures_of(node, "unknown").errors == 1);
  CHECK(figures_of(node, "hello").errors == 1);
}

TEST_CASE("what is answered later is timed from its own read, in whatever order answers come") {
  using std::chrono::milliseconds;
  fake_node node;
  session& s = node.connect();
  node.talk(s, "GET slow1\r\n");
  node.now.mono += milliseconds{10};
  node.talk(s, "DEL slow2\r\nSET slow3 v\r\n");
  node.context.now = node.now.mono + milliseconds{5};
  node.host.finish(2, reply::failure(errc::busy, "busy"));
  node.host.finish(0, reply::ok());
  node.context.now += milliseconds{4};
  node.host.finish(0, reply::number(1));
  CHECK(figures_of(node, "get").took.sum() == milliseconds{15});
  CHECK(figures_of(node, "set").took.sum() == milliseconds{5});
  CHECK(figures_of(node, "set").errors == 1);
  CHECK(figures_of(node, "del").took.sum() == milliseconds{9});
  CHECK_FALSE(node.context.counts.has_untimed());
}

TEST_CASE("a request that took longer than slow-request is told with its name, key and id") {
  using std::chrono::milliseconds;
  session_limits limits;
  limits.slow_request = milliseconds{10};
  fake_node node{"", limits};
  session& s = node.connect();
  const bytes long_key = "slow" + bytes(96, 'k');
  node.talk(s, "GET slow1\r\nCOMET WITH ID job-7 SET slow2 secret\r\nGET " + long_key + "\r\n");
  node.context.now = node.now.mono + milliseconds{10};
  node.host.finish(0, reply::ok());
  CHECK(node.host.late.empty());
  node.context.now += milliseconds{1};
  node.host.finish(0, reply::ok());
  node.host.finish(0, reply::ok());
  REQUIRE(node.host.late.size() == 2);
  const auto& first = node.host.late[0];
  CHECK(first.from == s.id());
  CHECK(first.number == 2);
  CHECK(first.command == "set");
  CHECK(first.key == "slow2");
  CHECK(first.request_id == "job-7");
  CHECK(first.took == milliseconds{11});
  const auto& second = node.host.late[1];
  CHECK(second.number == 3);
  CHECK(second.command == "get");
  CHECK(second.key == long_key.substr(0, second.key.size()));
  CHECK(second.key.size() == 40);
  CHECK(second.key_bytes == 100);
  CHECK(second.request_id.empty());
}

TEST_CASE("what COMET WITH carries is counted under its own name, and a bad one as COMET WITH") {
  fake_node node;
  session& s = node.connect();
  node.talk(s, "COMET WITH ID job-7 GET slow1\r\nCOMET WITH ID job-8 PING\r\n");
  node.host.finish(0, reply::failure(errc::busy, "busy"));
  CHECK(figures_of(node, "get").errors == 1);
  CHECK(figures_of(node, "comet|with").errors == 1);
}

TEST_CASE("with slow-request = 0 no request is slow") {
  fake_node node;
  session& s = node.connect();
  node.talk(s, "GET slow1\r\n");
  node.context.now = node.now.mono + std::chrono::hours{1};
  node.host.finish(0, reply::ok());
  CHECK(node.host.late.empty());
}

TEST_CASE("the time of one request that waits alone is kept, then that of many") {
  using std::chrono::milliseconds;
  fake_node node;
  session& s = node.connect();
  for (int i = 1; i <= 40; ++i) {
    node.talk(s, "GET slow\r\n");
    node.now.mono += milliseconds{1};
  }
  node.context.now = node.now.mono;
  while (!node.host.waiting.empty())
    node.host.finish(0, reply::ok());
  CHECK(figures_of(node, "get").took.count() == 40);
  CHECK(figures_of(node, "get").took.sum() == milliseconds{40 * 41 / 2});
}
