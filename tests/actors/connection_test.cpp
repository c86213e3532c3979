#include "actors/connection.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "connection_stage.hpp"

using namespace comet;
using namespace comet::actors;

namespace {

bytes repeated(bytes_view text, int times) {
  bytes all;
  for (int i = 0; i < times; ++i)
    all += text;
  return all;
}

}  // namespace

TEST_CASE("requests of one read are answered in one go, in order") {
  connection_stage s;
  auto [one, client] = s.open();
  client.send("PING\r\nGET a\r\nECHO x\r\n");
  s.stage.run();
  CHECK(client.received() == "+PONG\r\n$1\r\nv\r\n$1\r\nx\r\n");
  CHECK(s.feeds == 1);
  CHECK(one->quiet());
}

TEST_CASE("a client that does not read is not read from, and goes on when it reads") {
  wire::session_limits limits;
  limits.output_bytes_soft = 64 * 1024;
  connection_stage s{limits};
  s.host.value = bytes(8 * 1024, 'x');
  auto [one, client] = s.open();
  const auto requests = repeated("GET a\r\n", 2'000);  // 16 MB of answers
  std::size_t sent = 0;
  std::size_t before = 1;
  while (sent != before) {  // until nothing moves any more
    before = sent;
    sent += client.offer(bytes_view{requests}.substr(sent));
    s.stage.run();
  }
  CHECK(!one->client().wants_read());
  CHECK(one->client().output().size() < 2 * limits.output_bytes_soft);
  const int feeds = s.feeds;
  s.stage.run();
  CHECK(s.feeds == feeds);

  // Now it reads, and everything it asked for comes.
  std::size_t received = 0;
  const std::size_t answer = bytes{"$8192\r\n\r\n"}.size() + 8 * 1024;
  for (int idle = 0; idle < 3;) {
    sent += client.offer(bytes_view{requests}.substr(sent));
    const auto more = client.received(1 << 20).size();
    received += more;
    idle = more == 0 && sent == requests.size() ? idle + 1 : 0;
    s.stage.run();
    const auto again = std::exchange(s.again, {});
    for (auto* late : again)
      late->settle();
  }
  CHECK(sent == requests.size());
  CHECK(received == 2'000 * answer);
  CHECK(one->quiet());
}

TEST_CASE("a client that never reads is closed at the hard limit of output") {
  wire::session_limits limits;
  limits.output_bytes_soft = 16 * 1024;
  limits.output_bytes_hard = 1024 * 1024;
  connection_stage s{limits};
  s.host.value = bytes(2 * 1024 * 1024, 'x');
  auto [one, client] = s.open();
  client.send("GET a\r\n");
  s.stage.run();
  CHECK(s.closings == 1);
  CHECK(s.shared.totals.overflows == 1);
}

TEST_CASE("an answer that comes later leaves when the connection is settled") {
  connection_stage s;
  auto [one, client] = s.open();
  client.send("DEL a\r\nGET a\r\n");
  s.stage.run();
  CHECK(client.received().empty());
  CHECK(!one->quiet());
  REQUIRE(s.host.waiting.size() == 1);
  one->client().complete_integer(s.host.waiting[0].second, 1);
  one->settle();
  CHECK(client.received() == ":1\r\n$1\r\nv\r\n");
  CHECK(one->quiet());
}

TEST_CASE("a client that ends its sending still gets the answers it waits for") {
  connection_stage s;
  auto [one, client] = s.open();
  client.send("DEL a\r\n");
  client.finish();
  s.stage.run();
  CHECK(s.closings == 0);
  one->client().complete_integer(s.host.waiting[0].second, 1);
  one->settle();
  CHECK(client.received() == ":1\r\n");
  CHECK(s.closings == 1);
}

TEST_CASE("a client that ends with nothing pending is closed at once") {
  connection_stage s;
  auto [one, client] = s.open();
  client.send("PING\r\n");
  client.finish();
  s.stage.run();
  CHECK(client.received() == "+PONG\r\n");
  CHECK(s.closings == 1);
}

TEST_CASE("a reset connection is closed") {
  connection_stage s;
  auto [one, client] = s.open();
  client.close();
  s.stage.run();
  CHECK(s.closings == 1);
}

TEST_CASE("bytes that are not RESP end the connection after the error was sent") {
  connection_stage s;
  auto [one, client] = s.open();
  client.send("*1\r\n!bad\r\n");
  s.stage.run();
  CHECK(client.received().substr(0, 4) == "-ERR");
  CHECK(s.closings == 1);
}

TEST_CASE("while the node stops nothing is read, and what was kept is not run") {
  connection_stage s;
  auto [one, client] = s.open();
  s.stopping = true;
  one->settle();
  client.send("PING\r\n");
  s.stage.run();
  CHECK(s.feeds == 0);
  CHECK(client.received().empty());
}

TEST_CASE("a closed connection ignores the events that were already there") {
  connection_stage s;
  auto [one, client] = s.open();
  client.send("PING\r\n");
  s.stage.loop.handle_internal_events();
  one->close();
  s.stage.run();
  CHECK(s.feeds == 0);
  CHECK(client.received().empty());
  CHECK(s.table.bury());
  CHECK(client.at_end());
}
