#include <catch2/catch_test_macros.hpp>

#include "tests/unit/lab/world_probe.hpp"

using namespace comet;
using namespace comet::lab;
using namespace comet::lab::test;

TEST_CASE("requests of a pipeline are answered in their order") {
  const auto net = nodes(3);
  const auto who = at(*net, 1);
  std::vector<ticket> asked;
  for (int i = 0; i < 20; ++i) {
    const auto sent = net->send(who, {"INCR", "key" + std::to_string(i % 3)});
    REQUIRE(sent.ok());
    asked.push_back(*sent);
  }
  for (int i = 0; i < 20; ++i)
    CHECK(net->wait(asked[static_cast<std::size_t>(i)]).integer == i / 3 + 1);
}

TEST_CASE("a client that says QUIT is closed, and closing it twice is an error") {
  const auto net = nodes(1);
  const auto who = at(*net, 1);
  CHECK(ask(*net, who, {"QUIT"}).text == "OK");
  CHECK(ask(*net, who, {"PING"}).text == "PONG");  // it connects again
  REQUIRE(net->close(who).ok());
  CHECK(net->close(who).failure().code == errc::not_found);
}

TEST_CASE("INFO and CLIENT LIST tell of the node of the laboratory") {
  const auto net = nodes(1);
  const auto who = at(*net, 1);
  CHECK(ask(*net, who, {"INFO"}).text.find("laboratory") != bytes::npos);
  CHECK(ask(*net, who, {"CLIENT", "LIST"}).text.find("addr=127.0.0.1:") != bytes::npos);
  CHECK(ask(*net, who, {"CONFIG", "SET", "maxmemory", "1"}).failed());
}
