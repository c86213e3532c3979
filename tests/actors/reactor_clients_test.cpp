#include <catch2/catch_test_macros.hpp>

#include "reactor_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

TEST_CASE("over the limit of clients the next one is told and closed") {
  node_options options;
  options.limits.clients_max = 2;
  reactor_stage r{options};
  auto a = r.connect();
  const auto b = r.connect();
  const auto c = r.connect();
  CHECK(c.received() == "-ERR max number of clients reached\r\n");
  CHECK(c.at_end());
  CHECK(r.numbers().info.rejected_connections == 1);

  a.close();
  r.stage.run();
  const auto d = r.connect();
  CHECK(r.ask(d, "PING\r\n") == "+PONG\r\n");
}

TEST_CASE("a message reaches the subscribers among the other clients, and the sender its number") {
  reactor_stage r;
  const auto listening = r.connect();
  const auto speaking = r.connect();
  (void)r.ask(listening, "SUBSCRIBE news\r\n");
  CHECK(r.ask(speaking, "PUBLISH news hello\r\n") == ":1\r\n");
  CHECK(listening.received() == "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
}

TEST_CASE("clients are listed in the order they came, and one can end another") {
  reactor_stage r;
  const auto a = r.connect();
  const auto b = r.connect();
  const auto list = r.ask(a, "CLIENT LIST\r\n");
  CHECK(list.find("id=1 ") < list.find("id=2 "));
  CHECK(r.ask(a, "CLIENT KILL ID 2\r\n") == ":1\r\n");
  CHECK(b.at_end());
  CHECK(r.ask(a, "PING\r\n") == "+PONG\r\n");
}

TEST_CASE("a client may end itself and still gets the answer") {
  reactor_stage r;
  const auto a = r.connect();
  CHECK(r.ask(a, "CLIENT KILL ID 1 SKIPME no\r\n") == ":1\r\n");
  CHECK(a.at_end());
}

TEST_CASE("parameters are read and refused as the node's settings say") {
  reactor_stage r;
  const auto client = r.connect();
  CHECK(r.ask(client, "CONFIG GET maxclients\r\n") == "*2\r\n$10\r\nmaxclients\r\n$5\r\n10000\r\n");
  CHECK(r.ask(client, "CONFIG SET port 1\r\n").find("no such parameter") != bytes::npos);
  CHECK(r.executor.limits.empty());
}

TEST_CASE("more pipelined requests than one event may run are all answered") {
  node_options options;
  options.limits.sessions.output_bytes_soft = 1024;
  options.durability = store::durability::none;
  reactor_stage r{options};
  const auto client = r.connect();
  (void)r.ask(client, "SET a " + bytes(900, 'x') + "\r\n");
  bytes requests;
  for (int i = 0; i < 400; ++i)
    requests += "GET a\r\n";
  client.send(requests);
  std::size_t received = 0;
  for (int idle = 0; idle < 3;) {
    r.stage.run();
    const auto more = client.received().size();
    received += more;
    idle = more == 0 ? idle + 1 : 0;
  }
  CHECK(received == 400 * (bytes{"$900\r\n\r\n"}.size() + 900));
}

TEST_CASE("handlers see the client's address and this node as their caller") {
  node_options options;
  options.node_id = "c0ffee";
  reactor_stage r{options};
  const auto client = r.connect();
  (void)r.ask(client, "ASO.PUT k \"return {}\"\r\n");
  const auto batch = r.ordered();
  REQUIRE(batch.items.size() == 1);
  const auto& from = batch.items[0].order.request->from;
  CHECK(from.ip == "127.0.0.1");
  CHECK(from.port != 0);
  CHECK(from.node == "c0ffee");
}
