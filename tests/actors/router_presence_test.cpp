#include <catch2/catch_test_macros.hpp>

#include "raw_peer.hpp"
#include "router_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

namespace {

enum class seen : std::uint8_t { not_at_all, arriving, staying, leaving };

seen how(const network_changed& news, const routed_node& other) {
  const auto* one = news.map->find(other.id());
  if (one == nullptr) return seen::not_at_all;
  if (one->arrives) return seen::arriving;
  return one->leaves ? seen::leaving : seen::staying;
}

/// How `of` saw `other`, each change once.
std::vector<seen> story(const routed_node& of, const routed_node& other) {
  std::vector<seen> all;
  for (const auto& news : of.heard)
    if (const auto next = how(news, other); all.empty() || all.back() != next) all.push_back(next);
  return all;
}

/// The first map by which `of` answers clients.
const network_changed& first_joined(const routed_node& of) {
  const auto found = std::find_if(of.heard.begin(), of.heard.end(),
                                  [](const network_changed& news) { return !news.joining; });
  REQUIRE(found != of.heard.end());
  return *found;
}

/// A place of which a link can be tried, and nobody answers.
struct silent_place {
  listening_socket socket = *listening_socket::open({"127.0.0.1", 0});
};

}  // namespace

TEST_CASE("the others see a node arrive before it stays") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  CHECK(story(a, b) == std::vector{seen::not_at_all, seen::arriving, seen::staying});
  CHECK(how(first_joined(b), a) == seen::staying);
}

TEST_CASE("a node that leaves and ends is seen so") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  caf::anon_send(b.router, leave_order{});
  net.run();
  net.end(b);
  net.pass(5s);
  CHECK(story(a, b) == std::vector{seen::not_at_all, seen::arriving, seen::staying, seen::leaving,
                                   seen::not_at_all});
}

TEST_CASE("a node stays only when all that the others know have answered, or never will") {
  router_stage net;
  auto& a = net.add();
  const silent_place nowhere;
  raw_peer mute(net, a, {nowhere.socket.local()});
  mute.answers_pings = true;
  REQUIRE(mute.up);
  REQUIRE(mute.table.send(a.id(), 1, wire::announce{}).ok());
  mute.run();
  REQUIRE(a.known() == 1);
  auto& b = net.add_to(a);
  CHECK_FALSE(b.has_joined());
  CHECK(how(a.network, b) == seen::arriving);
  net.pass(router::presence_time_max * router::presence_tries_max);
  CHECK(b.has_joined());
  net.pass(1s);
  CHECK(how(a.network, b) == seen::staying);
}

TEST_CASE("of two nodes that come at once, at least one knows of the other before it stays") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add({.join = {a.place()}});
  auto& c = net.add({.join = {a.place()}});
  net.pass(3s);
  CHECK(how(b.network, c) == seen::staying);
  CHECK(how(c.network, b) == seen::staying);
  const bool b_knew = how(first_joined(b), c) != seen::not_at_all;
  const bool c_knew = how(first_joined(c), b) != seen::not_at_all;
  CHECK((b_knew || c_knew));
}

TEST_CASE("of many nodes that come at once, all know all in the end") {
  router_stage net;
  auto& a = net.add();
  for (int i = 0; i < 5; ++i)
    net.add({.join = {a.place()}});
  net.pass(10s);
  for (const auto& one : net.nodes)
    for (const auto& other : net.nodes)
      if (one != other) CHECK(how(one->network, *other) == seen::staying);
}

TEST_CASE("a node that is told to leave while it arrives never stays") {
  router_stage net;
  auto& a = net.add();
  const silent_place nowhere;
  raw_peer mute(net, a, {nowhere.socket.local()});
  mute.answers_pings = true;
  REQUIRE(mute.table.send(a.id(), 1, wire::announce{}).ok());
  mute.run();
  auto& b = net.add_to(a);
  REQUIRE_FALSE(b.has_joined());
  caf::anon_send(b.router, leave_order{});
  net.run();
  net.pass(router::presence_time_max * router::presence_tries_max);
  const auto told = story(a, b);
  CHECK(std::find(told.begin(), told.end(), seen::staying) == told.end());
  CHECK(b.network.map->self_leaves());
}

TEST_CASE("a word of presence that cannot be read is refused, and the link goes on") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a);
  REQUIRE(peer.table.send(a.id(), 7, wire::presence{static_cast<wire::standing>(99)}).ok());
  peer.run();
  CHECK(peer.heard == "error7 ");
  CHECK(peer.up);
}
