#include <catch2/catch_test_macros.hpp>
#include <set>
#include <unordered_map>

#include "base/random.hpp"
#include "router_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

namespace {

/// Commands with this value, for the keys 1, 2 ...
void order_values(routed_node& from, const routed_node& to, std::uint64_t count, bytes_view value) {
  for (std::uint64_t i = 1; i <= count; ++i) {
    const auto key = std::to_string(i);
    object::command c;
    c.key = key;
    c.value = value;
    from.order(to.id(), c, i);
  }
}

}  // namespace

TEST_CASE("a command reaches the other node whole, and its answer comes back once") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  object::command c;
  c.what = object::op::set;
  c.key = "key";
  c.value = "value";
  b.order(a.id(), c, 7);
  net.run();
  REQUIRE(a.commands.size() == 1);
  const auto& got = a.commands[0];
  CHECK(got.what->get().what == object::op::set);
  CHECK(got.what->get().key == "key");
  CHECK(got.what->get().value == "value");
  CHECK(got.from.ip == "192.0.2.7");
  CHECK(got.from.port == 50'000);
  CHECK(got.from.user == "alice");
  CHECK(got.from.node == to_hex(as_bytes(b.id())));
  CHECK_FALSE(got.from.administrator);
  CHECK(got.chain == std::vector<bytes>{"waits"});
  CHECK(got.hops_left == 5);
  CHECK(b.outcomes.empty());

  a.answer_all();
  net.run();
  REQUIRE(b.outcomes.size() == 1);
  CHECK(b.outcomes[0].number == 7);
  CHECK(b.outcomes[0].content == object::reply::bulk("key"));
  CHECK(b.outcomes[0].holder == a.id());
  net.pass(20s);
  CHECK(b.outcomes.size() == 1);
  CHECK(b.account.forwarded == 1);
  CHECK(a.account.arrived == 1);
}

TEST_CASE("commands for one node arrive in their order") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  order_values(b, a, 60, bytes(300'000, 'v'));
  net.run();
  net.pass(1s);
  REQUIRE(a.commands.size() == 60);
  for (std::size_t i = 0; i < 60; ++i)
    CHECK(a.commands[i].what->get().key == std::to_string(i + 1));
  a.answer_all();
  net.run();
  CHECK(b.outcomes.size() == 60);
}

TEST_CASE("what was sent to a node that goes away is uncertain, what never left is unavailable") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  b.get(a, "sent", 1);
  net.run();
  REQUIRE(a.commands.size() == 1);
  net.end(a);
  net.run();
  REQUIRE(b.outcomes.size() == 1);
  CHECK(b.outcomes[0].content.code == errc::uncertain);
  CHECK(b.outcomes[0].holder == digest{});
  net.pass(1s);
  b.get(a, "not sent", 2);
  net.run();
  net.pass(5s);
  REQUIRE(b.outcomes.size() == 2);
  CHECK(b.outcomes[1].number == 2);
  CHECK(b.outcomes[1].content.code == errc::unavailable);
}

TEST_CASE("a command for a node that nobody knows is unavailable at once") {
  router_stage net;
  auto& a = net.add();
  object::command c;
  a.order(sha256("nobody"), c, 3);
  net.run();
  REQUIRE(a.outcomes.size() == 1);
  CHECK(a.outcomes[0].content.code == errc::unavailable);
}

TEST_CASE("a command that is not answered in time is uncertain, and its late answer is ignored") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a, {.forwarding = {.time_max = 3s}});
  b.get(a, "key", 1);
  net.pass(2s);
  CHECK(b.outcomes.empty());
  net.pass(2s);
  REQUIRE(b.outcomes.size() == 1);
  CHECK(b.outcomes[0].content.code == errc::uncertain);
  a.answer_all();
  net.run();
  CHECK(b.outcomes.size() == 1);
}

TEST_CASE("what waits for a peer that does not keep up is bounded, and more is busy") {
  router_stage net;
  auto& a = net.add();
  router_plan plan;
  plan.forwarding.waiting_max = 4;
  plan.links.each.output_soft = 100'000;
  auto& b = net.add_to(a, plan);
  order_values(b, a, 20, bytes(60'000, 'v'));
  net.run();
  net.pass(1s);
  CHECK(std::ranges::any_of(b.outcomes,
                            [](const auto& one) { return one.content.code == errc::busy; }));
  const auto refused = b.outcomes.size();
  CHECK(a.commands.size() + refused == 20);
  a.answer_all();
  net.run();
  CHECK(b.outcomes.size() == 20);
}

TEST_CASE("a command too large for a frame is refused, and those behind it go on") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  const bytes huge(std::size_t{5} << 20U, 'v');
  object::command c;
  c.value = huge;
  b.order(a.id(), c, 1);
  b.get(a, "key", 2);
  net.run();
  REQUIRE(b.outcomes.size() == 1);
  CHECK(b.outcomes[0].content.code == errc::too_large);
  CHECK(a.commands.size() == 1);
}

TEST_CASE("an answer too large for a frame becomes an error that says that it is done") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  b.get(a, "key", 1);
  net.run();
  REQUIRE(a.commands.size() == 1);
  departures out;
  out.answers.push_back(
      {a.commands[0].number, object::reply::bulk(bytes(std::size_t{5} << 20U, 'v')), a.id()});
  caf::anon_send(a.router, departures_parcel{std::move(out)});
  net.run();
  REQUIRE(b.outcomes.size() == 1);
  CHECK(b.outcomes[0].content.code == errc::too_large);
  CHECK(b.outcomes[0].holder == a.id());
}

TEST_CASE("a lookup is answered by the router with the nodes nearest to the key") {
  router_stage net;
  auto& a = net.add();
  auto& b = net.add_to(a);
  object::command c;
  c.what = object::op::lookup;
  c.key = "key";
  b.order(b.id(), c, 9);
  net.run();
  net.pass(1s);
  REQUIRE(b.outcomes.size() == 1);
  const auto& nodes = b.outcomes[0].content.items;
  REQUIRE(nodes.size() == 2);
  CHECK(nodes[0].what == object::reply::kind::map);
  CHECK(nodes[0].items[0].text == "id");
  const auto nearest = b.network.map->nearest(sha256("key"), 2);
  CHECK(nodes[0].items[1].text == to_hex(as_bytes(nearest[0])));
  CHECK(nodes[1].items[1].text == to_hex(as_bytes(nearest[1])));
  const auto& first = nearest[0] == a.id() ? a : b;
  CHECK(nodes[0].items[3].text == first.address.text());
  net.pass(1s);
  CHECK(b.account.lookups == 1);
  CHECK(b.account.searches >= 1);
  CHECK(b.account.search_requests >= 1);
  CHECK(b.account.search_failures == 0);
}

TEST_CASE("a lookup of a lone node finds itself") {
  router_stage net;
  auto& a = net.add();
  object::command c;
  c.what = object::op::lookup;
  c.key = "key";
  a.order(a.id(), c, 1);
  net.run();
  REQUIRE(a.outcomes.size() == 1);
  CHECK(a.outcomes[0].content.items.size() == 1);
}

TEST_CASE("whatever nodes do, every command has one outcome, and answered ones say by whom") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    CAPTURE(seed);
    prng random{seed};
    router_stage net;
    const auto first = signing_key::generate();
    std::vector<bytes> keys{first.to_pem()};
    std::vector<routed_node*> living{&net.add({.key = keys[0]})};
    for (int i = 1; i < 4; ++i) {
      keys.push_back(signing_key::generate().to_pem());
      living.push_back(&net.add_to(*living[0], {.key = keys.back()}));
    }
    std::unordered_map<routed_node*, std::uint64_t> ordered;
    for (int step = 0; step < 150; ++step) {
      const auto at = random.below(living.size());
      auto& from = *living[at];
      const auto count = random.below(20);
      for (std::uint64_t i = 0; i < count; ++i) {
        const auto& to = *net.nodes[random.below(net.nodes.size())];
        if (to.id() != from.id()) from.get(to, "key", ++ordered[&from]);
      }
      if (random.below(2) == 0) net.run();
      if (random.below(3) == 0) living[random.below(living.size())]->answer_all();
      if (random.below(4) == 0) net.pass(250ms);
      if (step % 40 == 39) {  // one ends and is started again
        const auto which = 1 + random.below(living.size() - 1);
        net.end(*living[which]);
        net.pass(3s);
        REQUIRE(living[which]->ended);
        living[which] = &net.add_to(*living[0], {.key = keys[which]});
      }
    }
    for (auto* one : living)
      one->answer_all();
    net.pass(20s);
    std::size_t answered = 0;
    for (const auto& [one, count] : ordered) {
      CHECK(one->outcomes.size() == count);
      std::set<std::uint64_t> numbers;
      for (const auto& outcome : one->outcomes) {
        CHECK(numbers.insert(outcome.number).second);
        CHECK((outcome.holder == digest{}) == outcome.content.failed());
        if (!outcome.content.failed()) ++answered;
      }
    }
    CHECK(answered > 100);
  }
}
