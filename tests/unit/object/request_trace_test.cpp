#include "object/request_trace.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace comet;
using namespace comet::object;
using namespace std::chrono_literals;

namespace {

instant at(std::chrono::milliseconds since) {
  return {from_unix_ms(1'700'000'000'000) + since, mono_time{1h} + since};
}

origin client(std::uint64_t slot) {
  return {origin::kind::client, 1, slot};
}

command asking(op what, bytes_view key = "k") {
  command c;
  c.what = what;
  c.key = key;
  return c;
}

turn_request turn_of(turn_kind kind, bytes_view key = "k") {
  turn_request request;
  request.kind = kind;
  request.key = bytes{key};
  if (kind == turn_kind::operate)
    request.what = std::make_shared<const owned_command>(asking(op::get, key));
  request.timer_name = "tick";
  return request;
}

finished_turn ended(std::uint64_t id, std::chrono::nanoseconds waited,
                    std::chrono::nanoseconds took) {
  finished_turn done;
  done.id = id;
  done.waited = waited;
  done.ran = took;
  done.outcome.fuel = 50;
  return done;
}

struct traced {
  request_tracer tracer;

  explicit traced(std::size_t requests = 10) {
    REQUIRE(tracer.arm("k", "anna", requests, at(0ms)));
  }

  void arrive(std::uint64_t slot, std::chrono::milliseconds when, op what = op::get) {
    caller from;
    from.user = "bert";
    from.ip = "192.0.2.7";
    tracer.arrived("k", asking(what), from, client(slot), hops_max, at(when));
  }

  std::vector<reply> seen() {
    const auto view = tracer.view("k");
    return view.items.back().items;
  }
};

reply told(const reply& map, bytes_view name) {
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2)
    if (map.items[i].text == name) return map.items[i + 1];
  return reply::failure(errc::not_found, bytes{name});
}

std::int64_t us(const reply& map, bytes_view name) {
  return told(map, name).integer;
}

}  // namespace

TEST_CASE("a read of a passive value is one look at the store and its line") {
  traced t;
  t.arrive(1, 0ms);
  t.tracer.waits(client(1), true);
  t.arrive(1, 3ms);
  t.tracer.waits(client(1), false);
  t.arrive(1, 5ms);
  t.tracer.answered(client(1), reply::bulk("v"), at(5ms).mono);
  REQUIRE(t.seen().size() == 1);
  const auto one = t.seen()[0];
  CHECK(told(one, "operation") == reply::bulk("GET"));
  CHECK(told(one, "kind") == reply::bulk("passive"));
  CHECK(told(one, "handler") == reply::null());
  CHECK(told(one, "user") == reply::bulk("bert"));
  CHECK(told(one, "hops") == reply::number(0));
  CHECK(us(one, "store-us") == 3'000);
  CHECK(us(one, "line-us") == 2'000);
  CHECK(us(one, "commit-us") == 0);
  CHECK(us(one, "total-us") == 5'000);
  CHECK(told(one, "outcome") == reply::bulk("ok"));
}

TEST_CASE("a turn is its mailbox, its running, the threads between, and its commit") {
  traced t;
  t.arrive(1, 0ms);
  t.tracer.ordered(7, turn_of(turn_kind::operate), client(1), at(1ms));
  auto done = ended(7, 2ms, 5ms);
  done.activated = true;
  t.tracer.ran(done, at(9ms).mono);
  t.tracer.held(client(1), 4, 3);
  t.tracer.stored(3, at(10ms).mono);
  t.tracer.stored(4, at(12ms).mono);
  t.tracer.folded(7, 4, 3, at(12ms).mono);
  t.tracer.answered(client(1), reply::failure(errc::fuel, "used up"), at(16ms).mono);
  REQUIRE(t.seen().size() == 1);
  const auto one = t.seen()[0];
  CHECK(told(one, "handler") == reply::bulk("onGet"));
  CHECK(us(one, "mailbox-us") == 2'000);
  CHECK(us(one, "turn-us") == 5'000);
  CHECK(us(one, "passing-us") == 1'000);
  CHECK(us(one, "disk-us") == 3'000);
  CHECK(us(one, "commit-us") == 7'000);
  CHECK(us(one, "total-us") == 16'000);
  CHECK(told(one, "activated") == reply::number(1));
  CHECK(told(one, "fuel") == reply::number(50));
  CHECK(told(one, "outcome") == reply::bulk("error fuel: used up"));
}

TEST_CASE("a timer is seen from its turn on, until its change is safe") {
  traced t;
  t.tracer.ordered(7, turn_of(turn_kind::timer), {}, at(0ms));
  t.tracer.ran(ended(7, 0ms, 1ms), at(2ms).mono);
  t.tracer.folded(7, 4, 3, at(2ms).mono);
  t.tracer.settled(3, at(3ms).mono);
  CHECK(t.seen().empty());
  t.tracer.settled(4, at(5ms).mono);
  REQUIRE(t.seen().size() == 1);
  CHECK(told(t.seen()[0], "operation") == reply::null());
  CHECK(told(t.seen()[0], "handler") == reply::bulk("onTimer(tick)"));
  CHECK(us(t.seen()[0], "commit-us") == 3'000);
  t.tracer.ordered(8, turn_of(turn_kind::timer), {}, at(6ms));
  t.tracer.ran(ended(8, 0ms, 1ms), at(7ms).mono);
  t.tracer.folded(8, 3, 4, at(7ms).mono);
  CHECK(t.seen().size() == 2);
}

TEST_CASE("a timer whose change is lost says so") {
  traced t;
  t.tracer.ordered(7, turn_of(turn_kind::timer), {}, at(0ms));
  t.tracer.ran(ended(7, 0ms, 1ms), at(2ms).mono);
  t.tracer.folded(7, 4, 3, at(2ms).mono);
  t.tracer.lost(4, at(3ms).mono);
  REQUIRE(t.seen().size() == 1);
  CHECK(told(t.seen()[0], "outcome").text.starts_with("error storage"));
}

TEST_CASE("a turn that never began is asked again, or forgotten where nobody waits") {
  traced t;
  t.arrive(1, 0ms);
  t.tracer.ordered(7, turn_of(turn_kind::operate), client(1), at(0ms));
  t.tracer.ordered(8, turn_of(turn_kind::timer), {}, at(0ms));
  finished_turn unrun;
  unrun.unrun = true;
  for (const std::uint64_t id : {7, 8}) {
    unrun.id = id;
    t.tracer.ran(unrun, at(2ms).mono);
  }
  CHECK(told(t.tracer.view("k"), "begun") == reply::number(1));
  t.arrive(1, 2ms);
  t.tracer.answered(client(1), reply::null(), at(3ms).mono);
  REQUIRE(t.seen().size() == 1);
  CHECK(us(t.seen()[0], "total-us") == 3'000);
}

TEST_CASE("requests that came over another node tell their hops, those that leave are not seen") {
  traced t;
  caller from;
  from.node = "abcd";
  t.tracer.arrived("k", asking(op::set), from, {origin::kind::node, 5, 0}, hops_max - 2, at(0ms));
  t.tracer.answered({origin::kind::node, 5, 0}, reply::ok(), at(1ms).mono);
  t.arrive(1, 1ms);
  t.tracer.passed_on(client(1));
  t.tracer.answered(client(1), reply::ok(), at(2ms).mono);
  REQUIRE(t.seen().size() == 1);
  CHECK(told(t.seen()[0], "through") == reply::bulk("abcd"));
  CHECK(told(t.seen()[0], "hops") == reply::number(2));
}

TEST_CASE("a request tells the id that its client gave it, when there is one") {
  traced t;
  {
    const bytes id = "order-4711";
    auto named = asking(op::set);
    named.asked.emplace().request_id = id;
    t.tracer.arrived("k", named, {}, client(1), hops_max, at(0ms));
  }
  t.tracer.answered(client(1), reply::ok(), at(1ms).mono);
  t.arrive(2, 1ms);
  t.tracer.answered(client(2), reply::ok(), at(2ms).mono);
  REQUIRE(t.seen().size() == 2);
  CHECK(told(t.seen()[0], "id") == reply::bulk("order-4711"));
  CHECK(told(t.seen()[1], "id") == reply::null());
}

TEST_CASE("looks at the object, other keys and later requests are not seen") {
  traced t(2);
  t.arrive(1, 0ms, op::aso_info);
  t.arrive(2, 0ms, op::inspect);
  t.tracer.arrived("other", asking(op::get, "other"), {}, client(3), hops_max, at(0ms));
  CHECK(told(t.tracer.view("k"), "begun") == reply::number(0));
  for (std::uint64_t slot = 4; slot < 8; ++slot) {
    t.arrive(slot, 0ms);
    t.tracer.answered(client(slot), reply::null(), at(1ms).mono);
  }
  CHECK(t.seen().size() == 2);
}

TEST_CASE("keys are bounded, and a trace makes room when its time is over") {
  request_tracer tracer;
  for (std::size_t i = 0; i < request_tracer::keys_max; ++i)
    REQUIRE(tracer.arm("k" + std::to_string(i), "", 1, at(0ms)));
  const auto refused = tracer.arm("one-more", "", 1, at(1ms));
  REQUIRE_FALSE(refused);
  CHECK(refused.failure().code == errc::busy);
  CHECK(tracer.arm("k3", "", 1, at(1ms)));  // instead of the earlier one
  CHECK(tracer.arm("one-more", "", 1, at(request_tracer::lasts)));
  CHECK(tracer.armed_by("k0") == nullptr);
  CHECK(tracer.forget_old(at(request_tracer::lasts).mono));
  CHECK_FALSE(tracer.forget_old(at(2 * request_tracer::lasts).mono));
}

TEST_CASE("a new trace of a key forgets the earlier one and what was under way for it") {
  traced t;
  t.arrive(1, 0ms);
  const auto again = t.tracer.arm("k", "carl", 3, at(1ms));
  REQUIRE(again);
  CHECK(*t.tracer.armed_by("k") == "carl");
  t.tracer.answered(client(1), reply::null(), at(2ms).mono);
  CHECK(t.seen().empty());
  CHECK(told(t.tracer.view("k"), "trace") == reply::number(static_cast<std::int64_t>(*again)));
  CHECK(told(t.tracer.view("k"), "asked") == reply::number(3));
}

TEST_CASE("long errors are shortened") {
  traced t;
  t.arrive(1, 0ms);
  t.tracer.answered(client(1), reply::failure(errc::script, bytes(5'000, 'x')), at(1ms).mono);
  CHECK(told(t.seen()[0], "outcome").text.size() < 250);
}
