#include "object/slow_turns.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::object {
namespace {

using namespace std::chrono_literals;

turn_seen turn_of(bytes_view key, std::chrono::nanoseconds waited, std::chrono::nanoseconds ran) {
  turn_seen seen;
  seen.key = key;
  seen.waited = waited;
  seen.ran = ran;
  seen.fuel = 7;
  return seen;
}

TEST_CASE("of a key the latest slow turn is found") {
  slow_turns turns;
  CHECK(turns.find("a", 1) == nullptr);
  turns.note(turn_of("a", 1ms, 2ms));
  turns.note(turn_of("b", 9ms, 9ms));
  turns.note(turn_of("a", 3ms, 4ms));
  const slow_turn* found = turns.find("a", 1);
  REQUIRE(found != nullptr);
  CHECK(found->waited == 3ms);
  CHECK(found->ran == 4ms);
  CHECK(found->fuel == 7);
  CHECK(turns.find("c", 1) == nullptr);
}

TEST_CASE("a turn that was not slow is not kept") {
  slow_turns turns;
  turns.note(turn_of("a", 400us, 599us));
  CHECK(turns.find("a", 1) == nullptr);
  turns.note(turn_of("a", 500us, 500us));
  CHECK(turns.find("a", 1) != nullptr);
}

TEST_CASE("a long key is known by its beginning and its length") {
  slow_turns turns;
  const bytes key(300, 'k');
  turns.note(turn_of(key, 1ms, 1ms));
  CHECK(turns.find(bytes_view{key}.substr(0, slow_turn::key_kept_max), key.size()) != nullptr);
  CHECK(turns.find(key, key.size()) != nullptr);
  CHECK(turns.find(key, key.size() - 1) == nullptr);
}

TEST_CASE("the oldest are forgotten when there are too many") {
  slow_turns turns;
  turns.note(turn_of("first", 1ms, 1ms));
  for (std::size_t i = 1; i < slow_turns::kept_max; ++i)
    turns.note(turn_of("other", 1ms, 1ms));
  CHECK(turns.find("first", 5) != nullptr);
  turns.note(turn_of("other", 1ms, 1ms));
  CHECK(turns.find("first", 5) == nullptr);
}

}  // namespace
}  // namespace comet::object
