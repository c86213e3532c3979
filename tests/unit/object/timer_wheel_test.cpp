#include "object/timer_wheel.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <map>

#include "base/random.hpp"

namespace comet::object {
namespace {

constexpr std::size_t all = 1'000'000;

wall_time ms(std::int64_t n) {
  return from_unix_ms(n);
}

std::vector<bytes> due_at(timer_wheel& wheel, std::int64_t now, std::size_t limit = all) {
  std::vector<bytes> out;
  wheel.advance(ms(now), limit, out);
  return out;
}

/// As a shard with nothing else to do: until nothing is due any more.
std::vector<bytes> drained(timer_wheel& wheel, std::int64_t now, std::size_t limit) {
  std::vector<bytes> out;
  while (wheel.next_due() && *wheel.next_due() <= ms(now)) {
    const auto before = out.size();
    wheel.advance(ms(now), limit, out);
    REQUIRE(out.size() - before <= limit);
  }
  return out;
}

}  // namespace

TEST_CASE("a key comes out at its time and not before") {
  timer_wheel wheel;
  wheel.arm("k", ms(1'700'000'000'123));
  CHECK(due_at(wheel, 1'700'000'000'122).empty());
  CHECK(wheel.size() == 1);
  CHECK(due_at(wheel, 1'700'000'000'123) == std::vector<bytes>{"k"});
  CHECK(wheel.empty());
  CHECK(due_at(wheel, 1'700'000'000'124).empty());
}

TEST_CASE("keys come out in the order of their times, those of one time as they were armed") {
  timer_wheel wheel;
  wheel.arm("hour", ms(3'600'000));
  wheel.arm("b", ms(100));
  wheel.arm("second", ms(1'000));
  wheel.arm("c", ms(100));
  wheel.arm("a", ms(99));
  CHECK(due_at(wheel, 10'000'000) == std::vector<bytes>{"a", "b", "c", "second", "hour"});
}

TEST_CASE("a key armed for a time that has passed comes out at once") {
  timer_wheel wheel;
  CHECK(due_at(wheel, 1'000'000).empty());
  wheel.arm("late", ms(10));
  wheel.arm("later", ms(5));
  wheel.arm("now", ms(1'000'000));
  CHECK(wheel.next_due() == ms(5));
  CHECK(due_at(wheel, 1'000'000) == std::vector<bytes>{"later", "late", "now"});
}

TEST_CASE("a call gives out no more than its limit, and the next goes on from there") {
  timer_wheel wheel;
  for (int i = 0; i < 10; ++i)
    wheel.arm(std::to_string(i), ms(i < 5 ? 7 : i * 100));
  CHECK(due_at(wheel, 10'000, 3) == std::vector<bytes>{"0", "1", "2"});
  CHECK(wheel.next_due() <= ms(10'000));
  CHECK(due_at(wheel, 10'000, 4) == std::vector<bytes>{"3", "4", "5", "6"});
  CHECK(due_at(wheel, 10'000, 0).empty());
  CHECK(due_at(wheel, 10'000, 9) == std::vector<bytes>{"7", "8", "9"});
}

TEST_CASE("nothing is due before the next due time, which is exact within the present slot") {
  timer_wheel wheel;
  CHECK_FALSE(wheel.next_due());
  CHECK(due_at(wheel, 1'000).empty());
  wheel.arm("k", ms(1'010));
  CHECK(wheel.next_due() == ms(1'010));
  wheel.arm("far", ms(500'000));
  CHECK(wheel.next_due() == ms(1'010));
  due_at(wheel, 1'010);
  REQUIRE(wheel.next_due());
  CHECK(*wheel.next_due() > ms(1'010));
  CHECK(*wheel.next_due() <= ms(500'000));
}

TEST_CASE("waking at each next due time reaches every key in a few steps") {
  prng random{31};
  for (int i = 0; i < 50; ++i) {
    const auto due = static_cast<std::int64_t>(random.below(std::uint64_t{1} << 45U));
    timer_wheel one;
    one.arm("k", ms(due));
    int wakes = 0;
    std::vector<bytes> out;
    while (out.empty()) {
      REQUIRE(one.next_due());
      REQUIRE(*one.next_due() <= ms(due));
      one.advance(*one.next_due(), all, out);
      REQUIRE(++wakes <= 12);
    }
  }
}

TEST_CASE("a clock that steps back delays nothing that is armed after it") {
  timer_wheel wheel;
  wheel.arm("before", ms(2'000'000));
  CHECK(due_at(wheel, 1'000'000).empty());
  CHECK(due_at(wheel, 500'000).empty());  // the clock was set back
  wheel.arm("after", ms(500'100));
  CHECK(wheel.next_due() == ms(500'100));
  CHECK(due_at(wheel, 500'099).empty());
  CHECK(due_at(wheel, 500'100) == std::vector<bytes>{"after"});
  CHECK(due_at(wheel, 1'999'999).empty());
  CHECK(due_at(wheel, 2'000'000) == std::vector<bytes>{"before"});
}

TEST_CASE("every representable time may be armed and reached") {
  constexpr auto low = std::numeric_limits<std::int64_t>::min();
  constexpr auto high = std::numeric_limits<std::int64_t>::max();
  timer_wheel wheel;
  wheel.arm("high", ms(high));
  wheel.arm("low", ms(low));
  wheel.arm("zero", ms(0));
  wheel.arm("minus", ms(-1));
  CHECK(due_at(wheel, low) == std::vector<bytes>{"low"});
  CHECK(due_at(wheel, high - 1) == std::vector<bytes>{"minus", "zero"});
  CHECK(due_at(wheel, high) == std::vector<bytes>{"high"});
  wheel.arm("again", ms(high));
  CHECK(due_at(wheel, high) == std::vector<bytes>{"again"});
}

TEST_CASE("a crowded far slot is spread over several calls and loses no key and no order") {
  timer_wheel wheel;
  constexpr int crowd = 20'000;
  prng random{32};
  std::vector<std::pair<std::int64_t, bytes>> expected;
  for (int i = 0; i < crowd; ++i) {
    const auto due = 40'000'000 + static_cast<std::int64_t>(random.below(1'000));
    expected.emplace_back(due, std::to_string(i));
    wheel.arm(expected.back().second, ms(due));
  }
  std::stable_sort(expected.begin(), expected.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<bytes> out;
  wheel.advance(ms(50'000'000), crowd, out);
  CHECK(out.size() <= timer_wheel::moves_max);
  wheel.arm("earlier", ms(39'000'000));
  const auto rest = drained(wheel, 50'000'000, 1'000);
  out.insert(out.end(), rest.begin(), rest.end());
  REQUIRE(out.size() == crowd + 1);
  std::erase(out, "earlier");
  for (int i = 0; i < crowd; ++i)
    REQUIRE(out[i] == expected[i].second);
}

TEST_CASE("clearing forgets all, and the wheel goes on") {
  timer_wheel wheel;
  for (int i = 0; i < 10'000; ++i)
    wheel.arm("key that is longer than a short string", ms(i * 977));
  due_at(wheel, 50'000);
  wheel.arm("passed", ms(1));
  wheel.clear();
  CHECK(wheel.empty());
  CHECK_FALSE(wheel.next_due());
  CHECK(due_at(wheel, 10'000'000).empty());
  wheel.arm("k", ms(10'000'001));
  CHECK(due_at(wheel, 10'000'001) == std::vector<bytes>{"k"});
}

TEST_CASE("a wheel that was crowded and ran empty goes on") {
  timer_wheel wheel;
  for (std::int64_t round = 0; round < 5; ++round) {
    for (int i = 0; i < 10'000; ++i)
      wheel.arm(std::to_string(i), ms(round * 100'000 + i));
    const auto out = drained(wheel, round * 100'000 + 10'000, 7'000);
    REQUIRE(out.size() == 10'000);
    REQUIRE(out.back() == "9999");
    REQUIRE(due_at(wheel, round * 100'000 + 10'001).empty());
  }
}

TEST_CASE("the wheel agrees with a sorted map under a clock that wanders") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    prng random{seed};
    timer_wheel wheel;
    std::multimap<std::int64_t, bytes> model;
    auto now = static_cast<std::int64_t>(random.below(std::uint64_t{1} << 41U));
    for (int step = 0; step < 1'000; ++step) {
      for (auto n = random.below(6); n > 0; --n) {
        const auto distance = static_cast<std::int64_t>(random() >> (22 + random.below(42)));
        const auto due = random.below(8) == 0 ? now - distance % 100'000 : now + distance;
        const bytes key = std::to_string(step) + ":" + std::to_string(n);
        wheel.arm(key, ms(due));
        model.emplace(due, key);
      }
      const auto jump = static_cast<std::int64_t>(random() >> (30 + random.below(34)));
      now += random.below(10) == 0 ? -(jump % 10'000'000) : jump;
      const auto limit = 1 + random.below(50);
      std::vector<bytes> expected;
      for (auto it = model.begin(); it != model.end() && it->first <= now;) {
        expected.push_back(it->second);
        it = model.erase(it);
      }
      if (!expected.empty()) {
        REQUIRE(wheel.next_due());
        REQUIRE(*wheel.next_due() <= ms(now));
      }
      // Keys of one time may change places; the times of what comes out must not.
      std::vector<bytes> out = drained(wheel, now, limit);
      REQUIRE(out.size() == expected.size());
      std::sort(out.begin(), out.end());
      std::sort(expected.begin(), expected.end());
      REQUIRE(out == expected);
      REQUIRE(wheel.size() == model.size());
      if (!model.empty()) {
        REQUIRE(wheel.next_due());
        REQUIRE(*wheel.next_due() <= ms(model.begin()->first));
      }
    }
  }
}

}  // namespace comet::object
