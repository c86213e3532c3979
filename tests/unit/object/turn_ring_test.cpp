#include "object/turn_ring.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/object/recorded_turns.hpp"

using namespace comet;
using namespace comet::object;

namespace {

recorded_turn small_turn() {
  recorded_turn turn;
  turn.kind = turn_kind::call;
  turn.handler = "add";
  turn.key = "an-object";
  turn.what = test::call_of("add");
  return turn;
}

bytes encoded(const turn_ring& ring) {
  encoder out{64};
  ring.write(out);
  return std::move(out).take();
}

std::vector<std::uint64_t> numbers(const turn_ring& ring) {
  std::vector<std::uint64_t> all;
  for (const auto& turn : ring.heads())
    all.push_back(turn.number);
  return all;
}

}  // namespace

TEST_CASE("the latest turns stay, with numbers that go on") {
  auto ring = turn_ring::of(3);
  for (int i = 0; i < 5; ++i)
    ring = ring->with(small_turn(), "a", "b");
  CHECK(numbers(*ring) == std::vector<std::uint64_t>{3, 4, 5});
  CHECK_FALSE(ring->find(2));
  CHECK_FALSE(ring->find(6));
  REQUIRE(ring->find(3));
  CHECK(*ring->find(3)->before == "a");
  CHECK(*ring->find(3)->after == "b");
  CHECK(numbers(*ring->resized(1)) == std::vector<std::uint64_t>{5});
  CHECK(numbers(*ring->resized(1)->with(small_turn(), "a", "b")) == std::vector<std::uint64_t>{6});
  CHECK(ring->resized(64)->capacity() == 64);
}

TEST_CASE("a ring is never changed: a new one has one turn more") {
  const auto empty = turn_ring::of(3);
  const auto one = empty->with(small_turn(), "a", "b");
  CHECK(empty->size() == 0);
  CHECK(one->size() == 1);
}

TEST_CASE("a state is kept once, however many turns saw it") {
  const bytes state(1'000, 's');
  auto ring = turn_ring::of(10);
  for (int i = 0; i < 10; ++i)
    ring = ring->with(small_turn(), state, state);
  CHECK(ring->bytes_used() < 3'000);
  CHECK(encoded(*ring).size() < 3'000);
  CHECK(*ring->find(10)->after == state);
  // What leaves takes nothing from those that stay.
  CHECK(*ring->resized(1)->find(10)->before == state);
}

TEST_CASE("the oldest turns leave when the bytes are used up") {
  auto ring = turn_ring::of(64);
  for (int i = 0; i < 64; ++i) {
    const bytes state(10'000, static_cast<char>('a' + i % 26));
    ring = ring->with(small_turn(), state, state);
    CHECK(ring->bytes_used() <= recorded_turns_bytes_max);
  }
  CHECK(ring->size() > 5);
  CHECK(ring->size() < 20);
  CHECK(ring->heads().back().number == 64);
}

TEST_CASE("of a turn over its bound the sizes are kept, and it pushes nothing out") {
  auto ring = turn_ring::of(4)->with(small_turn(), "a", "b");
  recorded_turn large = test::full_turn();
  large.failure = error{errc::script, bytes(5'000, 'e')};
  ring = ring->with(std::move(large), bytes(40'000, 'x'), bytes(40'000, 'y'));
  CHECK(numbers(*ring) == std::vector<std::uint64_t>{1, 2});
  const auto kept = ring->find(2);
  REQUIRE(kept);
  REQUIRE(kept->sizes);
  CHECK(kept->sizes->state_before == 40'000);
  CHECK(kept->sizes->turn > 5'000);
  CHECK(kept->before == nullptr);
  CHECK(kept->failure->code == errc::script);
  CHECK(ring->bytes_used() < 2'000);
}

TEST_CASE("a turn whose trace was cut is not taken for whole") {
  recorded_turn turn = small_turn();
  turn.trace.cut = true;
  CHECK(turn_ring::of(4)->with(std::move(turn), "a", "b")->find(1)->sizes);
}

TEST_CASE("a turn that made its object has no state before, one that ended it none after") {
  recorded_turn made = small_turn();
  made.kind = turn_kind::create;
  const auto ring = turn_ring::of(4)->with(std::move(made), "", "b");
  CHECK(ring->find(1)->before == nullptr);
  CHECK(*ring->find(1)->after == "b");
}

TEST_CASE("a ring comes back from its bytes equal, and refuses what it never wrote") {
  auto ring = turn_ring::of(5);
  for (const auto* state : {"a", "a", "b", "a"})
    ring = ring->with(test::full_turn(), state, "b");
  const bytes raw = encoded(*ring);
  decoder in{raw, "ring"};
  const auto back = turn_ring::read(in);
  REQUIRE(back);
  CHECK(in.at_end());
  CHECK(*back == *ring);
  CHECK(back->bytes_used() == ring->bytes_used());
  CHECK_FALSE(*back == *back->with(small_turn(), "a", "b"));
  for (std::size_t size = 0; size < raw.size(); ++size) {
    decoder cut{bytes_view{raw}.substr(0, size), "ring"};
    CHECK(turn_ring::read(cut) == nullptr);
    CHECK_FALSE(cut.ok());
  }
  for (const char* wrong : {"\x00\x01\x00", "\x41\x01\x00", "\x02\x01\x01"}) {
    decoder bad{bytes_view{wrong, 3}, "ring"};
    CHECK(turn_ring::read(bad) == nullptr);
    CHECK_FALSE(bad.ok());
  }
}
