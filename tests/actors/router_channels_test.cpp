#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <vector>

#include "net/wire/replica_codec.hpp"
#include "raw_peer.hpp"
#include "router_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

namespace {

using kind = channel_news::kind;

void tell(routed_node& from, const routed_node& to, wire::listening what) {
  departures out;
  out.listening.push_back({to.id(), std::make_shared<const wire::listening>(std::move(what))});
  caf::anon_send(from.router, departures_parcel{std::move(out)});
}

void publish(routed_node& from, std::vector<digest> to, bytes channel, bytes message) {
  departures out;
  out.publications.push_back({std::move(to), std::move(channel), std::move(message)});
  caf::anon_send(from.router, departures_parcel{std::move(out)});
}

using messages = std::vector<std::pair<bytes, bytes>>;

}  // namespace

TEST_CASE("a link that comes up and goes down is news, and so is what is told over it") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  REQUIRE(a.channels.size() == 1);
  CHECK(a.channels[0].what == kind::up);
  CHECK(a.channels[0].peer == b.id());
  REQUIRE(b.channels.size() == 1);
  CHECK(b.channels[0].peer == a.id());

  const wire::listening said{true, false, {"news"}, {"n*"}, {}, {}};
  tell(b, a, said);
  net.run();
  REQUIRE(a.channels.size() == 2);
  CHECK(a.channels[1].what == kind::said);
  CHECK(a.channels[1].peer == b.id());
  CHECK(a.channels[1].listens == said);

  net.end(b);
  net.pass(1s);
  REQUIRE(a.channels.size() == 3);
  CHECK(a.channels[2].what == kind::down);
  CHECK(a.channels[2].peer == b.id());
}

TEST_CASE("messages of channels reach the nodes that they are for, in their order") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  auto& c = net.add_to(a);
  publish(a, {b.id(), c.id()}, "news", "1");
  publish(a, {b.id()}, "other", bytes("\0\xff", 2));
  publish(a, {b.id(), c.id()}, "news", "3");
  net.run();
  CHECK(b.publications == messages{{"news", "1"}, {"other", bytes("\0\xff", 2)}, {"news", "3"}});
  CHECK(c.publications == messages{{"news", "1"}, {"news", "3"}});
  CHECK(a.publications.empty());
  net.pass(2s);
  CHECK(a.account.publications_sent == 5);
  CHECK(a.account.publications_dropped == 0);
  CHECK(b.account.publications_arrived == 3);
  CHECK(c.account.publications_arrived == 2);
}

TEST_CASE("what a link does not take is dropped, counted, and told of once") {
  router_stage net;
  router_plan plan;
  plan.links.each.publications_max = 100'000;
  auto& a = net.add(plan);
  auto& b = net.add_to(a);
  departures out;
  for (int i = 0; i < 50; ++i)
    out.publications.push_back({{b.id()}, "news", bytes(10'000, 'x')});
  caf::anon_send(a.router, departures_parcel{std::move(out)});
  net.run();
  CHECK(b.publications.size() == 10);
  CHECK(a.count_logged("misses messages of channels") == 1);
  publish(a, {b.id()}, "news", "again");
  net.run();
  CHECK(b.publications.back() == std::pair<bytes, bytes>{"news", "again"});
  net.pass(2s);
  CHECK(a.account.publications_sent == 11);
  CHECK(a.account.publications_dropped == 40);
}

TEST_CASE("a message that no frame holds, or for a node without a link, is dropped and counted") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  publish(a, {b.id()}, "news", bytes(std::size_t{5} << 20U, 'x'));
  publish(a, {digest{}}, "news", "1");
  publish(a, {b.id()}, "news", "2");
  net.run();
  CHECK(b.publications == messages{{"news", "2"}});
  CHECK(a.logged("bytes does not go to another node"));
  net.pass(2s);
  CHECK(a.account.publications_dropped == 2);
}

TEST_CASE("what is listened to is told again when it did not fit the link") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  tell(b, a, {true, false, {bytes(std::size_t{5} << 20U, 'x')}, {}, {}, {}});
  net.run();
  CHECK(a.channels.size() == 1);
  CHECK(b.channels.size() == 1);
  net.pass(1s);
  REQUIRE(b.channels.size() == 2);
  CHECK(b.channels[1].what == kind::up);
  CHECK(b.channels[1].peer == a.id());
}

TEST_CASE("what a node says that cannot be read is dropped, counted, and told of once a link") {
  router_stage net;
  auto& a = net.add();
  raw_peer peer(net, a);
  wire::listening too_many;
  too_many.channels.resize(wire::elements_max);
  const wire::lease before_time{{1, 1}, object::replica::lease_request{mono_time{-1ns}, {}}};
  REQUIRE(peer.table.send(a.id(), 0, too_many).ok());
  REQUIRE(peer.table.send(a.id(), 0, too_many).ok());
  REQUIRE(peer.table.send(a.id(), 0, before_time).ok());
  peer.run();
  CHECK(peer.up);
  CHECK(a.count_logged("what cannot be read") == 1);
  net.pass(2s);
  CHECK(a.account.unreadable == 3);
}
