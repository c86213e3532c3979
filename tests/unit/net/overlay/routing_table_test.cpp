#include "net/overlay/routing_table.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/net/overlay/contacts.hpp"

namespace comet::overlay {

using namespace std::chrono_literals;
using verdict = routing_table::verdict;

namespace {

constexpr mono_time start{1h};

struct stage {
  node_id self{{1, 2, 3, 4}};
  table_options options;
  routing_table table{self, options};
  std::vector<contact> replaced;

  verdict answer(const contact& who, mono_time now = start) {
    return table.answered(who, now, 20ms, {}, replaced);
  }
  /// The `number`th contact of a bucket, in a network of its own.
  [[nodiscard]] contact in_bucket(unsigned bucket, std::uint64_t number) const {
    return contact_at(id_in_bucket(self, bucket, number << 8U),
                      static_cast<std::uint32_t>(bucket * 1'000 + number));
  }
  void kill(const contact& who, mono_time now = start) {
    for (unsigned i = 0; i < liveness::failures_until_dead; ++i)
      (void)table.failed(who, now);
  }
};

}  // namespace

TEST_CASE("a contact heard of gets in when it has answered, not before") {
  stage s;
  const auto who = s.in_bucket(0, 1);
  s.table.heard_of(who, start);
  s.table.spoke(who, start);
  CHECK(s.table.find(who.id) == nullptr);
  CHECK(s.table.size() == 0);
  CHECK(s.answer(who) == verdict::inserted);
  REQUIRE(s.table.find(who.id) != nullptr);
  CHECK(s.table.size() == 1);
  CHECK(s.table.candidates() == 0);
  CHECK(s.answer(who) == verdict::renewed);
  CHECK(s.table.size() == 1);
}

TEST_CASE("a node never has itself in its table") {
  stage s;
  const contact self = contact_at(s.self, 1);
  s.table.spoke(self, start);
  s.table.heard_of(self, start);
  CHECK(s.answer(self) == verdict::refused);
  CHECK_FALSE(s.table.failed(self, start));
  CHECK_FALSE(s.table.left(s.self, start));
  CHECK(s.table.size() == 0);
  CHECK(s.table.candidates() == 0);
}

TEST_CASE("old contacts that live keep their places, newcomers wait as candidates") {
  stage s;
  for (std::uint64_t i = 1; i <= s.options.bucket_size; ++i)
    REQUIRE(s.answer(s.in_bucket(0, i)) == verdict::inserted);
  const auto late = s.in_bucket(0, 99);
  CHECK(s.answer(late) == verdict::no_place);
  CHECK(s.table.candidates() == 1);
  CHECK(s.answer(s.in_bucket(1, 1)) == verdict::inserted);
  const auto weak = s.in_bucket(0, 3);
  (void)s.table.failed(weak, start);
  CHECK(s.answer(late) == verdict::no_place);
  (void)s.table.failed(weak, start);
  CHECK(s.answer(late) == verdict::inserted);
  CHECK(s.replaced == std::vector{weak});
  CHECK(s.table.size() == s.options.bucket_size + 1);
}

TEST_CASE("two contacts of one network get into a bucket and ten into the table") {
  stage s;
  std::size_t in = 0;
  for (unsigned bucket = 0; bucket < 12; ++bucket) {
    std::size_t in_bucket = 0;
    for (std::uint64_t i = 1; i <= 5; ++i) {
      auto who = s.in_bucket(bucket, i);
      who.where = v4_address(0xC0000200U + bucket * 5 + static_cast<std::uint32_t>(i), 7'400);
      in_bucket += s.answer(who) == verdict::inserted ? 1 : 0;
    }
    CHECK(in_bucket <= 2);
    in += in_bucket;
  }
  CHECK(in == 10);
  CHECK(s.table.size() == 10);
}

TEST_CASE("loopback, or all private networks, may be exempt from that") {
  const auto inserted = [](caps_exemption exempt, std::uint32_t network) {
    stage s;
    s.options.exempt = exempt;
    s.table = {s.self, s.options};
    std::size_t in = 0;
    for (std::uint64_t i = 1; i <= 5; ++i) {
      auto who = s.in_bucket(0, i);
      who.where = v4_address(network + static_cast<std::uint32_t>(i), 7'400);
      in += s.answer(who) == verdict::inserted ? 1 : 0;
    }
    return in;
  };
  constexpr std::uint32_t loopback = 0x7F000000U;
  constexpr std::uint32_t site = 0x0A000000U;
  CHECK(inserted(caps_exemption::nobody, loopback) == 2);
  CHECK(inserted(caps_exemption::loopback, loopback) == 5);
  CHECK(inserted(caps_exemption::loopback, site) == 2);
  CHECK(inserted(caps_exemption::private_networks, site) == 5);
  CHECK(inserted(caps_exemption::private_networks, 0xC0000200U) == 2);
}

TEST_CASE("a contact is removed after three failures in a row, or when it leaves") {
  stage s;
  const auto dying = s.in_bucket(0, 1);
  const auto leaving = s.in_bucket(0, 2);
  (void)s.answer(dying);
  (void)s.answer(leaving);
  CHECK_FALSE(s.table.failed(dying, start));
  CHECK_FALSE(s.table.failed(dying, start));
  CHECK(s.table.failed(dying, start) == dying);
  CHECK_FALSE(s.table.failed(dying, start));
  CHECK(s.table.left(leaving.id, start) == leaving);
  CHECK_FALSE(s.table.left(leaving.id, start));
  CHECK(s.table.size() == 0);
}

TEST_CASE("what fails under an address that others made up is held against nobody") {
  stage s;
  const auto known = s.in_bucket(3, 1);
  const auto heard = s.in_bucket(4, 1);
  REQUIRE(s.answer(known) == verdict::inserted);
  auto elsewhere = known;
  elsewhere.where = s.in_bucket(5, 99).where;
  s.kill(elsewhere);
  CHECK(s.table.nearest(s.self, 1) == std::vector{known});
  elsewhere.id = heard.id;
  s.kill(elsewhere);
  s.table.heard_of(elsewhere, start + 1s);
  CHECK(s.table.candidates() == 0);
  s.table.heard_of(heard, start + 1s);
  CHECK(s.table.candidates() == 1);
}

TEST_CASE("hearsay does not revive the dead before a back-off that doubles") {
  stage s;
  const auto who = s.in_bucket(0, 1);
  auto now = start;
  for (const auto back_off : {30s, 60s, 120s, 240s}) {
    (void)s.table.failed(who, now);  // a candidate that did not answer
    s.table.heard_of(who, now + back_off - 1s);
    CHECK(s.table.candidates() == 0);
    s.table.heard_of(who, now + back_off);
    CHECK(s.table.candidates() == 1);
    REQUIRE(s.table.take_candidate(who));
    now += back_off;
  }
  (void)s.table.failed(who, now);
  s.table.spoke(who, now);  // what it says itself counts at once
  CHECK(s.table.candidates() == 1);
}

TEST_CASE("who died is asked again when its back-off is over, and revives when it answers") {
  stage s;
  const auto who = s.in_bucket(0, 1);
  (void)s.answer(who);
  s.kill(who);
  CHECK_FALSE(s.table.take_mourned(start + 29s));
  CHECK(s.table.take_mourned(start + 30s) == who);
  CHECK_FALSE(s.table.take_mourned(start + 31s));
  CHECK(s.answer(who, start + 32s) == verdict::revived);
  CHECK_FALSE(s.table.take_mourned(start + 10min));
}

TEST_CASE("the dead are forgotten after eight tries, and only so many are mourned") {
  stage s;
  const auto who = s.in_bucket(0, 1);
  (void)s.answer(who);
  s.kill(who);
  auto now = start;
  int tries = 0;
  for (; tries < 20; ++tries) {
    now += 24h;
    const auto again = s.table.take_mourned(now);
    if (!again) break;
    (void)s.table.failed(*again, now);
  }
  CHECK(tries == routing_table::deaths_max);
  for (std::uint64_t i = 1; i < 1'000; ++i) {
    const auto other = s.in_bucket(static_cast<unsigned>(i % 100), i);
    REQUIRE(s.answer(other, now) == verdict::inserted);
    s.kill(other, now);
  }
  std::size_t mourned = 0;
  while (s.table.take_mourned(now + 24h))
    ++mourned;
  CHECK(mourned == routing_table::mourned_max);
}

TEST_CASE("who speaks from a new address is believed when the old one has failed and it answers") {
  stage s;
  const auto who = s.in_bucket(0, 1);
  auto moved = who;
  moved.where.port = 7'500;
  (void)s.answer(who);
  s.table.spoke(moved, start);
  CHECK(s.table.candidates() == 0);
  (void)s.table.failed(who, start);
  s.table.spoke(moved, start);
  CHECK(s.table.candidates() == 1);
  CHECK(s.table.find(who.id)->who.where == who.where);
  CHECK(s.answer(moved) == verdict::renewed);
  CHECK(s.table.find(who.id)->who.where == moved.where);
}

TEST_CASE("addresses that cannot be dialled and absurd coordinates are not taken") {
  stage s;
  auto who = s.in_bucket(0, 1);
  who.where.port = 0;
  s.table.spoke(who, start);
  s.table.heard_of(who, start);
  CHECK(s.table.candidates() == 0);
  const auto good = s.in_bucket(0, 2);
  const coordinate absurd{1e30F, 0, 0, 1};
  CHECK(s.table.answered(good, start, 20ms, absurd, s.replaced) == verdict::inserted);
  CHECK(s.table.find(good.id)->position == coordinate{});
  const coordinate fine{1, 2, 3, 0.5F};
  (void)s.table.answered(good, start, 20ms, fine, s.replaced);
  (void)s.table.answered(good, start, 20ms, absurd, s.replaced);
  CHECK(s.table.find(good.id)->position == fine);
}

}  // namespace comet::overlay
