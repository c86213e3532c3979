#include "object/record_cache.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>

#include "base/random.hpp"

using namespace comet;
using namespace comet::object;

namespace {

void give_value(record_cache& cache, cache_entry& entry, bytes value) {
  entry.current = std::make_shared<record>();
  entry.current->value = std::move(value);
  cache.recount(entry);
}

}  // namespace

TEST_CASE("an entry is found by its key and only by it") {
  record_cache cache(1U << 20U);
  CHECK(cache.find("a") == nullptr);
  auto& entry = cache.obtain("a");
  CHECK(cache.find("a") == &entry);
  CHECK(&cache.obtain("a") == &entry);
  CHECK(cache.find("b") == nullptr);
  CHECK(cache.size() == 1);
}

TEST_CASE("fetching ahead changes nothing, whatever the keys") {
  record_cache cache(1U << 20U);
  std::vector<bytes> keys;
  for (int i = 0; i < 100; ++i)
    keys.push_back("key" + std::to_string(i));
  for (int i = 0; i < 100; i += 2)
    give_value(cache, cache.obtain(keys[static_cast<std::size_t>(i)]), "v");
  cache.obtain("key1");  // no record
  const auto used = cache.bytes_used();
  cache.prefetch(std::vector<bytes_view>(keys.begin(), keys.end()));
  cache.prefetch({});
  CHECK(cache.size() == 51);
  CHECK(cache.bytes_used() == used);
  CHECK(cache.find("key3") == nullptr);
  CHECK(cache.find("key4")->current->value == "v");
}

TEST_CASE("random inserts and erases leave what a map would hold") {
  record_cache cache(1U << 30U);
  std::map<bytes, bytes> model;
  prng random(7);
  for (int i = 0; i < 20'000; ++i) {
    const bytes key = "k" + std::to_string(random.below(3'000));
    if (random.below(3) == 0) {
      if (auto* entry = cache.find(key)) cache.erase(*entry);
      model.erase(key);
    } else {
      give_value(cache, cache.obtain(key), std::to_string(i));
      model[key] = std::to_string(i);
    }
  }
  CHECK(cache.size() == model.size());
  for (const auto& [key, value] : model) {
    auto* entry = cache.find(key);
    REQUIRE(entry != nullptr);
    CHECK(entry->current->value == value);
  }
}

TEST_CASE("the account of bytes returns to nothing when all entries are gone") {
  record_cache cache(1U << 20U);
  const std::size_t empty = cache.bytes_used();
  for (int i = 0; i < 100; ++i) {
    give_value(cache, cache.obtain(std::to_string(i)), bytes(200, 'x'));
  }
  CHECK(cache.bytes_used() > empty + 20'000);
  cache.erase_if([](cache_entry&) { return true; });
  CHECK(cache.bytes_used() == empty);
  CHECK(cache.size() == 0);
}

TEST_CASE("eviction takes unpinned entries only, and the cache is complete no more") {
  record_cache cache(20'000);
  cache.set_complete(true);
  for (int i = 0; i < 200; ++i) {
    auto& entry = cache.obtain(std::to_string(i));
    give_value(cache, entry, bytes(200, 'x'));
    entry.written = i < 10 ? 2 : 1;
  }
  for (int round = 0; round < 50; ++round)
    cache.evict(1);
  CHECK(cache.bytes_used() <= 20'000);
  CHECK_FALSE(cache.complete());
  for (int i = 0; i < 10; ++i)
    CHECK(cache.find(std::to_string(i)) != nullptr);
}

TEST_CASE("eviction keeps up with entries that come in batches of any size") {
  constexpr std::size_t bound = 100'000;
  record_cache cache(bound);
  for (int batch = 0; batch < 100; ++batch) {
    for (int i = 0; i < 1'000; ++i) {
      const bytes key = std::to_string(batch) + "." + std::to_string(i);
      give_value(cache, cache.obtain(key), bytes(100, 'x'));
    }
    cache.evict(0);
    CHECK(cache.bytes_used() <= bound);
  }
}
