#include <catch2/catch_test_macros.hpp>

#include "router_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

TEST_CASE("a node that has joined stays in its own eyes and in those of the others") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  REQUIRE_FALSE(b.network.joining);
  REQUIRE(a.known() == 1);
  REQUIRE(b.known() == 1);
  CHECK(a.network.map->others()[0].stays());
  CHECK(b.network.map->others()[0].stays());
}

TEST_CASE("two nodes that come at the same time learn of each other before they stay") {
  router_stage net;
  auto& a = net.add();
  router_plan plan;
  plan.join = {{a.address.ip, a.address.port}};
  auto& b = net.add(plan);
  auto& c = net.add(plan);
  for (int ticks = 0; ticks < 40 && (b.network.joining || c.network.joining); ++ticks)
    net.pass(250ms);
  REQUIRE_FALSE(b.network.joining);
  REQUIRE_FALSE(c.network.joining);
  const bool told =
      b.network.map->find(c.id()) != nullptr || c.network.map->find(b.id()) != nullptr;
  CHECK(told);
  net.pass(5s);
  for (const auto* one : {&a, &b, &c}) {
    REQUIRE(one->network.map->others().size() == 2);
    CHECK(one->network.map->others()[0].stays());
    CHECK(one->network.map->others()[1].stays());
  }
}

TEST_CASE("who comes is told of those that leave, because they still have keys") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  caf::anon_send(b.router, leave_order{});
  net.run();
  auto& c = net.add_to(a);
  REQUIRE_FALSE(c.network.joining);
  const auto* leaver = c.network.map->find(b.id());
  REQUIRE(leaver != nullptr);
  CHECK(leaver->leaves);
}
