#include <catch2/catch_test_macros.hpp>

#include "router_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

TEST_CASE("a node that was told of nobody is the first of its network at once") {
  router_stage net;
  auto& a = net.add();
  CHECK(a.has_joined());
  CHECK(a.known() == 0);
  CHECK(a.network.map->holder_of(sha256("x")) == a.id());
  CHECK(a.logged("as its first node"));
}

TEST_CASE("a node joins through another, and both know each other") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  CHECK(b.has_joined());
  REQUIRE(b.known() == 1);
  CHECK(b.network.map->others()[0].id == a.id());
  CHECK(b.network.map->others()[0].address == a.address.text());
  REQUIRE(a.known() == 1);
  CHECK(a.network.map->others()[0].id == b.id());
  CHECK(b.logged("has joined its network"));
}

TEST_CASE("a node that joins through one finds all the others") {
  router_stage net;
  auto& a = net.add();
  for (int i = 0; i < 3; ++i)
    net.add_to(a);
  net.pass(30s);
  for (const auto& one : net.nodes)
    CHECK(one->known() == 3);
}

TEST_CASE("a node whose network does not answer says so once, goes on trying, and joins later") {
  router_stage net;
  const auto port = free_port();
  auto& b = net.add({.join = {{"127.0.0.1", port}}});
  net.pass(20s);
  CHECK_FALSE(b.has_joined());
  REQUIRE(b.network.joining);
  CHECK(b.network.joining->find("127.0.0.1:" + std::to_string(port)) != bytes::npos);
  CHECK(b.count_logged("cannot join through") == 1);
  auto& a = net.add({.port = port});
  net.pass(20s);
  CHECK(b.has_joined());
  CHECK(a.known() == 1);
}

TEST_CASE("a node of another secret is not let in, is told what is wrong, and goes on trying") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add({.join = {a.place()}, .secret = "other"});
  net.pass(10s);
  CHECK_FALSE(b.has_joined());
  CHECK(b.network.joining->find("secret") != bytes::npos);
  CHECK(b.count_logged("secret") == 1);
  CHECK(a.logged("secret"));
  CHECK(a.known() == 0);
  CHECK(a.account.strangers_refused > 1);
}

TEST_CASE("a node that was told of itself only is the first; of itself and another, joins that") {
  router_stage net;
  const auto port = free_port();
  auto& a = net.add({.join = {{"127.0.0.1", port}}, .port = port});
  net.pass(1s);
  CHECK(a.has_joined());
  CHECK_FALSE(a.logged("cannot join"));
  const auto other = free_port();
  auto& b = net.add({.join = {{"127.0.0.1", other}, a.place()}, .port = other});
  net.pass(2s);
  CHECK(b.known() == 1);
  CHECK(a.known() == 1);
}

TEST_CASE("a copy of a node's data directory is found out") {
  router_stage net;
  auto& a = net.add();
  const auto key = a.key.to_pem();
  auto& copy = net.add({.join = {a.place()}, .key = key});
  net.pass(5s);
  CHECK_FALSE(copy.has_joined());
  CHECK(copy.count_logged("copy of the other's data directory") == 1);
  CHECK(a.logged("copy of the other's data directory"));
}

TEST_CASE("a node joins through those that it remembers") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add({.remembered = {{a.id(), a.address}}});
  net.pass(2s);
  CHECK(b.has_joined());
  CHECK(b.known() == 1);
}

TEST_CASE("a node whose memory does not answer is the first after a while, and joins them later") {
  router_stage net;
  const auto port = free_port();
  const auto key = signing_key::generate();
  const tls_identity identity(key, "s");
  auto& b = net.add({.remembered = {{identity.id(), {"127.0.0.1", port}}}});
  net.pass(4s);
  CHECK_FALSE(b.has_joined());
  net.pass(2s);
  CHECK(b.has_joined());
  CHECK(b.known() == 0);
  net.add({.key = key.to_pem(), .port = port});
  net.pass(40s);
  CHECK(b.known() == 1);
}

TEST_CASE("names of hosts are resolved at each try, by somebody else") {
  router_stage net;
  auto& a = net.add();
  int asked = 0;
  const auto resolver = net.stage.keep(net.stage.system.spawn([&]() -> caf::behavior {
    return {[&](const resolve_order& order) {
      REQUIRE(order.names.size() == 1);
      CHECK(order.names[0].host == "seed.example");
      resolved_name one{order.names[0], {}, {}};
      if (++asked == 1) {
        one.failure = error{errc::unavailable, "no such name"};
      } else {
        one.addresses = {a.address};
      }
      return names_resolved{{one}};
    }};
  }));
  auto& b = net.add({.join = {{"seed.example", a.address.port}}, .resolver = resolver});
  CHECK_FALSE(b.has_joined());
  CHECK(b.logged("no such name"));
  net.pass(3s);
  CHECK(asked == 2);
  CHECK(b.has_joined());
}

TEST_CASE("of two nodes that join through each other, each finds the other") {
  router_stage net;
  const auto port = free_port();
  auto& a = net.add({.join = {{"127.0.0.1", port}}});
  auto& b = net.add({.join = {a.place()}, .port = port});
  net.pass(3s);
  CHECK(a.has_joined());
  CHECK(b.has_joined());
  CHECK(a.known() == 1);
  CHECK(b.known() == 1);
}
