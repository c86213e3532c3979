#include "lua/turn_recorder.hpp"

#include <catch2/catch_test_macros.hpp>

#include "object/turn_ring.hpp"
#include "tests/unit/lua/scripted_object.hpp"

using namespace comet;
using namespace comet::lua;
using comet::lua::test::scripted_object;
using comet::lua::test::text_of;
using object::call_access;
using object::outcall;
using object::reply;

namespace {

turn_recorder fresh() {
  return {nullptr, {from_unix_ms(5), {}}, 7, {"a right"}, false};
}

outcall get_of(bytes key) {
  outcall call;
  call.key = std::move(key);
  return call;
}

/// As its shard would have it after ASO.RECORD.
void ask_for_recording(scripted_object& subject) {
  auto next = std::make_shared<object::record>(*subject.record);
  next->recorded = object::turn_ring::of(8);
  subject.record = next;
}

}  // namespace

TEST_CASE("a trace holds calls in their order, and what became of each") {
  turn_recorder recorder = fresh();
  object::policy limits;
  limits.fuel_per_turn = 99;
  limits.users = std::make_shared<const object::user_directory>();
  recorder.begin(limits, {"aa11", "203.0.113.7", 3});
  recorder.slice(from_unix_ms(5));
  CHECK(recorder.access(get_of("a"), call_access::free) == call_access::free);
  recorder.sent(get_of("a"), false);
  recorder.answered(reply::bulk("v"));
  CHECK(recorder.access(get_of("b"), call_access::denied) == call_access::denied);
  recorder.access(get_of("c"), call_access::free);
  recorder.sent(get_of("c"), true);
  const auto trace = recorder.take();
  CHECK(trace->limits.fuel_per_turn == 99);
  CHECK(trace->limits.users == nullptr);
  CHECK(trace->node_ip == "203.0.113.7");
  CHECK(trace->rights == std::vector<bytes>{"a right"});
  CHECK(trace->slices == std::vector{from_unix_ms(5)});
  REQUIRE(trace->calls.size() == 3);
  CHECK(trace->calls[0].answer == reply::bulk("v"));
  CHECK_FALSE(trace->calls[1].sent);
  CHECK(trace->calls[2].later);
  CHECK_FALSE(trace->cut);
}

TEST_CASE("the group of nodes is noted when the turn looks at it, once") {
  turn_recorder recorder = fresh();
  object::known_group group;
  group.members.push_back({"aa11", "node:7400"});
  recorder.looked_at(&group);
  recorder.looked_at(nullptr);
  CHECK(recorder.known_node("x", std::nullopt) == std::nullopt);
  CHECK(recorder.known_node("y", sha256("y")) == sha256("y"));
  const auto trace = recorder.take();
  REQUIRE(trace->group);
  CHECK(trace->group->size() == 1);
  CHECK(trace->nodes_known == std::vector{sha256("y")});
}

TEST_CASE("what a turn learns is bounded: past it the trace is cut, and decisions stay") {
  turn_recorder recorder = fresh();
  for (int i = 0; i < 1'000; ++i)
    CHECK(recorder.access(get_of(bytes(200, 'k')), call_access::denied) == call_access::denied);
  CHECK_FALSE(recorder.may_publish("news", false));
  recorder.access(get_of("large"), call_access::free);
  recorder.sent(get_of("large"), false);
  recorder.answered(reply::bulk(bytes(100'000, 'v')));
  const auto trace = recorder.take();
  CHECK(trace->cut);
  CHECK(trace->calls.size() < 1'000);
  CHECK(trace->channels_refused.empty());
}

TEST_CASE("more slices than a record may hold cut the trace") {
  turn_recorder recorder = fresh();
  for (int i = 0; i < 5'000; ++i)
    recorder.slice(from_unix_ms(i));
  CHECK(recorder.take()->cut);
}

TEST_CASE("only turns of an object that asks for it are traced, each loaded anew") {
  scripted_object subject(R"(
    local seen = 0
    local aso = { value = "v", kept = 0 }
    function aso:count() seen = seen + 1; self.kept = self.kept + 1; return seen .. self.kept end
    return aso)");
  subject.put();
  CHECK(subject.call("count").trace == nullptr);
  CHECK(text_of(subject.call("count")) == "22");
  ask_for_recording(subject);
  const auto first = subject.call("count");
  REQUIRE(first.trace);
  CHECK_FALSE(first.trace->warm);
  CHECK(text_of(first) == "13");
  const auto second = subject.call("count");
  CHECK(text_of(second) == "14");
  CHECK(second.trace->seed != first.trace->seed);
  CHECK(second.fuel == first.fuel);
}

TEST_CASE("an object whose functions wait is not loaded anew, and the trace says so") {
  scripted_object subject(R"(
    local aso = { value = "v" }
    function aso:ask() dht.get(dht.getKey(), function(value) self.seen = value end) end
    return aso)");
  subject.put();
  ask_for_recording(subject);
  const auto asked = subject.call("ask");
  REQUIRE(asked.messages.size() == 1);
  CHECK_FALSE(asked.trace->warm);
  const auto answered = subject.resumed(asked.messages[0].token, reply::null());
  REQUIRE_FALSE(answered.failure);
  REQUIRE(answered.trace);
  CHECK(answered.trace->warm);
  CHECK_FALSE(subject.get().trace->warm);
}

TEST_CASE("the callback keys that a turn held are in its trace, without the one that it is given") {
  scripted_object subject(R"(return { value = "v" })");
  subject.put();
  ask_for_recording(subject);
  CHECK(subject.fetch("p", "one").trace->rights.empty());
  CHECK(subject.fetch("p", "two").trace->rights == std::vector<bytes>{"one"});
}
