#pragma once
// Recorded turns for tests: one with a bit of everything in it.

#include <memory>

#include "object/recorded_turn.hpp"

namespace comet::object::test {

inline state_ref state_of(bytes_view content) {
  return std::make_shared<const bytes>(content);
}

inline turn_trace full_trace() {
  turn_trace trace;
  trace.began = from_unix_ms(1'700'000'000'000);
  trace.warm = true;
  trace.trusted = true;
  trace.seed = 0x123456789abcdef0U;
  trace.limits.fuel_per_turn = 5'000;
  trace.node_id = "aa11";
  trace.node_ip = "203.0.113.7";
  trace.slices = {from_unix_ms(1'700'000'000'000), from_unix_ms(1'700'000'000'003),
                  from_unix_ms(1'699'999'999'990)};
  trace.rights = {"a callback"};
  trace.timers = {"alarm"};
  trace.replicas = {5, {sha256("a node")}, std::chrono::milliseconds{60'000}};
  trace.group.emplace();
  trace.group->push_back({"aa11", "node:7400"});
  trace.nodes_known = {sha256("another node")};
  trace.channels_refused = {"news"};
  recorded_call get;
  get.what.key = "greeting";
  get.access = call_access::free;
  get.sent = true;
  get.answer = reply::list({reply::bulk("hello"), reply::list({reply::bulk("aa11")})});
  recorded_call failed;
  failed.what.what = outcall::kind::call;
  failed.what.key = "counter";
  failed.what.method = "add";
  failed.what.args = {"1", ""};
  failed.access = call_access::own;
  failed.sent = true;
  failed.answer = reply::failure(errc::busy, "a full mailbox");
  recorded_call later;
  later.what.what = outcall::kind::put;
  later.what.key = "note";
  later.what.has_value = true;
  later.what.value = "v";
  later.what.by_right = true;
  later.access = call_access::right;
  later.sent = true;
  later.later = true;
  recorded_call denied;
  denied.what.key = "secret";
  trace.calls = {get, failed, later, denied};
  return trace;
}

inline std::shared_ptr<const owned_command> call_of(bytes_view method,
                                                    std::vector<bytes_view> args = {}) {
  command c;
  c.what = op::aso_call;
  c.key = "an-object";
  c.method = method;
  c.args = std::move(args);
  return std::make_shared<const owned_command>(c);
}

inline recorded_turn full_turn() {
  recorded_turn turn;
  turn.number = 7;
  turn.kind = turn_kind::call;
  turn.handler = "add";
  turn.from = {"198.51.100.7", 4711, "alice", "feed"};
  turn.code = sha256("return {}");
  turn.key = "an-object";
  turn.script_args = {"+60"};
  turn.what = call_of("add", {"1", "2"});
  turn.trace = full_trace();
  turn.before = state_of("\x81\xa5value\x01");
  turn.after = state_of("\x81\xa5value\x02");
  turn.answer = reply::number(3);
  turn.effects = {"publish news: door opened"};
  turn.log = {"one", "two"};
  turn.fuel = 214;
  turn.memory_peak = 9'000;
  return turn;
}

}  // namespace comet::object::test
