#include "object/top_list.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <string>

#include "base/random.hpp"

using namespace comet;
using namespace comet::object;

namespace {

using rows = std::vector<top_list::row>;

/// Without a place that is kept.
void add(top_list& list, bytes_view key, std::uint64_t weight) {
  top_list::place unknown = 0;
  list.add(key, weight, unknown);
}
void set(top_list& list, bytes_view key, std::uint64_t level) {
  top_list::place unknown = 0;
  list.set(key, level, unknown);
}

/// Sums as they are, beside a list that is told of the same.
struct told {
  explicit told(std::size_t capacity) : capacity(capacity), list(capacity) {}

  void add(const bytes& key, std::uint64_t weight) {
    list.add(key, weight, places[key]);
    sums[key] += weight;
    total += weight;
  }
  /// The bounds of the header.
  void check() const {
    REQUIRE(list.least() <= total / capacity);
    REQUIRE(list.floor() <= list.least());
    for (const auto& row : list.top(capacity)) {
      CAPTURE(row.key);
      const auto exact = sums.at(row.key);
      REQUIRE(exact <= row.value);
      REQUIRE(row.value - row.error <= exact);
      REQUIRE(row.error <= list.least());
    }
    for (const auto& [key, exact] : sums) {
      if (exact <= list.least()) continue;
      const auto listed = list.top(capacity);
      REQUIRE(std::ranges::find(listed, key, [](const auto& row) { return row.key; }) !=
              listed.end());
    }
  }

  std::size_t capacity;
  top_list list;
  std::map<bytes, std::uint64_t> sums;
  std::map<bytes, top_list::place> places;
  std::uint64_t total = 0;
};

}  // namespace

TEST_CASE("sums are exact while there is room for all keys") {
  top_list list(3);
  add(list, "a", 5);
  add(list, "b", 7);
  add(list, "a", 4);
  add(list, "c", 0);
  CHECK(list.size() == 2);
  CHECK(list.least() == 0);
  CHECK(list.top(10) == rows{{"a", 9, 0}, {"b", 7, 0}});
  CHECK(list.top(1) == rows{{"a", 9, 0}});
  CHECK(list.top(0).empty());
}

TEST_CASE(
    "a key for which there is no room takes the place of the smallest, and its sum as error") {
  top_list list(2);
  add(list, "a", 5);
  add(list, "b", 3);
  add(list, "c", 1);
  CHECK(list.top(2) == rows{{"a", 5, 0}, {"c", 4, 3}});
  CHECK(list.least() == 4);
}

TEST_CASE("of equal sums the first key leaves, and rows stand in the order of keys") {
  top_list list(2);
  add(list, "b", 3);
  add(list, "a", 3);
  CHECK(list.top(2) == rows{{"a", 3, 0}, {"b", 3, 0}});
  add(list, "c", 1);
  CHECK(list.top(2) == rows{{"c", 4, 3}, {"b", 3, 0}});
}

TEST_CASE("the error of Space-Saving is bounded whatever comes") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    prng random(seed);
    told t(1 + random() % 20);
    const std::uint64_t keys = 1 + random() % 200;
    const bool skewed = random() % 2 == 0;
    for (int i = 0; i < 2'000; ++i) {
      const auto drawn = random() % keys;
      const auto key = skewed ? drawn * (random() % keys) / keys : drawn;
      t.add("k" + std::to_string(key), 1 + random() % 50);
      if (i % 200 == 0) t.check();
    }
    t.check();
  }
}

TEST_CASE("a key that has more than its share is found among thousands of others") {
  told t(100);
  for (int i = 0; i < 20'000; ++i) {
    add(t.list, "other" + std::to_string(i), 1);
    if (i % 50 == 0) add(t.list, "busy", 1);
  }
  // 400 of 20,400 is over 1 of 100.
  const auto first = t.list.top(100);
  const auto busy = std::ranges::find(first, "busy", &top_list::row::key);
  REQUIRE(busy != first.end());
  CHECK(busy->value >= 400);
  CHECK(busy->value - busy->error <= 400);
  CHECK(t.list.size() == 100);
}

TEST_CASE("levels rise and fall with what their key tells") {
  top_list list(2);
  set(list, "a", 10);
  set(list, "b", 20);
  set(list, "a", 30);
  CHECK(list.top(2) == rows{{"a", 30, 0}, {"b", 20, 0}});
  set(list, "a", 5);
  CHECK(list.top(2) == rows{{"b", 20, 0}, {"a", 5, 0}});
  set(list, "b", 0);
  CHECK(list.top(2) == rows{{"a", 5, 0}});
}

TEST_CASE("a level takes the place of the smallest only when it is higher") {
  top_list list(2);
  set(list, "a", 10);
  set(list, "b", 20);
  set(list, "c", 10);
  CHECK(list.top(2) == rows{{"b", 20, 0}, {"a", 10, 0}});
  set(list, "c", 11);
  CHECK(list.top(2) == rows{{"b", 20, 0}, {"c", 11, 0}});
}

TEST_CASE("keys are bytes, and may hold anything") {
  top_list list(2);
  const bytes key("\0<b>\"\n\xff", 7);
  add(list, key, 2);
  CHECK(list.top(1) == rows{{key, 2, 0}});
}

TEST_CASE("a place that is out of date finds the key all the same") {
  top_list list(3);
  top_list::place a = 9'999;
  top_list::place b = 0;
  list.set("x", 1, b);
  list.set("a", 5, a);
  list.set("x", 0, b);  // "a" moves
  list.set("a", 6, a);
  list.set("x", 2, b);
  CHECK(list.top(3) == rows{{"a", 6, 0}, {"x", 2, 0}});
}

TEST_CASE("the floor is never over the smallest level") {
  prng random(7);
  top_list list(4);
  for (int i = 0; i < 2'000; ++i) {
    set(list, std::to_string(random() % 9), random() % 20);
    REQUIRE(list.floor() <= list.least());
  }
}
