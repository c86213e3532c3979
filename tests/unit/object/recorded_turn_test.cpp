#include "object/recorded_turn.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/random.hpp"
#include "tests/unit/object/recorded_turns.hpp"

using namespace comet;
using namespace comet::object;

namespace {

bytes whole(const recorded_turn& turn) {
  return encode_whole(*encode_content(turn), turn.before, turn.after);
}

turn_request request(turn_kind kind, op what) {
  turn_request made;
  made.kind = kind;
  made.key = "an-object";
  made.from = {"198.51.100.7", 4711, "alice", "feed"};
  command c;
  c.what = what;
  c.key = made.key;
  c.method = "add";
  made.what = std::make_shared<const owned_command>(c);
  made.timer_name = "alarm";
  return made;
}

}  // namespace

TEST_CASE("a turn that travels comes back whole") {
  const recorded_turn turn = test::full_turn();
  const auto back = decode_whole(whole(turn));
  REQUIRE(back);
  CHECK(back->number == 7);
  CHECK(back->kind == turn_kind::call);
  CHECK(back->from.port == 4711);
  CHECK(back->code == turn.code);
  CHECK(back->script_args == turn.script_args);
  CHECK(back->what->get().args == std::vector<bytes_view>{"1", "2"});
  CHECK(*back->before == *turn.before);
  CHECK(*back->after == *turn.after);
  CHECK(back->answer == turn.answer);
  CHECK(back->effects == turn.effects);
  CHECK(back->log == turn.log);
  CHECK(back->fuel == 214);
  CHECK(back->trace.began == turn.trace.began);
  CHECK(whole(*back) == whole(turn));
}

TEST_CASE("a failed turn keeps its error and where it happened") {
  recorded_turn turn = test::full_turn();
  turn.failure = error{errc::fuel, "fuel: 100000 instructions used up"};
  turn.traceback = "aso:4";
  turn.answer = {};
  const auto back = decode_whole(whole(turn));
  REQUIRE(back);
  CHECK(back->failure == turn.failure);
  CHECK(back->traceback == "aso:4");
}

TEST_CASE("of a turn that was too large its head and its sizes are left") {
  recorded_turn turn = test::full_turn();
  turn.what.reset();
  turn.sizes = left_out_sizes{70'000, 10, 20};
  turn.before = turn.after = nullptr;
  const auto back = decode_whole(whole(turn));
  REQUIRE(back);
  REQUIRE(back->sizes);
  CHECK(back->sizes->turn == 70'000);
  CHECK(back->handler == "add");
  CHECK(back->trace.began == turn.trace.began);
  CHECK(back->trace.calls.empty());
}

TEST_CASE("damage to any byte is noticed, and so is a later version") {
  const bytes good = whole(test::full_turn());
  for (std::size_t i = 0; i < good.size(); ++i) {
    bytes bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    CHECK(decode_whole(bad).failure().code == errc::corrupt);
  }
  encoder later{8};
  later.byte(2);
  later.checksum();
  const auto refused = decode_whole(std::move(later).take());
  CHECK(refused.failure().code == errc::incompatible);
}

TEST_CASE("content that is cut or changed is refused or read, never more") {
  const bytes good = *encode_content(test::full_turn());
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK_FALSE(decode_content(bytes_view{good}.substr(0, size)));
  CHECK_FALSE(decode_content(good + "x"));
  prng random{1};
  for (int i = 0; i < 20'000; ++i) {
    bytes bad = good;
    bad[random.below(bad.size())] = static_cast<char>(random() & 0xffU);
    if (const auto back = decode_content(bad)) {
      const auto again = encode_content(*back);
      REQUIRE(again);
      CHECK(decode_content(*again));
    }
  }
}

TEST_CASE("a request names the handlers that it runs") {
  CHECK(handler_of(request(turn_kind::create, op::aso_put)) == "onPut");
  CHECK(handler_of(request(turn_kind::operate, op::get)) == "onGet");
  CHECK(handler_of(request(turn_kind::operate, op::set)) == "onUpdate");
  CHECK(handler_of(request(turn_kind::operate, op::incrby)) == "onGet, onUpdate");
  CHECK(handler_of(request(turn_kind::operate, op::del)) == "onDelete");
  CHECK(handler_of(request(turn_kind::fetch, op::aso_get)) == "onGet");
  CHECK(handler_of(request(turn_kind::call, op::aso_call)) == "add");
  CHECK(handler_of(request(turn_kind::timer, op::get)) == "onTimer(alarm)");
}

TEST_CASE("effects are lines, and equal effects equal lines") {
  turn_outcome outcome;
  CHECK(effects_of(outcome).empty());
  timer every{"tick", timer_kind::every, missed_policy::skip, std::chrono::milliseconds{500},
              "",     from_unix_ms(9)};
  outcome.timers = {{"alarm", std::nullopt}, {"tick", every}};
  outcome.replicas = asked_replicas{5, {}, std::chrono::milliseconds{0}};
  outcome.publications = {{"news", "door opened"}};
  CHECK(effects_of(outcome) ==
        std::vector<bytes>{"cancel timer alarm", "set timer tick, due 9, every 500 ms, missed skip",
                           "replicas: count 5, interval 0 ms", "publish news: door opened"});
}

TEST_CASE("a recorded turn is made of its request and its outcome") {
  turn_outcome outcome;
  outcome.answer = reply::number(3);
  outcome.fuel = 9;
  outcome.fate = disposition::erase;
  outcome.trace = std::make_shared<turn_trace>(test::full_trace());
  auto turn = recorded_from(request(turn_kind::call, op::aso_call), outcome, sha256("c"), {"a"});
  CHECK(turn.erased);
  CHECK(turn.answer == reply::number(3));
  CHECK(turn.trace.seed == outcome.trace->seed);
  CHECK(turn.script_args == std::vector<bytes>{"a"});
  outcome.failure = error{errc::script, "no"};
  turn = recorded_from(request(turn_kind::timer, op::get), outcome, sha256("c"), {});
  CHECK_FALSE(turn.erased);
  CHECK(turn.what == nullptr);
  CHECK(turn.timer_name == "alarm");
  CHECK(turn.answer == reply::null());
}
