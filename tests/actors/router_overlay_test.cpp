#include <catch2/catch_test_macros.hpp>

#include "raw_peer.hpp"
#include "router_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

TEST_CASE("a clock that is far off is told of, once") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a, {.clock_error = 5s});
  net.pass(60s);
  CHECK(a.count_logged("is 5000 ms ahead") == 1);
  CHECK(b.count_logged("is 5000 ms behind") == 1);
  CHECK(a.account.clocks_apart == 1);
  CHECK(b.account.clocks_apart == 1);
}

TEST_CASE("clocks that differ little are no matter") {
  router_stage net;
  auto& a = net.add();
  net.add_to(a, {.clock_error = 1s});
  net.pass(60s);
  CHECK_FALSE(a.logged("clock"));
  CHECK(a.account.clocks_apart == 0);
}

TEST_CASE("requests of the overlay are answered by the frame that belongs to each") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a);
  REQUIRE(peer.up);
  REQUIRE(peer.table.send(a.id(), 11, wire::ping{}).ok());
  REQUIRE(peer.table.send(a.id(), 12, wire::find_node{sha256("x"), 20}).ok());
  REQUIRE(peer.table.send(a.id(), 13, wire::announce{}).ok());
  REQUIRE(peer.table.send(a.id(), 14, wire::leave{}).ok());
  peer.run();
  CHECK(peer.heard == "pong11 contacts12 pong13 pong14 ");
}

TEST_CASE("a request that nobody answers is counted when its time is over") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a, {{"192.0.2.9", 7400}});
  REQUIRE(peer.table.send(a.id(), 1, wire::announce{{{"192.0.2.9", 7400}}, {}}).ok());
  peer.run();
  net.pass(20s);
  CHECK(peer.heard.find("ping") != bytes::npos);
  CHECK(a.account.requests_timed_out > 0);
}

TEST_CASE("answers that nobody asked for are ignored") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a);
  for (std::uint64_t request = 0; request < 5; ++request) {
    REQUIRE(peer.table.send(a.id(), request, wire::pong{}).ok());
    REQUIRE(peer.table.send(a.id(), request, wire::contacts{}).ok());
    REQUIRE(peer.table.send(a.id(), request, wire::reply{}).ok());
    if (request != 0)
      REQUIRE(peer.table.send(a.id(), request, wire::refusal{{errc::busy, "no"}}).ok());
  }
  peer.run();
  CHECK(peer.up);
  CHECK(a.outcomes.empty());
  CHECK(a.known() == 0);
}

TEST_CASE("a command that this build cannot read is refused, and the link goes on") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a);
  wire::forward f;
  f.what.what = object::op::mset;  // without keys
  REQUIRE(peer.table.send(a.id(), 5, f).ok());
  peer.run();
  CHECK(peer.heard == "error5 ");
  REQUIRE(peer.refusal);
  CHECK(peer.refusal->code == errc::protocol);
  CHECK(peer.up);
  CHECK(a.commands.empty());
}

TEST_CASE("a peer gets busy when too many of its commands have no answer yet") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a);
  wire::forward f;
  const bytes value(std::size_t{1} << 20U, 'v');
  f.what.value = value;
  const auto most = router::arrived_bytes_max / value.size();
  for (std::uint64_t i = 1; i <= most + 5; ++i) {
    while (!peer.table.send(a.id(), i, f).ok()) {
      net.pass(router::tick_pause);  // what may be received a second is bounded
      peer.run();
    }
  }
  peer.run();
  net.pass(1s);
  peer.run();
  REQUIRE(peer.refusal);
  CHECK(peer.refusal->code == errc::busy);
  CHECK(a.commands.size() <= most);
  a.answer_all();
  peer.run();
  REQUIRE(peer.table.send(a.id(), 1'000, f).ok());
  peer.run();
  CHECK(a.commands.size() == 1);
}

TEST_CASE("a node without an address is a peer and no member") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a);
  REQUIRE(peer.table.send(a.id(), 1, wire::announce{}).ok());
  peer.run();
  net.pass(10s);
  CHECK(peer.heard == "pong1 ");
  CHECK(a.known() == 0);
}
