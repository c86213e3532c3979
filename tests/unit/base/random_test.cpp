#include "base/random.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>

namespace comet {

TEST_CASE("the generator is xoshiro256** seeded through splitmix64") {
  prng random{0};
  CHECK(random() == 0x99EC5F36CB75F2B4ULL);
  CHECK(random() == 0xBF6E1F784956452AULL);
  CHECK(random() == 0x1A5F849D4933E6E0ULL);
}

TEST_CASE("a seed repeats its sequence and another seed gives another") {
  prng a{7};
  prng b{7};
  prng other{8};
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const auto drawn = a();
    CHECK(drawn == b());
    differs = differs || drawn != other();
  }
  CHECK(differs);
}

TEST_CASE("a bounded draw stays below its bound and meets every value") {
  prng random{1};
  std::array<int, 10> count{};
  for (int i = 0; i < 10'000; ++i)
    ++count.at(random.below(count.size()));
  for (const int n : count)
    CHECK(n > 800);
  CHECK(random.below(1) == 0);
}

TEST_CASE("a unit draw is at least zero and below one, around one half on average") {
  prng random{2};
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double drawn = random.unit();
    REQUIRE((drawn >= 0 && drawn < 1));
    sum += drawn;
  }
  CHECK((sum > 4'800 && sum < 5'200));
}

}  // namespace comet
