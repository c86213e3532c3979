#include "object/replica/lease_book.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::object::replica {

namespace {

using std::chrono::milliseconds;

member node(std::uint8_t n) {
  member m;
  m.node[0] = n;
  m.life = 1;
  return m;
}

const member asker = node(1);
const member granter = node(2);

constexpr mono_time at(std::int64_t ms) {
  return mono_time{milliseconds{ms}};
}

/// One round of asking, without a delay.
lease_answer ask(lease_book& from, lease_book& to, mono_time now) {
  const auto said = to.answer(asker, from.ask(granter, now), now);
  from.on_answer(granter, said, now);
  return said;
}

}  // namespace

TEST_CASE("a lease is granted to who has heard an answer before") {
  lease_book a{{}, at(0)};
  lease_book b{{}, at(0)};
  CHECK_FALSE(ask(a, b, at(2'000)).granted);
  CHECK_FALSE(b.is_bound_to(asker, at(2'000)));
  CHECK(ask(a, b, at(2'300)).granted);
  CHECK(b.is_bound_to(asker, at(2'300)));
  CHECK(a.holds(granter, at(2'300)));
}

TEST_CASE("the holder's lease ends before the granter's, by twice the drift") {
  lease_book a{{milliseconds{1'000}, milliseconds{300}, 0.01}, at(0)};
  lease_book b{{milliseconds{1'000}, milliseconds{300}, 0.01}, at(0)};
  ask(a, b, at(5'000));
  ask(a, b, at(5'100));
  CHECK(a.holds(granter, at(6'079)));
  CHECK_FALSE(a.holds(granter, at(6'080)));
  CHECK(b.is_bound_to(asker, at(6'099)));
  CHECK_FALSE(b.is_bound_to(asker, at(6'100)));
}

TEST_CASE("a lease counts from when it was asked for, not from when the answer came") {
  lease_book a{{milliseconds{1'000}, milliseconds{300}, 0.01}, at(0)};
  lease_book b{{milliseconds{1'000}, milliseconds{300}, 0.01}, at(0)};
  ask(a, b, at(5'000));
  const auto said = b.answer(asker, a.ask(granter, at(5'100)), at(5'400));
  a.on_answer(granter, said, at(5'700));
  CHECK(a.holds(granter, at(6'079)));
  CHECK_FALSE(a.holds(granter, at(6'080)));
}

TEST_CASE("who is heard and hears nothing binds nobody for long") {
  lease_book a{{}, at(0)};
  lease_book b{{}, at(0)};
  ask(a, b, at(2'000));
  ask(a, b, at(2'300));
  // From here on its answers are lost.
  for (std::int64_t ms = 2'600; ms < 10'000; ms += 300)
    b.answer(asker, a.ask(granter, at(ms)), at(ms));
  CHECK_FALSE(b.is_bound_to(asker, at(10'000)));
}

TEST_CASE(
    "a node that has just started remembers no lease and rests for as long as one could run") {
  const lease_book b{{}, at(7'000)};
  CHECK_FALSE(b.is_rested(at(8'499)));
  CHECK(b.is_rested(at(8'500)));
}

TEST_CASE("a lease renewed in time has run since its first answer; after a gap it begins anew") {
  lease_book a{{}, at(0)};
  lease_book b{{}, at(0)};
  ask(a, b, at(2'000));
  ask(a, b, at(2'300));
  ask(a, b, at(2'600));
  CHECK(a.held_since(granter) == at(2'300));
  ask(a, b, at(9'000));
  ask(a, b, at(9'300));
  CHECK(a.held_since(granter) == at(9'300));
}

TEST_CASE("an answer to what was never asked grants nothing") {
  lease_book a{{}, at(0)};
  a.on_answer(granter, {at(9'000), at(1), true}, at(5'000));
  CHECK_FALSE(a.holds(granter, at(5'000)));
}

}  // namespace comet::object::replica
