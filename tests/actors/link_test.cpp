#include "actors/link.hpp"

#include <catch2/catch_test_macros.hpp>

#include "link_stage.hpp"
#include "net/wire/channel_codec.hpp"
#include "net/wire/replica_codec.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;
using role = link_session::role;

namespace {

/// A link of an acceptor, and at its other end somebody who speaks nothing by himself.
struct met_by_stranger {
  met_by_stranger() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    end.open(stage, ends[0], role::acceptor);
    stranger = std::make_unique<loop_client>(ends[1]);
    stage.run();
  }
  ~met_by_stranger() {
    end.subject->close({errc::internal, "the test ends"});
    stage.run();
  }
  actor_stage stage;
  link_end end;
  std::unique_ptr<loop_client> stranger;
};

}  // namespace

TEST_CASE("two links come up and carry frames both ways") {
  link_pair p;
  p.run();
  REQUIRE(p.a.heard == "up ");
  REQUIRE(p.b.heard == "up ");
  CHECK(p.a.subject->session().peer().id == p.b.self.id());
  REQUIRE(p.a.subject->send(1, wire::find_node{p.a.self.id(), 3}).ok());
  REQUIRE(p.b.subject->send(9, wire::ping{}).ok());
  p.run();
  CHECK(p.b.heard == "up find_node1 ");
  CHECK(p.a.heard == "up ping9 ");
  CHECK(p.a.totals.frames_sent == 1);
  CHECK(p.a.totals.frames_received == 1);
  CHECK(p.a.totals.bytes_sent == p.b.totals.bytes_received);
}

TEST_CASE("frames sent in one round leave together") {
  link_pair p;
  p.run();
  const auto before = p.a.totals.bytes_sent;
  for (std::uint64_t i = 1; i <= 100; ++i)
    REQUIRE(p.a.subject->send(i, wire::ping{}).ok());
  CHECK(p.a.totals.bytes_sent == before);
  p.run();
  CHECK(p.b.frames == 100);
  constexpr std::size_t ping_bytes = wire::frame_head_bytes + 1;
  constexpr std::size_t record_overhead_bytes = 22;
  CHECK(p.a.totals.bytes_sent - before == 100 * ping_bytes + record_overhead_bytes);
}

TEST_CASE("a link that is not up takes no frames") {
  link_pair p;
  const auto sent = p.a.subject->send(1, wire::ping{});
  REQUIRE_FALSE(sent.ok());
  CHECK(sent.failure().code == errc::unavailable);
}

TEST_CASE("a stranger who speaks garbage is closed at once") {
  met_by_stranger m;
  m.stranger->send("GET / HTTP/1.1\r\n\r\n");
  m.stage.run();
  REQUIRE(m.end.failure);
  CHECK(m.end.failure->code == errc::protocol);
  CHECK(m.end.heard.empty());
}

TEST_CASE("a stranger who stays silent is closed at the deadline") {
  met_by_stranger m;
  m.end.subject->tick(link_epoch + 4'999ms);
  CHECK_FALSE(m.end.failure);
  m.end.subject->tick(link_epoch + 5'000ms);
  REQUIRE(m.end.failure);
  CHECK(m.end.failure->message.find("hello") != bytes::npos);
}

TEST_CASE("a dial that nobody answers is given up at its deadline") {
  link_pair p;
  p.a.subject->tick(link_epoch + 1'999ms);
  CHECK_FALSE(p.a.failure);
  p.a.subject->tick(link_epoch + 2'000ms);
  REQUIRE(p.a.failure);
  CHECK(p.a.failure->message.find("192.0.2.1:7") != bytes::npos);
}

TEST_CASE("two networks do not meet, and both sides know why") {
  link_pair p({}, {}, "another secret");
  p.run();
  REQUIRE(p.a.failure);
  REQUIRE(p.b.failure);
  CHECK(p.a.failure->code == errc::no_auth);
  CHECK(p.b.failure->code == errc::no_auth);
}

TEST_CASE("after some silence a link pings, and after long silence it is lost") {
  link_pair p;
  p.run();
  p.tick(1s);
  p.tick(10s);
  CHECK(p.a.heard == "up ");
  p.tick(11s);
  CHECK(p.a.heard == "up ping0 ");
  CHECK(p.b.heard == "up ping0 ");
  // Heard from each other, so nothing is due again for a while.
  p.tick(12s);
  p.tick(21s);
  CHECK(p.a.heard == "up ping0 ");

  link_pair dead;
  dead.run();
  dead.a.subject->tick(link_epoch + 1s);
  for (int second = 2; second < 31; ++second)
    dead.a.subject->tick(link_epoch + std::chrono::seconds{second});
  CHECK_FALSE(dead.a.failure);
  dead.a.subject->tick(link_epoch + 31s);
  REQUIRE(dead.a.failure);
  CHECK(dead.a.failure->message.find("silent") != bytes::npos);
}

TEST_CASE("requests are refused while the peer does not keep up, and taken again afterwards") {
  link_limits small;
  small.output_soft = 100'000;
  link_pair p(small);
  p.run();
  wire::forward f;
  const bytes value(10'000, 'v');
  f.what.value = value;
  std::uint64_t sent = 0;
  auto last = p.a.subject->send(1, f);
  while (last.ok()) {
    ++sent;
    last = p.a.subject->send(sent + 1, f);
  }
  CHECK(last.failure().code == errc::busy);
  CHECK(p.a.subject->session().backlog() < small.output_soft + 2 * value.size());
  CHECK(p.a.subject->send(1'000, wire::ping{}).ok());  // only commands are
  p.run();
  CHECK(p.b.frames == sent + 1);
  CHECK(p.b.in_order);
  CHECK(p.a.heard.find("room ") != bytes::npos);
  CHECK(p.a.subject->send(1'001, f).ok());
}

TEST_CASE("answers have a limit too") {
  link_limits small;
  small.output_soft = 50'000;
  small.output_hard = 100'000;
  link_pair p(small);
  p.run();
  const wire::reply answer{object::reply::bulk(bytes(30'000, 'a'))};
  for (std::uint64_t i = 1; i <= 4; ++i)
    CHECK(p.a.subject->send(i, answer).ok());
  CHECK(p.a.subject->send(5, answer).failure().code == errc::busy);
}

TEST_CASE("a peer that asks and does not read is not read from, and lost in the end") {
  link_limits small;
  small.output_soft = 200'000;
  small.output_hard = 400'000;
  link_pair p({}, small);
  p.run();
  p.b.answer_bytes = 50'000;
  p.a.subject->hold();
  for (std::uint64_t i = 1; i <= 10'000; ++i)
    REQUIRE(p.a.subject->send(i, wire::ping{}).ok());
  p.run();
  for (int second = 1; second < 30; ++second)
    p.b.subject->tick(link_epoch + std::chrono::seconds{second});
  CHECK_FALSE(p.b.failure);
  // What one read brings in is answered within the hard limit, or not at all.
  CHECK(p.b.subject->session().backlog() < small.output_hard + 2 * p.b.answer_bytes);
  p.b.subject->tick(link_epoch + 60s);
  p.b.subject->tick(link_epoch + 91s);
  CHECK(p.b.failure);
}

TEST_CASE("two nodes that both wait for the other to read go on after a tick") {
  link_limits small;
  small.output_soft = 300'000;
  small.output_hard = 40'000'000;
  link_pair p(small, small);
  p.run();
  p.a.answer_bytes = p.b.answer_bytes = 20'000;
  constexpr std::uint64_t asked = 500;
  for (std::uint64_t i = 1; i <= asked; ++i) {
    REQUIRE(p.a.subject->send(i, wire::ping{}).ok());
    REQUIRE(p.b.subject->send(i, wire::ping{}).ok());
  }
  p.run();
  for (int second = 1; second < 9; ++second)  // short of the links' own pings
    p.tick(std::chrono::seconds{second});
  CHECK(p.a.answers == asked);
  CHECK(p.b.answers == asked);
  CHECK(p.a.frames == 2 * asked);
  CHECK(p.b.frames == 2 * asked);
}

TEST_CASE("a peer that sends faster than it may is read later, and nothing is lost") {
  link_limits slow;
  slow.received_bytes_per_second = 100'000;
  link_pair p({}, slow);
  p.run();
  constexpr std::uint64_t sent = 1'000;
  for (std::uint64_t i = 1; i <= sent; ++i)
    REQUIRE(p.a.subject->send(i, wire::ping{}).ok());
  p.run();
  const auto at_first = p.b.frames;
  CHECK(at_first < 400);
  p.run();
  CHECK(p.b.frames == at_first);
  for (int second = 1; second < 10; ++second)
    p.tick(std::chrono::seconds{second});
  CHECK(p.b.frames == sent);
  CHECK(p.b.in_order);
}

TEST_CASE("a held link delivers nothing until it is released") {
  link_pair p;
  p.b.hold_at_once = true;
  p.run();
  REQUIRE(p.a.subject->send(1, wire::ping{}).ok());
  REQUIRE(p.a.subject->send(2, wire::ping{}).ok());
  p.run();
  CHECK(p.b.heard == "up ");
  p.b.subject->release();
  p.run();
  CHECK(p.b.heard == "up ping1 ping2 ");
}

TEST_CASE("a link that ends sends what it has, and both sides close") {
  link_pair p;
  p.run();
  REQUIRE(p.a.subject->send(1, wire::ping{}).ok());
  p.a.subject->finish(link_epoch);
  CHECK(p.a.subject->send(2, wire::ping{}).failure().code == errc::unavailable);
  p.run();
  CHECK(p.b.heard == "up ping1 ");
  CHECK(p.a.failure);
  CHECK(p.b.failure);
  CHECK(p.a.subject->released());
  CHECK(p.b.subject->released());
}

TEST_CASE("an end that the peer does not confirm has a deadline") {
  link_pair p;
  p.run();
  p.a.subject->finish(link_epoch + 1s);
  p.a.subject->tick(link_epoch + 2'999ms);
  CHECK_FALSE(p.a.failure);
  p.a.subject->tick(link_epoch + 3s);
  CHECK(p.a.failure);
}

TEST_CASE("a connection that is cut is lost") {
  met_by_stranger m;
  m.stranger->close();
  m.stage.run();
  REQUIRE(m.end.failure);
  CHECK(m.end.failure->code == errc::unavailable);
  CHECK(m.end.subject->released());
}

TEST_CASE("leases are taken, and arrive first, when too much is unsent for anything else") {
  link_limits small;
  small.output_soft = 50'000;
  small.output_hard = 100'000;
  link_pair p(small);
  p.run();
  const wire::reply large{object::reply::bulk(bytes(200'000, 'v'))};
  REQUIRE(p.a.subject->send(1, large).ok());
  CHECK(p.a.subject->send(2, large).failure().code == errc::busy);
  REQUIRE(p.a.subject->send(0, wire::lease{}).ok());
  REQUIRE(p.a.subject->send(0, wire::lease_answer{}).ok());
  p.run();
  CHECK(p.b.heard == "up lease0 lease_answer0 reply1 ");
}

TEST_CASE("leases that nobody takes are bounded, too") {
  link_pair p;
  p.run();
  std::size_t taken = 0;
  while (taken < 100'000 && p.a.subject->send(0, wire::lease{}).ok())
    ++taken;
  CHECK((taken > 100 && taken < 10'000));
  p.run();
  CHECK(p.b.frames == taken);
  CHECK(p.a.subject->send(0, wire::lease{}).ok());
}

TEST_CASE("publications have a bound of their own, and take no room from commands") {
  link_limits small;
  small.publications_max = 50'000;
  small.output_soft = 20'000;
  link_pair p(small);
  p.run();
  const bytes message(10'000, 'm');
  const wire::publication said{"c", message};
  std::size_t taken = 0;
  while (taken < 100 && p.a.subject->send(0, said).ok())
    ++taken;
  CHECK(taken == 5);
  CHECK(p.a.subject->send(0, said).failure().code == errc::busy);
  wire::forward f;
  f.what.value = message;
  CHECK(p.a.subject->send(1, f).ok());
  p.run();
  CHECK(p.b.frames == taken + 1);
  CHECK(p.a.subject->send(0, said).ok());
  p.run();
  CHECK(p.b.frames == taken + 2);
}
