#include "actors/forwarding_table.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

namespace {

constexpr mono_time start{1h};

/// A table, its outcomes, and two peers.
struct bench {
  explicit bench(const forwarding_limits& limits = {}) : table(limits) {}

  void add(const digest& to, std::uint64_t number, mono_time now = start, bytes_view value = {}) {
    object::command c;
    c.value = value;
    object::forward_order order;
    order.number = number;
    order.to = to;
    order.what = std::make_shared<const object::owned_command>(c);
    table.add(std::move(order), now, out);
  }
  /// "number:code ..." of failures, "number:ok" else.
  bytes outcomes() {
    bytes text;
    for (const auto& one : std::exchange(out, {}))
      text += std::to_string(one.number) + ":" +
              (one.content.failed() ? bytes{name_of(one.content.code)} : bytes{"ok"}) + " ";
    return text;
  }

  forwarding_table table;
  forward_outcomes out;
  digest a = sha256("a");
  digest b = sha256("b");
};

}  // namespace

TEST_CASE("commands for a peer leave in their order, each is answered once") {
  bench t;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    t.add(t.a, i);
    t.add(t.b, 10 + i);
  }
  CHECK(t.table.size() == 6);
  for (std::uint64_t i = 1; i <= 3; ++i) {
    REQUIRE(t.table.next(t.a)->number == i);
    t.table.sent(t.a, 100 + i);
  }
  CHECK(t.table.next(t.a) == nullptr);
  CHECK(t.table.next(t.b)->number == 11);
  CHECK(t.table.awaited() == std::vector<digest>{t.b});
  CHECK(t.table.answered(t.a, 102, object::reply::ok(), t.b, t.out));
  CHECK(t.out.at(0).holder == t.b);
  CHECK(t.outcomes() == "2:ok ");
  CHECK_FALSE(t.table.answered(t.a, 102, object::reply::ok(), t.b, t.out));
  CHECK(t.outcomes().empty());
  CHECK(t.table.size() == 5);
}

TEST_CASE("only the peer that was asked may answer") {
  bench t;
  t.add(t.a, 1);
  t.table.sent(t.a, 100);
  CHECK_FALSE(t.table.answered(t.b, 100, object::reply::ok(), t.b, t.out));
  CHECK_FALSE(t.table.answered(t.a, 101, object::reply::ok(), t.a, t.out));
  CHECK(t.outcomes().empty());
  CHECK(t.table.answered(t.a, 100, object::reply::ok(), t.a, t.out));
}

TEST_CASE("a lost link leaves what was sent uncertain, and what waits waiting") {
  bench t;
  t.add(t.a, 1);
  t.add(t.a, 2);
  t.add(t.a, 3);
  t.add(t.b, 4);
  t.table.sent(t.a, 100);
  t.table.sent(t.a, 101);
  t.table.sent(t.b, 102);
  t.table.link_lost(t.a, {errc::unavailable, "reset"}, t.out);
  CHECK(t.out.at(0).content.text.find("reset") != bytes::npos);
  CHECK(t.outcomes() == "1:uncertain 2:uncertain ");
  CHECK(t.table.next(t.a)->number == 3);
  CHECK_FALSE(t.table.answered(t.a, 100, object::reply::ok(), t.a, t.out));
  t.table.unreachable(t.a, {errc::unavailable, "refused"}, t.out);
  CHECK(t.outcomes() == "3:unavailable ");
  CHECK(t.table.next(t.a) == nullptr);
  CHECK(t.table.size() == 1);
}

TEST_CASE("what takes too long is given up: uncertain when it was sent, else unavailable") {
  bench t{{.time_max = 10s}};
  t.add(t.a, 1, start);
  t.add(t.a, 2, start + 1s);
  t.add(t.a, 3, start + 2s);
  t.add(t.b, 4, start + 3s);
  t.table.sent(t.a, 100);
  t.table.expire(start + 9s, t.out);
  CHECK(t.outcomes().empty());
  t.table.expire(start + 11s, t.out);
  CHECK(t.outcomes() == "1:uncertain 2:unavailable ");
  t.table.sent(t.a, 101);
  CHECK(t.table.answered(t.a, 101, object::reply::ok(), t.a, t.out));
  CHECK(t.outcomes() == "3:ok ");
  t.table.expire(start + 1h, t.out);
  CHECK(t.outcomes() == "4:unavailable ");
  CHECK(t.table.size() == 0);
}

TEST_CASE("what waits for a peer is bounded in number, for each peer") {
  bench t{{.waiting_max = 2}};
  for (std::uint64_t i = 1; i <= 3; ++i)
    t.add(t.a, i);
  CHECK(t.outcomes() == "3:busy ");
  t.add(t.b, 4);
  t.table.sent(t.a, 100);
  t.add(t.a, 5);
  CHECK(t.outcomes().empty());
}

TEST_CASE("what waits for a peer is bounded in bytes, but one always may") {
  bench t{{.waiting_bytes_max = 10'000}};
  const bytes large(20'000, 'v');
  t.add(t.a, 1, start, large);
  CHECK(t.outcomes().empty());
  t.add(t.a, 2);
  CHECK(t.outcomes() == "2:busy ");
  t.table.sent(t.a, 100);
  t.add(t.a, 3);
  t.add(t.a, 4);
  CHECK(t.outcomes().empty());
}

TEST_CASE("what can never leave is refused with the reason, and the next is next") {
  bench t;
  t.add(t.a, 1);
  t.add(t.a, 2);
  t.table.refuse(t.a, {errc::too_large, "too large"}, t.out);
  CHECK(t.outcomes() == "1:too_large ");
  CHECK(t.table.next(t.a)->number == 2);
}

TEST_CASE("the end leaves nothing without an outcome") {
  bench t;
  t.add(t.a, 1);
  t.add(t.a, 2);
  t.add(t.b, 3);
  t.table.sent(t.a, 100);
  t.table.end(t.out);
  CHECK(t.outcomes() == "1:uncertain 2:unavailable 3:unavailable ");
  CHECK(t.table.size() == 0);
  CHECK(t.table.awaited().empty());
}

TEST_CASE("answers out of order leave the others due") {
  bench t{{.time_max = 10s}};
  t.add(t.a, 1);
  t.add(t.a, 2);
  t.table.sent(t.a, 100);
  t.table.sent(t.a, 101);
  CHECK(t.table.answered(t.a, 101, object::reply::ok(), t.a, t.out));
  t.table.expire(start + 1h, t.out);
  CHECK(t.outcomes() == "2:ok 1:uncertain ");
}

TEST_CASE("what is withdrawn never left or is uncertain, and its late answer is dropped") {
  bench t;
  for (std::uint64_t i = 1; i <= 4; ++i)
    t.add(t.a, i);
  t.table.sent(t.a, 101);
  t.table.sent(t.a, 102);
  for (const std::uint64_t number : {1, 3})
    t.table.withdraw(number, t.out);
  CHECK(t.outcomes() == "1:uncertain 3:unavailable ");
  CHECK_FALSE(t.table.answered(t.a, 101, object::reply::ok(), t.a, t.out));
  t.table.withdraw(1, t.out);
  CHECK(t.out.empty());
  REQUIRE(t.table.next(t.a)->number == 4);
  t.table.withdraw(4, t.out);
  CHECK(t.outcomes() == "4:unavailable ");
  CHECK(t.table.next(t.a) == nullptr);
  CHECK(t.table.answered(t.a, 102, object::reply::ok(), t.a, t.out));
  CHECK(t.table.size() == 0);
  t.outcomes();
  t.table.expire(start + 1h, t.out);
  CHECK(t.out.empty());
}
