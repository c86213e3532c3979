#include "net/overlay/bucket.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/net/overlay/contacts.hpp"

namespace comet::overlay {
namespace {

constexpr mono_time start{std::chrono::hours{1}};
constexpr std::size_t size_max = 3;

contact numbered(std::uint64_t number) {
  return contact_at(id_in_bucket({}, 0, number), static_cast<std::uint32_t>(number));
}

entry verified(std::uint64_t number) {
  return {numbered(number), liveness{start}, {}, start};
}

bucket full_bucket() {
  bucket b;
  std::vector<contact> replaced;
  for (std::uint64_t i = 1; i <= size_max; ++i)
    REQUIRE(b.admit(verified(i), size_max, replaced));
  REQUIRE(replaced.empty());
  return b;
}

std::vector<std::uint64_t> all_candidates(bucket b) {
  std::vector<std::uint64_t> numbers;
  contact next;
  for (const bool direct : {true, false}) {
    while (b.take_candidate(next, direct))
      numbers.push_back(next.id.words[3]);
  }
  return numbers;
}

}  // namespace

TEST_CASE("a bucket full of contacts that live takes nobody") {
  auto b = full_bucket();
  std::vector<contact> replaced;
  CHECK_FALSE(b.has_room(size_max));
  CHECK_FALSE(b.admit(verified(9), size_max, replaced));
  CHECK(replaced.empty());
  CHECK(b.find(numbered(9).id) == nullptr);
  CHECK(b.entries().size() == size_max);
}

TEST_CASE("one failure does not cost a place, a second does when somebody answers") {
  auto b = full_bucket();
  std::vector<contact> replaced;
  b.find(numbered(2).id)->life.failed(start);
  CHECK_FALSE(b.has_room(size_max));
  b.find(numbered(2).id)->life.failed(start);
  CHECK(b.has_room(size_max));
  REQUIRE(b.admit(verified(9), size_max, replaced));
  CHECK(replaced == std::vector{numbered(2)});
  CHECK(b.find(numbered(2).id) == nullptr);
  CHECK(b.find(numbered(9).id) != nullptr);
}

TEST_CASE("candidates are given newest first, those that spoke themselves before others") {
  bucket b;
  b.propose(numbered(1), true, 8);
  b.propose(numbered(2), false, 8);
  b.propose(numbered(3), false, 8);
  b.propose(numbered(4), true, 8);
  b.propose(numbered(2), false, 8);
  CHECK(all_candidates(b) == std::vector<std::uint64_t>{4, 1, 2, 3});
}

TEST_CASE("hearsay never drives out a candidate that spoke itself, nor moves its address") {
  bucket b;
  b.propose(numbered(1), true, 3);
  for (std::uint64_t i = 10; i < 100; ++i)
    b.propose(numbered(i), false, 3);
  CHECK(b.candidates() == 3);
  auto moved = numbered(1);
  moved.where.port = 1;
  b.propose(moved, false, 3);
  contact first;
  REQUIRE(b.take_candidate(first, true));
  CHECK(first == numbered(1));
}

TEST_CASE("who gets in is a candidate no more") {
  bucket b;
  std::vector<contact> replaced;
  b.propose(numbered(1), true, 3);
  REQUIRE(b.admit(verified(1), size_max, replaced));
  CHECK(b.candidates() == 0);
  CHECK(b.remove(numbered(1).id));
  CHECK_FALSE(b.remove(numbered(1).id));
  CHECK(b.entries().empty());
}

}  // namespace comet::overlay
