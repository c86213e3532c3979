#include "object/proposal_backlog.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::object;
using namespace std::chrono_literals;

namespace {

constexpr replica::backlog_terms small{100, 50};

replica::stamp at(std::uint64_t position) {
  replica::stamp made;
  made.epoch = 1;
  made.position = position;
  return made;
}

auto settled_through(std::uint64_t position) {
  return [position](const proposal_backlog::proposed& one) { return one.at <= at(position); };
}

}  // namespace

TEST_CASE("a range is full of what is not settled, and has room again at half of that") {
  proposal_backlog all{small};
  for (std::uint64_t i = 1; i <= 4; ++i) {
    CHECK_FALSE(all.is_full(7));
    all.add(7, {at(i), i, 25});
  }
  CHECK(all.is_full(7));
  CHECK_FALSE(all.is_full(8));
  all.forget_settled(7, settled_through(1));
  CHECK_FALSE(all.is_full(7));
  CHECK_FALSE(all.has_room(7));
  all.forget_settled(7, settled_through(2));
  CHECK(all.has_room(7));
  all.forget_settled(7, settled_through(4));
  CHECK(all.proposed_bytes(7) == 0);
}

TEST_CASE("what is settled behind something that is not still counts") {
  proposal_backlog all{small};
  all.add(7, {at(1), 1, 60});
  all.add(7, {at(2), 1, 60});
  all.forget_settled(7, [](const auto& one) { return one.at == at(2); });
  CHECK(all.proposed_bytes(7) == 120);
}

TEST_CASE("what is in lost batches counts no more") {
  proposal_backlog all{small};
  all.add(7, {at(1), 1, 60});
  all.add(7, {at(2), 2, 60});
  all.add(8, {at(1), 2, 60});
  all.forget_from(2);
  CHECK(all.proposed_bytes(7) == 60);
  CHECK(all.proposed_bytes(8) == 0);
}

TEST_CASE("commands may wait up to a bound, and let it go when they go on") {
  proposal_backlog all{small};
  all.add(7, {at(1), 1, 100});
  CHECK(all.may_hold(7, 50));
  all.hold(7, 40);
  CHECK(all.may_hold(7, 10));
  CHECK_FALSE(all.may_hold(7, 11));
  CHECK(all.may_hold(8, 50));
  all.forget_settled(7, settled_through(1));
  CHECK(all.held(7) == 40);
  all.let_go(7, 40);
  CHECK(all.held(7) == 0);
}

TEST_CASE("keys wait in their order, since the first of them") {
  proposal_backlog all{small};
  CHECK_FALSE(all.has_waiting());
  const mono_time start{1h};
  all.wait(7, "a", start);
  all.wait(7, "b", start + 1s);
  all.wait(3, "c", start + 2s);
  const std::vector<std::pair<replica::range_id, mono_time>> both{{3, start + 2s}, {7, start}};
  CHECK(all.waiting() == both);
  CHECK(all.end_wait(7) == std::vector<bytes>{"a", "b"});
  CHECK(all.end_wait(7).empty());
  CHECK(all.end_wait(3) == std::vector<bytes>{"c"});
  CHECK_FALSE(all.has_waiting());
}
