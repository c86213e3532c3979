#include "object/trace_codec.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/object/recorded_turns.hpp"

using namespace comet;
using namespace comet::object;

namespace {

bytes encoded(const turn_trace& trace) {
  encoder out{256};
  REQUIRE(write_trace(out, trace));
  return std::move(out).take();
}

}  // namespace

TEST_CASE("a trace comes back with all that a turn met, times that went back included") {
  const turn_trace trace = test::full_trace();
  const bytes raw = encoded(trace);
  decoder in{raw, "trace"};
  turn_trace back;
  back.began = trace.began;
  read_trace(in, back);
  REQUIRE(in.ok());
  CHECK(in.at_end());
  CHECK((back.warm && back.trusted));
  CHECK(back.seed == trace.seed);
  CHECK(back.limits.fuel_per_turn == 5'000);
  CHECK(back.limits.timer_period_min == trace.limits.timer_period_min);
  CHECK(back.slices == trace.slices);
  CHECK(back.rights == trace.rights);
  CHECK(back.timers == trace.timers);
  CHECK(back.replicas == trace.replicas);
  REQUIRE(back.group);
  CHECK(back.group->front().address == "node:7400");
  CHECK(back.nodes_known == trace.nodes_known);
  CHECK(back.channels_refused == trace.channels_refused);
  REQUIRE(back.calls.size() == trace.calls.size());
  for (std::size_t i = 0; i < back.calls.size(); ++i) {
    CHECK(back.calls[i].what.what == trace.calls[i].what.what);
    CHECK(back.calls[i].what.key == trace.calls[i].what.key);
    CHECK(back.calls[i].what.args == trace.calls[i].what.args);
    CHECK(back.calls[i].what.value == trace.calls[i].what.value);
    CHECK(back.calls[i].access == trace.calls[i].access);
    CHECK(back.calls[i].sent == trace.calls[i].sent);
    CHECK(back.calls[i].later == trace.calls[i].later);
    CHECK(back.calls[i].answer == trace.calls[i].answer);
  }
  CHECK(encoded(back) == raw);
}

TEST_CASE("a trace that is cut anywhere is refused") {
  const bytes raw = encoded(test::full_trace());
  for (std::size_t size = 0; size < raw.size(); ++size) {
    decoder in{bytes_view{raw}.substr(0, size), "trace"};
    turn_trace back;
    read_trace(in, back);
    CHECK_FALSE(in.ok());
  }
}

TEST_CASE("a failure is an answer too; one that could not be read back is not written") {
  for (const auto& answer :
       {reply::null(), reply::failure(errc::refused, "no"), reply::list({reply::number(1)})}) {
    encoder out{16};
    REQUIRE(write_answer(out, answer));
    const bytes raw = std::move(out).take();
    decoder in{raw, "answer"};
    CHECK(read_answer(in) == answer);
    CHECK(in.ok());
  }
  reply deep = reply::number(1);
  for (int i = 0; i < 100; ++i)
    deep = reply::list({deep});
  encoder out{16};
  CHECK_FALSE(write_answer(out, deep));
  CHECK_FALSE(write_answer(out, reply::list(std::vector<reply>(2'000))));
}

TEST_CASE("a trace with limits that no node has is refused") {
  turn_trace trace;
  trace.limits.fuel_per_slice = 0;
  const bytes raw = encoded(trace);
  decoder in{raw, "trace"};
  turn_trace back;
  read_trace(in, back);
  CHECK(in.failure().message.ends_with("a turn without fuel"));
}
