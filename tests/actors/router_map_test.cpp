#include <catch2/catch_test_macros.hpp>

#include "router_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

TEST_CASE("a node that dies leaves the map of the others") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  auto& c = net.add_to(a);
  net.pass(15s);
  REQUIRE(a.known() == 2);
  net.end(c);
  net.pass(30s);
  CHECK(a.known() == 1);
  CHECK(b.known() == 1);
  CHECK(a.network.map->find(c.id()) == nullptr);
}

TEST_CASE("a map tells where its node stands, once there are others to measure") {
  router_stage net;
  auto& a = net.add();
  net.pass(10s);
  CHECK_FALSE(a.network.map->place());
  auto& b = net.add_to(a);
  net.pass(15s);
  REQUIRE(a.network.map->place());
  CHECK(b.network.map->place());
  CHECK(a.network.map->place()->height > 0);
}

TEST_CASE("a node that leaves stays in the maps, marked, until its links are down") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  caf::anon_send(b.router, leave_order{});
  net.run();
  CHECK(b.network.map->self_leaves());
  CHECK(b.known() == 1);
  REQUIRE(a.known() == 1);
  CHECK(a.network.map->others()[0].leaves);
  CHECK(a.network.map->holder_of(sha256("any")) == a.id());
  CHECK(b.network.map->holder_of(sha256("any")) == a.id());
  net.pass(30s);
  CHECK(a.known() == 1);
  // It can still hand over what it has.
  b.get(a, "key", 1);
  net.run();
  CHECK(a.commands.size() == 1);
  net.end(b);
  net.run();
  CHECK(a.known() == 0);
}

TEST_CASE("both nodes agree about which of them is the elder") {
  router_stage net;
  auto& a = net.add();
  net.pass(10s);
  auto& b = net.add_to(a);
  auto& c = net.add_to(a);
  net.pass(15s);
  CHECK(b.network.map->find(a.id())->is_elder);
  CHECK_FALSE(a.network.map->find(b.id())->is_elder);
  CHECK(c.network.map->find(b.id())->is_elder != b.network.map->find(c.id())->is_elder);
}

TEST_CASE("the nodes that are known are remembered, seldom") {
  router_stage net;
  auto& a = net.add();
  net.pass(30s);
  CHECK(a.writer->seen().empty());
  auto& b = net.add_to(a);
  net.pass(60s);
  REQUIRE(a.writer->seen().size() == 1);
  CHECK(a.writer->seen()[0].name == "contacts");
  const auto known = decode_contacts(a.writer->seen()[0].value);
  REQUIRE(known.size() == 1);
  CHECK(known[0].id == b.id());
  CHECK(known[0].where == b.address);
}

TEST_CASE("a memory that cannot be kept is told of and tried again") {
  router_stage net;
  auto& a = net.add();
  net.add_to(a);
  net.pass(15s);
  REQUIRE(a.writer->seen().size() == 1);
  caf::anon_send(a.router, remembered{"contacts", error{errc::disk_full, "no space left"}});
  net.pass(15s);
  CHECK(a.logged("no space left"));
  CHECK(a.writer->seen().size() == 2);
}

TEST_CASE("an advertised address of all zeros is the one that the connection comes from") {
  router_stage net;
  auto& a = net.add();
  const auto port = free_port();
  auto& b = net.add_to(a, {.port = port, .advertised = {{"0.0.0.0", port}}});
  REQUIRE(a.known() == 1);
  CHECK(a.network.map->others()[0].address == b.address.text());
}

TEST_CASE("a peer that was started again is seen in the map by its run") {
  router_stage net;
  auto& a = net.add();
  const auto key = signing_key::generate().to_pem();
  auto& b = net.add_to(a, {.key = key});
  const auto before = a.network.map->find(b.id())->run;
  net.end(b);
  net.pass(250ms);
  REQUIRE(b.ended);
  auto& again = net.add_to(a, {.key = key});
  REQUIRE(a.known() == 1);
  CHECK(a.network.map->find(again.id())->run != before);
}

TEST_CASE("two nodes with one identity are found out by a third") {
  router_stage net;
  auto& a = net.add();
  const auto key = signing_key::generate().to_pem();
  net.add_to(a, {.key = key});
  CHECK_FALSE(a.logged("two nodes"));
  net.add_to(a, {.key = key});
  net.pass(5s);
  CHECK(a.count_logged("two nodes have the identity") == 1);
}

TEST_CASE("a node whose process ends is out of the map within seconds") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  net.pass(20s);
  net.end(b);
  net.pass(4s);
  CHECK(a.known() == 0);
}
