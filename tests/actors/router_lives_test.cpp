#include <catch2/catch_test_macros.hpp>

#include "net/wire/replica_batch.hpp"
#include "object/layout.hpp"
#include "raw_peer.hpp"
#include "router_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace comet::object::replica;
using namespace std::chrono_literals;

namespace {

/// The runs of one node after each other, each on a disk as the test says.
class returning_node {
 public:
  explicit returning_node(router_stage& net, routed_node& to) : net_(net), to_(to) {}

  raw_peer& run(std::uint64_t number) {
    peer_.reset();
    peer_.emplace(net_, to_, std::vector{wire::endpoint{"127.0.0.1", port_}}, number, pem_);
    peer_->answers_pings = true;
    return *peer_;
  }
  /// True: its life counts.
  bool shows(std::uint64_t life, std::uint64_t age) {
    peer_->present.reset();
    REQUIRE(peer_->table.send(to_.id(), 1, wire::presence{wire::standing::stays, life, age}).ok());
    peer_->run();
    REQUIRE(peer_->present);
    CHECK((peer_->present->over == 0 || peer_->present->over == life));
    return peer_->present->over == 0;
  }
  /// How much of a message of replicas and of a lease was taken from it.
  std::size_t speaks(std::uint64_t life) {
    to_.deliveries.clear();
    to_.leases.clear();
    const wire::lives between{life, 1};
    wire::replica_batch batch{between, wire::frame_limits{}};
    message asked = prepare{1, 256, 0};
    REQUIRE(batch.append(9, asked) == wire::replica_batch::fit::taken);
    REQUIRE(peer_->table.send(to_.id(), 0, batch).ok());
    REQUIRE(peer_->table.send(to_.id(), 0, wire::lease{between, {mono_time{7h}, {}}}).ok());
    REQUIRE(peer_->table.send(to_.id(), 0, wire::lease_answer{between, {}}).ok());
    peer_->run();
    return to_.deliveries.size() + to_.leases.size();
  }
  [[nodiscard]] digest id() const { return peer_->identity->id(); }

 private:
  router_stage& net_;
  routed_node& to_;
  bytes pem_ = signing_key::generate().to_pem();
  std::uint16_t port_ = free_port();
  std::optional<raw_peer> peer_;
};

constexpr std::size_t all = 3;
constexpr std::uint64_t life = 7;

void say(routed_node& from, const routed_node& to, std::uint64_t own, std::uint64_t other,
         message what) {
  departures out;
  out.deliveries.push_back(
      {{from.id(), own}, {to.id(), other}, {object::ranged_message{9, std::move(what)}}});
  caf::anon_send(from.router, departures_parcel{std::move(out)});
}

bytes number(std::uint64_t n) {
  return object::layout::encode_number(n);
}

}  // namespace

TEST_CASE("nothing counts that replicas say before their node has shown its life in this run") {
  router_stage net;
  auto& a = net.add({.life = 1, .age = 1});
  returning_node b(net, a);
  b.run(5);
  CHECK(b.speaks(life) == 0);
  REQUIRE(b.shows(life, 3));
  CHECK(b.speaks(life) == all);
  CHECK(b.speaks(life + 1) == 0);
  CHECK(b.speaks(0) == 0);
  b.run(6);
  CHECK(b.speaks(life) == 0);
  REQUIRE(b.shows(life, 4));
  CHECK(b.speaks(life) == all);
}

TEST_CASE("nothing counts that a node says whose disk is older than what was heard, ever again") {
  router_stage net;
  auto& a = net.add({.life = 1, .age = 1});
  returning_node b(net, a);
  b.run(5);
  REQUIRE(b.shows(life, 3));
  REQUIRE(a.network.map->find(b.id())->life == life);
  b.run(6);
  CHECK_FALSE(b.shows(life, 3));
  CHECK(b.speaks(life) == 0);
  CHECK(a.network.map->find(b.id())->life == 0);
  b.run(7);
  CHECK_FALSE(b.shows(life, 100));
  CHECK(b.speaks(life) == 0);
  CHECK(a.count_logged("is older than what was heard from it") == 1);
  b.run(8);
  CHECK(b.shows(life + 2, 1));
  CHECK(b.speaks(life + 2) == all);
  CHECK(b.speaks(life) == 0);
  CHECK(a.network.map->find(b.id())->life == life + 2);
}

TEST_CASE("nothing is known of the disk of a node of an earlier build") {
  router_stage net;
  auto& a = net.add({.life = 1, .age = 1});
  returning_node b(net, a);
  for (const std::uint64_t run : {5, 6}) {
    b.run(run);
    CHECK(b.shows(life, 0));
    CHECK(b.speaks(life) == all);
  }
}

TEST_CASE("a node that only answers is told of its older disk, too") {
  router_stage net;
  auto& a = net.add({.life = 1, .age = 1});
  returning_node b(net, a);
  auto& before = b.run(5);
  REQUIRE(before.table.send(a.id(), 1, wire::announce{}).ok());  // it is looked for again
  REQUIRE(b.shows(life, 3));
  auto& peer = b.run(6);
  REQUIRE(peer.presence);
  CHECK(peer.presence->over == 0);
  const auto asked = peer.presence_request;
  REQUIRE(peer.table.send(a.id(), asked, wire::present{wire::standing::stays, {}, life, 3}).ok());
  peer.run();
  CHECK(peer.presence_request != asked);
  CHECK(peer.presence->over == life);
  CHECK(b.speaks(life) == 0);
}

TEST_CASE("what was heard of others outlives the own restart") {
  router_stage net;
  auto& a = net.add({.life = 1, .age = 1});
  auto& b = net.add_to(a, {.life = life, .age = 3});
  const auto id = b.id();
  net.pass(10s);
  const auto kept = a.kept("lives");
  REQUIRE(kept);
  auto heard = heard_lives::decode(*kept);
  REQUIRE(heard.all().size() == 1);
  CHECK(heard.all()[0].node == id);
  CHECK(heard.all()[0].age == 3);
  const auto times = a.writer->seen().size();
  net.pass(60s);
  CHECK(a.writer->seen().size() == times);

  auto& later = net.add({.life = 11, .age = 1, .heard = heard});
  net.end(b);
  net.pass(5s);
  auto& old = net.add_to(later, {.key = b.key.to_pem(), .life = life, .age = 3});
  CHECK(later.logged("is older than what was heard from it"));
  CHECK(old.kept("over") == number(life));
}

TEST_CASE("a node that is told that its life is over keeps that, says nothing more and ends") {
  router_stage net;
  auto& a = net.add({.life = 1, .age = 1});
  auto& b = net.add_to(a, {.life = life, .age = 3});
  const auto key = b.key.to_pem();
  net.end(b);
  net.pass(5s);
  auto& old = net.add_to(a, {.key = key, .life = life, .age = 3});
  CHECK(old.logged("older than what the node"));
  CHECK_FALSE(old.has_joined());
  REQUIRE(old.kept("over") == number(life));
  CHECK_FALSE(old.fatal);  // it is not kept yet
  say(old, a, life, 1, prepare{1, 256, 0});
  say(a, old, 1, life, prepare{1, 256, 0});
  net.run();
  CHECK(a.deliveries.empty());
  CHECK(old.deliveries.empty());
  caf::anon_send(old.router, remembered{"over", {}});
  net.run();
  REQUIRE(old.fatal);
  CHECK(old.fatal->message.find("the next start begins another life") != bytes::npos);
}

TEST_CASE("a node that cannot keep that its life is over ends, too") {
  router_stage net;
  auto& a = net.add({.life = 1, .age = 1});
  auto& b = net.add_to(a, {.life = life, .age = 3});
  caf::anon_send(b.router, remembered{"over", error{errc::disk_full, "no space left"}});
  net.run();
  REQUIRE(b.fatal);
  CHECK(b.fatal->message.find("no space left") != bytes::npos);
}

TEST_CASE("that another life than its own is over does not concern a node") {
  router_stage net;
  auto& a = net.add({.life = 1, .age = 1});
  raw_peer peer(net, a);
  const wire::presence news{wire::standing::stays, life, 1, 2};
  REQUIRE(peer.table.send(a.id(), 1, news).ok());
  peer.run();
  CHECK_FALSE(a.kept("over"));
}

TEST_CASE("a disk grows older as long as replicas speak, and that is told when it is safe on it") {
  router_stage net;
  auto& a = net.add({.life = 1, .age = 1});
  auto& b = net.add_to(a, {.life = life, .age = 3});
  const auto times_kept = [&] {
    return std::ranges::count(a.writer->seen(), bytes{"age"}, &remember::name);
  };
  const auto heard_of_a = [&] {
    const auto kept = b.kept("lives");
    REQUIRE(kept);
    return heard_lives::decode(*kept).all().at(0).age;
  };
  say(a, b, 1, life, leading{});  // is no promise
  net.pass(30s);
  CHECK_FALSE(a.kept("age"));
  REQUIRE(heard_of_a() == 1);

  say(a, b, 1, life, prepare{1, 256, 0});
  net.pass(30s);
  CHECK(a.kept("age") == number(2));
  CHECK(times_kept() == 1);
  CHECK(heard_of_a() == 1);
  a.sync_failure = error{errc::storage, "the disk is gone"};
  caf::anon_send(a.router, remembered{"age", {}});
  net.pass(10s);
  CHECK(heard_of_a() == 1);
  CHECK(a.logged("the disk is gone"));

  a.sync_failure.reset();
  REQUIRE(a.kept("age") == number(2));
  CHECK(times_kept() == 2);
  caf::anon_send(a.router, remembered{"age", {}});
  net.pass(10s);
  CHECK(heard_of_a() == 2);
  const auto before = a.writer->seen().size();
  net.pass(60s);
  CHECK(a.writer->seen().size() == before);
}
