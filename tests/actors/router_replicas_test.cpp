#include <catch2/catch_test_macros.hpp>
#include <iterator>
#include <utility>
#include <variant>
#include <vector>

#include "router_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace comet::object::replica;
using namespace std::chrono_literals;

namespace {

void say(routed_node& from, const routed_node& to, std::vector<object::peer_item> items) {
  departures out;
  out.deliveries.push_back({{from.id(), 3}, {to.id(), 4}, std::move(items)});
  caf::anon_send(from.router, departures_parcel{std::move(out)});
}

stream values(std::uint64_t first, std::size_t count, std::size_t size) {
  stream all{1, 256, 1, first, {}, {}};
  for (std::size_t i = 0; i < count; ++i)
    all.parts.emplace_back(entry{std::to_string(i), {1, 256, 1}, false, bytes(size, 'v')});
  return all;
}

}  // namespace

TEST_CASE("what replicas say reaches the other node with both lives, leases apart from the rest") {
  router_stage net;
  auto& a = net.add({.life = 4, .age = 1});
  auto& b = net.add_to(a, {.life = 3, .age = 1});
  const auto beat = mono_time{7h};
  say(b, a,
      {object::ranged_message{9, prepare{1, 256, 0}}, lease_request{beat, {}},
       lease_answer{beat, beat, true}});
  net.run();
  REQUIRE(a.leases.size() == 2);
  CHECK(a.leases[0].from == member{b.id(), 3});
  CHECK(a.leases[0].to == member{a.id(), 4});
  CHECK(std::get<lease_request>(a.leases[0].items.at(0)).sent == beat);
  CHECK(std::get<lease_answer>(a.leases[1].items.at(0)).granted);
  REQUIRE(a.deliveries.size() == 1);
  CHECK(a.deliveries[0].from == member{b.id(), 3});
  CHECK(std::get<object::ranged_message>(a.deliveries[0].items.at(0)).range == 9);
}

TEST_CASE("a lease that is asked for behind megabytes of values arrives before most of them") {
  router_stage net;
  auto& a = net.add({.life = 4, .age = 1});
  auto& b = net.add_to(a, {.life = 3, .age = 1});
  std::vector<object::peer_item> all;
  for (std::uint64_t i = 0; i < 20; ++i)
    all.emplace_back(object::ranged_message{static_cast<range_id>(i), values(1, 4, 100'000)});
  all.emplace_back(lease_request{mono_time{7h}, {}});
  say(b, a, std::move(all));
  net.run();
  CHECK(a.leases.size() == 1);
  CHECK(a.deliveries.size() == 20);
  CHECK(a.before_leases < 10);
  std::size_t parts = 0;
  for (const auto& said : a.deliveries)
    for (const auto& item : said.items)
      parts += std::get<stream>(std::get<object::ranged_message>(item).what).parts.size();
  CHECK(parts == 80);
}

TEST_CASE("a value that no frame holds is logged with what to do, and the rest is said") {
  router_stage net;
  auto& a = net.add({.life = 4, .age = 1});
  auto& b = net.add_to(a, {.life = 3, .age = 1});
  say(b, a,
      {object::ranged_message{1, values(1, 1, std::size_t{5} << 20U)},
       object::ranged_message{2, prepare{1, 256, 0}}});
  net.run();
  CHECK(b.logged("value-bytes-max"));
  REQUIRE(a.deliveries.size() == 1);
  CHECK(std::get<object::ranged_message>(a.deliveries[0].items.at(0)).range == 2);
}
