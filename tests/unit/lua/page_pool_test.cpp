#include "lua/page_pool.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <set>

using comet::lua::page_pool;

TEST_CASE("pages are distinct, aligned and used again") {
  page_pool pool;
  std::set<page_pool::page*> seen;
  page_pool::page* chain = nullptr;
  for (int i = 0; i < 100; ++i) {
    page_pool::page* taken = pool.take();
    REQUIRE(taken != nullptr);
    CHECK(reinterpret_cast<std::uintptr_t>(taken) % 16 == 0);
    CHECK(seen.insert(taken).second);
    taken->next = chain;
    chain = taken;
  }
  CHECK(pool.pages_in_use() == 100);
  const auto held = pool.bytes_held();
  CHECK(held >= 100 * page_pool::page_bytes);
  pool.give_back(chain);
  CHECK(pool.pages_in_use() == 0);
  page_pool::page* again = pool.take();
  CHECK(seen.contains(again));
  CHECK(pool.bytes_held() == held);
  again->next = nullptr;
  pool.give_back(again);
}
