#include "lab/inspection.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::lab;

TEST_CASE("a passive record shows its value and owner") {
  object::record kept;
  kept.value = "hello";
  const auto seen = inspect(kept, 16);
  REQUIRE(seen.ok());
  CHECK_FALSE(seen->active);
  CHECK(seen->value.text == "hello");
  CHECK(seen->owner == "default");
}

TEST_CASE("an active record shows its state, and one that is damaged is told") {
  object::record kept;
  kept.owner = "alice";
  kept.active = std::make_unique<object::activity>();
  kept.active->state = bytes("\x81\xa5value\x07", 8);
  kept.active->quarantine = "too much fuel";
  const auto seen = inspect(kept, 16);
  REQUIRE(seen.ok());
  CHECK(seen->active);
  CHECK(seen->owner == "alice");
  CHECK(seen->value.integer == 7);
  CHECK(seen->state.items.size() == 2);
  CHECK(seen->quarantined == "too much fuel");
  kept.active->state = "\xc1";
  CHECK_FALSE(inspect(kept, 16).ok());
}
