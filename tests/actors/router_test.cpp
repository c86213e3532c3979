#include "actors/router.hpp"

#include <catch2/catch_test_macros.hpp>

#include "loop_client.hpp"
#include "router_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

TEST_CASE("links end in order, and the router with them") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  net.end(b);
  net.pass(1s);
  CHECK(b.ended);
  CHECK_FALSE(a.ended);
}

TEST_CASE("orders that come after the end has begun are answered, too") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  b.get(a, "sent", 1);
  net.run();
  b.asked_to_end = true;
  caf::send_as(b.reactor, b.router, links_end{});
  b.get(a, "late", 2);
  net.run();
  net.pass(3s);
  REQUIRE(b.outcomes.size() == 2);
  CHECK(b.outcomes[0].content.code == errc::uncertain);
  CHECK(b.outcomes[1].content.code == errc::unavailable);
}

TEST_CASE("figures come once a second") {
  router_stage net;
  auto& a = net.add();
  net.add_to(a);
  net.pass(5s);
  CHECK(a.account.contacts == 1);
  CHECK(a.account.links == 1);
  CHECK(a.account.frames_received > 0);
  CHECK(a.account.bytes_sent > 0);
}

TEST_CASE("strangers are told of, but not each of them") {
  router_stage net;
  auto& a = net.add();
  for (int i = 0; i < 5; ++i) {
    const auto stranger = loop_client::to_port(a.address.port);
    net.run();
    stranger.send("GET / HTTP/1.1\r\n\r\n");
    net.run();
  }
  CHECK(a.count_logged("no link with") == 1);
  net.pass(11s);
  const auto stranger = loop_client::to_port(a.address.port);
  net.run();
  stranger.send("GET / HTTP/1.1\r\n\r\n");
  net.run();
  CHECK(a.logged("and 4 more"));
  net.pass(1s);
  CHECK(a.account.strangers_refused == 6);
}

TEST_CASE("the noise of some strangers does not hide that another has a wrong secret") {
  router_stage net;
  auto& a = net.add();
  const auto stranger = loop_client::to_port(a.address.port);
  net.pass(1s);
  stranger.send("GET / HTTP/1.1\r\n\r\n");
  net.pass(1s);
  REQUIRE(a.logged("TLS"));
  CHECK_FALSE(a.logged("secret"));
  net.add({.join = {a.place()}, .secret = "other"});
  net.pass(2s);
  CHECK(a.logged("different network secrets"));
}
