#include "lua/arena.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <vector>

#include "base/random.hpp"

using namespace comet;
using lua::arena;
using lua::page_pool;

TEST_CASE("the account is exact and ends at zero") {
  page_pool pages;
  {
    arena memory(pages);
    void* a = memory.reallocate(nullptr, 0, 10);
    CHECK(memory.used() == 10);
    void* b = memory.reallocate(nullptr, 5, 5'000);  // the old size of nothing is a kind of object
    CHECK(memory.used() == 5'010);
    a = memory.reallocate(a, 10, 700);
    CHECK(memory.used() == 5'700);
    b = memory.reallocate(b, 5'000, 4'000);
    CHECK(memory.used() == 4'700);
    CHECK(memory.peak() == 5'700);
    memory.reset_peak();
    CHECK(memory.peak() == 4'700);
    CHECK(memory.reallocate(a, 700, 0) == nullptr);
    CHECK(memory.reallocate(b, 4'000, 0) == nullptr);
    CHECK(memory.used() == 0);
  }
  CHECK(pages.pages_in_use() == 0);
}

TEST_CASE("what passes the limit is denied and leaves the block as it was") {
  page_pool pages;
  arena memory(pages);
  memory.set_limit(1'000);
  void* a = memory.reallocate(nullptr, 0, 900);
  REQUIRE(a != nullptr);
  CHECK(memory.reallocate(nullptr, 0, 101) == nullptr);
  CHECK(memory.reallocate(a, 900, 1'001) == nullptr);
  CHECK(memory.reallocate(nullptr, 0, ~std::size_t{0} - 8) == nullptr);
  CHECK(memory.used() == 900);
  void* b = memory.reallocate(nullptr, 0, 100);
  CHECK(b != nullptr);
  CHECK(memory.used() == 1'000);
  memory.set_limit(10);
  CHECK(memory.reallocate(a, 900, 800) != nullptr);  // shrinking is never denied
}

TEST_CASE("blocks keep their contents through random traffic and never overlap") {
  page_pool pages;
  prng chance(3);
  struct block {
    unsigned char* at;
    std::size_t size;
    unsigned char fill;
  };
  for (int round = 0; round < 20; ++round) {
    arena memory(pages);
    std::vector<block> live;
    std::size_t expected = 0;
    for (int i = 0; i < 2'000; ++i) {
      const auto size = chance.below(8) == 0 ? 1 + chance.below(5'000) : 1 + chance.below(600);
      const auto fill = static_cast<unsigned char>(chance());
      if (live.empty() || chance.below(3) != 0) {
        live.push_back(
            {static_cast<unsigned char*>(memory.reallocate(nullptr, 0, size)), size, fill});
        std::memset(live.back().at, fill, size);
        expected += size;
        continue;
      }
      auto& b = live[chance.below(live.size())];
      for (std::size_t k = 0; k < b.size; ++k)
        if (b.at[k] != b.fill) FAIL("a block was written over");
      if (chance.below(2) == 0) {
        memory.reallocate(b.at, b.size, 0);
        expected -= b.size;
        b = live.back();
        live.pop_back();
      } else {
        b.at = static_cast<unsigned char*>(memory.reallocate(b.at, b.size, size));
        expected += size - b.size;
        b.size = size;
        b.fill = fill;
        std::memset(b.at, fill, size);
      }
    }
    CHECK(memory.used() == expected);
    CHECK(memory.held() >= memory.used());
  }
  CHECK(pages.pages_in_use() == 0);
}
