#include "object/replica/group.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::object::replica {

namespace {

member node(std::uint8_t n, std::uint64_t life = 1) {
  member m;
  m.node[0] = n;
  m.life = life;
  return m;
}

}  // namespace

TEST_CASE("ballots order attempts first and never meet between places") {
  CHECK(make_ballot(2, 0) > make_ballot(1, 255));
  CHECK(make_ballot(2, 1) != make_ballot(2, 2));
  CHECK(attempt_of(make_ballot(7, 3)) == 7);
  CHECK(place_in(make_ballot(7, 3)) == 3);
}

TEST_CASE("a stamp of a later epoch is newer than any ballot of an earlier one") {
  CHECK(stamp{2, 1, 1} > stamp{1, 9, 9});
  CHECK(stamp{1, 2, 1} > stamp{1, 1, 9});
  CHECK(stamp{1, 1, 2} > stamp{1, 1, 1});
}

TEST_CASE("another life of a node is another member") {
  const group g{1, {node(1), node(2)}, 0};
  CHECK(g.contains(node(2)));
  CHECK_FALSE(g.contains(node(2, 2)));
  CHECK(g.place_of(node(2)) == 1);
  CHECK(g.majority() == 2);
}

TEST_CASE("the ranges part the positions of keys evenly") {
  CHECK(range_at(0) == 0);
  CHECK(range_at(~std::uint64_t{0}) == ranges - 1);
  CHECK(range_at(std::uint64_t{1} << 54U) == 1);
}

TEST_CASE("a register reads back as it was written") {
  range_register r;
  r.current = {7, {node(1), node(2, 9), node(3)}, make_ballot(4, 1)};
  r.votes = true;
  r.promised = make_ballot(12, 2);
  r.taught_by = make_ballot(11, 1);
  r.taught_run = 4'000'000'000;
  CHECK(decode_register(encode(r)).value() == r);
  r.next = group{8, {node(4)}, make_ballot(12, 2)};
  r.next_by = make_ballot(13, 0);
  r.ready = true;
  CHECK(decode_register(encode(r)).value() == r);
  CHECK(decode_register(encode(range_register{})).value() == range_register{});
}

TEST_CASE("a damaged or cut register is refused with what is wrong") {
  range_register r;
  r.current = {7, {node(1), node(2, 9), node(3)}, 0};
  const bytes good = encode(r);
  for (std::size_t i = 0; i < good.size(); ++i) {
    bytes bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    const auto read = decode_register(bad);
    REQUIRE_FALSE(read.ok());
    CHECK(read.failure().code == errc::corrupt);
    CHECK_FALSE(decode_register(good.substr(0, i)).ok());
  }
}

TEST_CASE("a group that can be obeyed has members, each node once, and not too many") {
  CHECK(is_plausible({1, {node(1), node(2)}, 0}));
  CHECK_FALSE(is_plausible({0, {node(1)}, 0}));
  CHECK_FALSE(is_plausible({1, {}, 0}));
  CHECK_FALSE(is_plausible({1, {node(1), node(1, 2)}, 0}));
  group many{1, {}, 0};
  for (std::uint8_t n = 0; n <= members_max; ++n)
    many.members.push_back(node(n));
  CHECK_FALSE(is_plausible(many));
}

TEST_CASE("members are the same in whatever order") {
  CHECK(same_members({node(1), node(2)}, {node(2), node(1)}));
  CHECK_FALSE(same_members({node(1), node(2)}, {node(1)}));
  CHECK_FALSE(same_members({node(1)}, {node(1, 2)}));
}

TEST_CASE("a page of keys that leads nowhere is told from one that does") {
  const listed_key a{"a", {}, false};
  const listed_key b{"b", {}, false};
  CHECK(listing{{a, b}, true}.is_plausible(std::nullopt));
  CHECK(listing{{}, false}.is_plausible("a"));
  CHECK_FALSE(listing{{}, true}.is_plausible(std::nullopt));
  CHECK_FALSE(listing{{b, a}, false}.is_plausible(std::nullopt));
  CHECK_FALSE(listing{{a, a}, false}.is_plausible(std::nullopt));
  CHECK_FALSE(listing{{a, b}, false}.is_plausible("a"));
}

}  // namespace comet::object::replica
