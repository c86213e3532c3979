#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "net/overlay/routing_table.hpp"
#include "tests/unit/net/overlay/contacts.hpp"

namespace comet::overlay {

using namespace std::chrono_literals;

namespace {

constexpr mono_time start{1h};

struct stage {
  prng random{7};
  node_id self = random_id(random);
  table_options options;
  routing_table table{self, options};
  std::vector<contact> replaced;

  void answer(const contact& who, mono_time now = start) {
    (void)table.answered(who, now, 20ms, {}, replaced);
  }
  std::vector<contact> fill(std::size_t count) {
    std::vector<contact> in;
    for (const auto& who : random_contacts(random, count)) {
      answer(who);
      if (table.find(who.id) != nullptr) in.push_back(who);
    }
    return in;
  }
  [[nodiscard]] contact in_bucket(unsigned bucket, std::uint64_t number) const {
    return contact_at(id_in_bucket(self, bucket, number << 8U),
                      static_cast<std::uint32_t>(100'000 + bucket * 1'000 + number));
  }
};

std::vector<contact> sorted(std::vector<contact> all, const node_id& target, std::size_t count) {
  std::sort(all.begin(), all.end(), [&target](const contact& a, const contact& b) {
    return is_nearer(target, a.id, b.id);
  });
  if (all.size() > count) all.resize(count);
  return all;
}

}  // namespace

TEST_CASE("the nearest entries are those that sorting all of them gives, for any target") {
  stage s;
  const auto in = s.fill(2'000);
  CHECK(in.size() == s.table.size());
  for (int i = 0; i < 200; ++i) {
    const auto target = i % 2 == 0 ? random_id(s.random)
                                   : random_id_sharing(s.self, static_cast<unsigned>(i), s.random);
    const auto count = s.random.below(40);
    REQUIRE(s.table.nearest(target, count) == sorted(in, target, count));
  }
  CHECK(s.table.nearest(s.self, 6) == sorted(in, s.self, 6));
  CHECK(s.table.everyone() == sorted(in, s.self, in.size()));
}

TEST_CASE("suspects are named to nobody") {
  stage s;
  const auto in = sorted(s.fill(20), s.self, 20);
  (void)s.table.failed(in[0], start);
  CHECK(s.table.nearest(s.self, 1) == std::vector{in[1]});
  CHECK(s.table.everyone().size() == in.size() - 1);
}

TEST_CASE("siblings are pinged often, others seldom and so many at a time") {
  stage s;
  const auto in = sorted(s.fill(200), s.self, 1'000);
  CHECK(s.table.take_pings_due(start + 4s, 3).empty());
  const auto siblings = s.table.take_pings_due(start + 5s, 3);
  CHECK(sorted(siblings, s.self, 100) == sorted(in, s.self, s.options.siblings));
  CHECK(s.table.take_pings_due(start + 5s, 3).empty());
  for (const auto& who : siblings)
    s.answer(who, start + 59s);
  const auto others = s.table.take_pings_due(start + 60s, 3);
  CHECK(others.size() == 3);
  const auto next = s.table.take_pings_due(start + 60s, 3);
  CHECK(next.size() == 3);
  for (const auto& who : next)
    CHECK(std::find(others.begin(), others.end(), who) == others.end());
}

TEST_CASE("a suspect is pinged after its back-off, wherever it stands") {
  stage s;
  const auto in = sorted(s.fill(200), s.self, 1'000);
  (void)s.table.failed(in.back(), start);
  CHECK(s.table.take_pings_due(start + 50ms, 0).empty());
  CHECK(s.table.take_pings_due(start + 1s, 0) == std::vector{in.back()});
}

TEST_CASE("candidates that spoke themselves are taken nearest first") {
  stage s;
  for (const unsigned bucket : {0U, 3U, 1U})
    s.table.spoke(s.in_bucket(bucket, 1), start);
  CHECK(s.table.take_candidates(2, 8) == std::vector{s.in_bucket(3, 1), s.in_bucket(1, 1)});
  CHECK(s.table.take_candidates(2, 8) == std::vector{s.in_bucket(0, 1)});
  CHECK(s.table.take_candidates(2, 8).empty());
}

TEST_CASE("invented contacts near the node do not hold up hearsay of other places") {
  stage s;
  for (std::uint64_t i = 1; i <= 8; ++i)
    s.table.heard_of(s.in_bucket(40, i), start);
  const auto real = s.in_bucket(2, 1);
  s.table.heard_of(real, start);
  std::vector<contact> taken;
  for (int tick = 0; tick < 2; ++tick) {
    for (const auto& who : s.table.take_candidates(1, 1))
      taken.push_back(who);
  }
  CHECK(std::find(taken.begin(), taken.end(), real) != taken.end());
}

TEST_CASE("hearsay is dialed near the node and where a bucket is sparse, direct ones everywhere") {
  stage s;
  for (std::uint64_t i = 1; i <= s.options.near / 2; ++i) {
    s.answer(s.in_bucket(8, i));
    s.answer(s.in_bucket(7, i));
  }
  for (std::uint64_t i = 1; i <= s.options.sparse; ++i)
    s.answer(s.in_bucket(2, i));
  s.table.heard_of(s.in_bucket(2, 50), start);
  CHECK(s.table.take_candidates(8, 8).empty());
  s.table.heard_of(s.in_bucket(8, 50), start);
  s.table.heard_of(s.in_bucket(1, 50), start);
  s.table.spoke(s.in_bucket(2, 51), start);
  const auto taken = sorted(s.table.take_candidates(8, 8), s.self, 8);
  CHECK(taken == std::vector{s.in_bucket(8, 50), s.in_bucket(2, 51), s.in_bucket(1, 50)});
}

TEST_CASE("nobody is verified for whom there is no place") {
  stage s;
  for (std::uint64_t i = 1; i <= s.options.bucket_size; ++i)
    s.answer(s.in_bucket(0, i));
  const auto late = s.in_bucket(0, 99);
  s.table.spoke(late, start);
  CHECK(s.table.take_candidates(8, 8).empty());
  CHECK_FALSE(s.table.take_candidate(late));
  (void)s.table.left(s.in_bucket(0, 1).id, start);
  CHECK(s.table.take_candidate(late));
  CHECK_FALSE(s.table.take_candidate(late));
}

TEST_CASE("buckets near the node, sparse and stale ones are refreshed, each in its period") {
  stage s;
  for (std::uint64_t i = 1; i <= 20; ++i)
    s.answer(s.in_bucket(4, i));
  for (std::uint64_t i = 1; i <= 2; ++i)
    s.answer(s.in_bucket(5, i));
  for (std::uint64_t i = 1; i <= 20; ++i)
    s.answer(s.in_bucket(6, i));
  CHECK(s.table.is_near(s.in_bucket(6, 99).id));
  CHECK_FALSE(s.table.is_near(s.in_bucket(5, 99).id));
  for (unsigned bucket = 0; bucket <= 6; ++bucket)
    s.table.set_refreshed(bucket, start + (bucket < 4 ? 3'600s : 0s));
  const refresh_periods periods{60s, 20s, 3'600s};
  CHECK_FALSE(s.table.bucket_due(start + 19s, periods));
  CHECK(s.table.bucket_due(start + 20s, periods) == 5U);
  s.table.set_refreshed(5, start + 59s);
  CHECK_FALSE(s.table.bucket_due(start + 59s, periods));
  CHECK(s.table.bucket_due(start + 60s, periods) == 6U);
  s.table.set_refreshed(6, start + 3'600s);
  s.table.set_refreshed(5, start + 3'600s);
  CHECK(s.table.bucket_due(start + 3'600s, periods) == 4U);
  CHECK(s.table.alive_in(5).size() == 2);
  CHECK(s.table.alive_in(200).empty());
}

TEST_CASE("in a small network every bucket is near, in a large one those of the nearest nodes") {
  stage s;
  for (unsigned bucket = 0; bucket < 4; ++bucket)
    for (std::uint64_t i = 1; i <= s.options.bucket_size >> bucket; ++i)
      s.answer(s.in_bucket(bucket, i));
  CHECK(s.table.is_near(s.in_bucket(0, 99).id));
  for (std::uint64_t i = 1; i <= s.options.near; ++i)
    s.answer(s.in_bucket(4, i));
  CHECK_FALSE(s.table.is_near(s.in_bucket(0, 99).id));
  CHECK_FALSE(s.table.is_near(s.in_bucket(3, 99).id));
  CHECK(s.table.is_near(s.in_bucket(4, 99).id));
}

}  // namespace comet::overlay
