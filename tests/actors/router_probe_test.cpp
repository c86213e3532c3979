#include <catch2/catch_test_macros.hpp>

#include "raw_peer.hpp"
#include "router_stage.hpp"

using namespace std::chrono_literals;

namespace comet::actors {

namespace {

/// A port of this machine at which nobody listens.
wire::endpoint nowhere() {
  auto socket = listening_socket::open({"127.0.0.1", 0});
  REQUIRE(socket.ok());
  return socket->local();
}

}  // namespace

TEST_CASE("a node that others reach where it says is told of nothing") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add({.join = {a.place()}});
  net.pass(120s);
  CHECK_FALSE(a.account.unreachable);
  CHECK_FALSE(b.account.unreachable);
  CHECK_FALSE(a.logged("cannot reach"));
  CHECK_FALSE(b.logged("cannot reach"));
  CHECK(a.account.strangers_refused == 0);
  CHECK(b.account.strangers_refused == 0);
  CHECK(a.account.links == 1);
}

TEST_CASE("a node that nobody can dial is told so once, with the address and what to do") {
  router_stage net;
  auto& a = net.add();
  const auto wrong = nowhere();
  auto& b = net.add({.join = {a.place()}, .advertised = {wrong}});
  net.pass(30s);
  REQUIRE(b.account.unreachable);
  CHECK(b.account.unreachable->find(wrong.text()) != bytes::npos);
  CHECK(b.account.unreachable->find("`advertise`") != bytes::npos);
  net.pass(300s);
  CHECK(b.count_logged("cannot reach this node") == 1);
  CHECK_FALSE(a.account.unreachable);
}

TEST_CASE("a node whose address leads to another node is not found there") {
  router_stage net;
  auto& a = net.add();
  auto& other = net.add({.join = {a.place()}});
  auto& b = net.add({.join = {a.place()}, .advertised = {other.address}});
  net.pass(60s);
  REQUIRE(b.account.unreachable);
  CHECK(b.account.unreachable->find(to_hex(as_bytes(other.id()))) != bytes::npos);
}

TEST_CASE("what one peer says is not believed while others find the node") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add({.join = {a.place()}});
  net.pass(20s);
  raw_peer liar(net, b);  // answers nothing, so its word is never had
  net.pass(700s);
  CHECK_FALSE(b.account.unreachable);
}

TEST_CASE("a peer is dialed back at the address of its hello, once a minute") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a, {nowhere()});
  REQUIRE(peer.up);
  for (std::uint64_t i = 1; i <= 3; ++i)
    REQUIRE(peer.table.send(a.id(), i, wire::probe{}).ok());
  peer.run();
  CHECK(peer.outcomes == std::vector{wire::probe_outcome::not_tried, wire::probe_outcome::not_tried,
                                     wire::probe_outcome::not_found});
  net.pass(20s);
  REQUIRE(peer.table.send(a.id(), 4, wire::probe{}).ok());
  peer.run();
  CHECK(peer.outcomes.back() == wire::probe_outcome::not_tried);
}

TEST_CASE("a peer that told no address is not dialed") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a);
  REQUIRE(peer.table.send(a.id(), 1, wire::probe{}).ok());
  peer.run();
  CHECK(peer.outcomes == std::vector{wire::probe_outcome::not_tried});
}

TEST_CASE("an answer to a probe that was not asked is ignored") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a);
  const wire::probed lie{wire::probe_outcome::not_found, {"192.0.2.1", 1}, "a lie"};
  for (std::uint64_t i = 0; i < 50; ++i)
    REQUIRE(peer.table.send(a.id(), 1'000 + i, lie).ok());
  peer.run();
  net.pass(2s);
  CHECK_FALSE(a.account.unreachable);
}

}  // namespace comet::actors
