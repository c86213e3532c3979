// What an owner may take a second: the rule of object/scheduler beside its shares.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>

#include "base/random.hpp"
#include "object/scheduler.hpp"

namespace comet::object {
namespace {

mono_time at(std::chrono::milliseconds time) {
  return mono_time{} + time;
}

/// Lets objects that always have more to do run for ten seconds, in slices of 100 that take 1 ms.
std::map<scheduler::object_id, std::uint64_t> ten_seconds(scheduler& s) {
  std::map<scheduler::object_id, std::uint64_t> taken;
  for (int ms = 0; ms < 10'000; ++ms) {
    const auto object = s.next(at(std::chrono::milliseconds{ms}));
    if (!object) continue;
    taken[*object] += 100;
    s.charge(*object, 100, true);
  }
  return taken;
}

}  // namespace

TEST_CASE("an owner takes its rate and a second's worth in advance, however many its objects") {
  scheduler s;
  s.set_rate(1'000);
  for (const auto object : {1, 2, 3})
    s.make_runnable(static_cast<scheduler::object_id>(object), 7);
  auto taken = ten_seconds(s);
  const auto all = taken[1] + taken[2] + taken[3];
  CHECK(all >= 10'900);
  CHECK(all <= 11'100);
  CHECK(std::max({taken[1], taken[2], taken[3]}) - std::min({taken[1], taken[2], taken[3]}) <= 100);
  CHECK(s.times_held() > 50);
}

TEST_CASE("an owner that is held back leaves the thread to the others") {
  scheduler s;
  s.set_rate(40'000);
  s.make_runnable(1, 1);
  s.make_runnable(2, 2);
  const auto taken = ten_seconds(s);  // 1,000,000 of fuel in all
  CHECK(taken.at(1) <= 440'100);
  CHECK(taken.at(2) <= 440'100);
  CHECK(taken.at(1) + taken.at(2) >= 870'000);
}

TEST_CASE("who is held back tells when it may go on, and does") {
  scheduler s;
  CHECK_FALSE(s.next_release());
  s.set_rate(1'000);
  s.make_runnable(1, 1);
  REQUIRE(s.next(at(std::chrono::milliseconds{0})));
  CHECK_FALSE(s.next_release());
  s.charge(1, 3'000, true);  // three seconds' worth
  CHECK(s.empty());
  CHECK(s.waiting() == 1);
  REQUIRE(s.next_release() == at(std::chrono::milliseconds{2'000}));
  CHECK_FALSE(s.next(at(std::chrono::milliseconds{1'999})));
  CHECK(s.next(at(std::chrono::milliseconds{2'000})) == 1);
}

TEST_CASE("leaving does not wipe out what is owed to the rate") {
  scheduler s;
  s.set_rate(1'000);
  s.make_runnable(1, 1);
  REQUIRE(s.next(at(std::chrono::milliseconds{0})));
  s.charge(1, 5'000, true);
  s.remove(1);
  CHECK_FALSE(s.next_release());
  CHECK(s.waiting() == 0);
  s.make_runnable(2, 1);
  CHECK(s.next_release() == at(std::chrono::milliseconds{4'000}));
  s.make_runnable(3, 2);
  CHECK(s.next(at(std::chrono::milliseconds{1})) == 3);
}

TEST_CASE("a rate that changes lets everybody begin anew") {
  scheduler s;
  s.set_rate(1);
  s.make_runnable(1, 1);
  REQUIRE(s.next(at(std::chrono::milliseconds{0})));
  s.charge(1, 1'000'000'000'000, true);
  REQUIRE(s.empty());
  s.set_rate(2);
  CHECK(s.next(at(std::chrono::milliseconds{1})) == 1);
  s.charge(1, 1'000'000'000'000, true);
  s.set_rate(0);
  CHECK(s.next(at(std::chrono::milliseconds{2})) == 1);
  s.charge(1, 1'000'000'000'000, true);
  CHECK(s.next(at(std::chrono::milliseconds{2})) == 1);
}

TEST_CASE("it is known of an object since when its owner was held back") {
  const auto ms = [](int n) { return at(std::chrono::milliseconds{n}); };
  scheduler s;
  s.set_rate(1'000);
  s.make_runnable(1, 1);
  s.make_runnable(2, 2);
  CHECK_FALSE(s.was_held(1, ms(0)));
  REQUIRE(s.next(ms(0)) == 1);
  s.charge(1, 3'000, true);
  CHECK(s.was_held(1, ms(0)));
  CHECK(s.was_held(1, ms(1'000)));  // it still is
  CHECK_FALSE(s.was_held(2, ms(0)));
  CHECK_FALSE(s.was_held(3, ms(0)));
  REQUIRE(s.next(ms(2'000)));
  CHECK(s.was_held(1, ms(2'000)));
  CHECK_FALSE(s.was_held(1, ms(2'001)));
}

TEST_CASE("no order of calls lets an owner exceed its rate or loses an object") {
  constexpr std::uint64_t rate = 50'000;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    INFO(seed);
    prng random{seed};
    scheduler s;
    s.set_rate(rate);
    std::map<std::uint64_t, std::uint64_t> taken;
    std::set<std::uint64_t> wanting;
    std::chrono::milliseconds time{0};
    for (int step = 0; step < 3'000; ++step) {
      const auto object = random.below(30);
      time += std::chrono::milliseconds{random.below(5)};
      if (random.below(3) == 0) {
        s.make_runnable(object, object % 4);
        wanting.insert(object);
      } else if (random.below(20) == 0) {
        s.remove(object);
        wanting.erase(object);
      } else if (const auto chosen = s.next(at(time))) {
        const auto fuel = 1 + random.below(2'000);
        const bool more = random.below(2) == 0;
        taken[*chosen % 4] += fuel;
        s.charge(*chosen, fuel, more);
        if (!more) wanting.erase(*chosen);
      }
      REQUIRE(s.waiting() == wanting.size());
    }
    const auto seconds = static_cast<std::uint64_t>(time.count()) / 1'000 + 2;
    for (const auto& [owner, fuel] : taken)
      CHECK(fuel <= seconds * rate + 2'000);
    // All that want to run do, once time has passed.
    for (int i = 0; i < 1'000 && !wanting.empty(); ++i) {
      time += std::chrono::seconds{1};
      while (const auto chosen = s.next(at(time))) {
        s.charge(*chosen, 1, false);
        wanting.erase(*chosen);
      }
    }
    CHECK(wanting.empty());
    CHECK_FALSE(s.next_release());
  }
}

}  // namespace comet::object
