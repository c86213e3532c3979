#include "object/work_figures.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <string>

using namespace comet;
using namespace comet::object;
using namespace std::chrono_literals;

namespace {

using enum work_measure;
using rows = std::vector<top_list::row>;

/// Objects that are in memory, and what they did.
struct world {
  work_figures figures;
  std::map<bytes, untold_work> objects;

  void turn(const bytes& key, turn_seen seen) {
    seen.key = key;
    figures.turn_ended(seen, objects[key]);
  }
  void burn(const bytes& key, std::uint64_t fuel) {
    turn_seen seen;
    seen.code = sha256("code");
    seen.fuel = fuel;
    turn(key, seen);
  }
};

}  // namespace

TEST_CASE("what turns of a code do is summed up") {
  world w;
  turn_seen seen;
  seen.code = sha256("a");
  seen.fuel = 100;
  seen.memory_peak = 5'000;
  seen.state_bytes = 30;
  seen.activated = true;
  seen.waited = 2ms;
  seen.ran = 5ms;
  w.turn("k", seen);
  const error burnt{errc::fuel, "fuel"};
  seen.failure = &burnt;
  seen.breach = true;
  seen.memory_peak = 4'000;
  seen.activated = false;
  w.turn("k", seen);
  w.figures.message_sent(seen.code, w.objects["k"]);
  w.figures.quarantined(seen.code);
  w.figures.passivated(seen.code);
  w.figures.timer_fired(seen.code, 20ms);
  w.figures.batch_settled(3ms);

  REQUIRE(w.figures.codes().size() == 2);
  const auto& code = w.figures.codes()[0];
  CHECK(code.name == to_hex(as_bytes(sha256("a"))).substr(0, 12));
  CHECK(code.turns == 2);
  CHECK(code.failures == 1);
  CHECK(code.breaches.fuel == 1);
  CHECK(code.fuel == 200);
  CHECK(code.memory_peak == 5'000);
  CHECK(code.state_bytes == 60);
  CHECK(code.activations == 1);
  CHECK(code.passivations == 1);
  CHECK(code.quarantines == 1);
  CHECK(code.timers == 1);
  CHECK(code.messages == 1);
  CHECK(code.waited.sum() == 4ms);
  CHECK(code.ran.sum() == 10ms);
  CHECK(w.figures.timers_late().sum() == 20ms);
  CHECK(w.figures.settled().sum() == 3ms);
  CHECK(w.figures.codes().back().name == "other");
  CHECK(w.figures.codes().back().turns == 0);
}

TEST_CASE("a failure that is no breach is no kill") {
  world w;
  const error raised{errc::script, "boom"};
  turn_seen seen;
  seen.code = sha256("a");
  seen.failure = &raised;
  w.turn("k", seen);
  CHECK(w.figures.codes()[0].failures == 1);
  CHECK(w.figures.codes()[0].breaches.total() == 0);
}

TEST_CASE("codes beyond the first ones share a row, and nobody loses the own one") {
  world w;
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < 2 * work_figures::codes_max; ++i) {
      turn_seen seen;
      seen.code = sha256(std::to_string(i));
      w.turn("k", seen);
    }
  }
  const auto& codes = w.figures.codes();
  REQUIRE(codes.size() == work_figures::codes_max + 1);
  CHECK(codes[0].name == to_hex(as_bytes(sha256("0"))).substr(0, 12));
  for (std::size_t i = 0; i < work_figures::codes_max; ++i)
    CHECK(codes[i].turns == 2);
  CHECK(codes.back().name == "other");
  CHECK(codes.back().turns == 2 * work_figures::codes_max);
}

TEST_CASE("a turn of no code that is known counts as other") {
  world w;
  w.turn("k", {});
  REQUIRE(w.figures.codes().size() == 1);
  CHECK(w.figures.codes()[0].turns == 1);
}

TEST_CASE("few objects are listed exactly, by each measure") {
  world w;
  turn_seen seen;
  seen.fuel = 10;
  seen.memory = 3'000;
  seen.state_bytes = 40;
  seen.mailbox = 4;
  w.turn("a", seen);
  w.figures.message_sent({}, w.objects["a"]);
  w.figures.message_sent({}, w.objects["a"]);
  seen.memory = 2'000;
  seen.mailbox = 0;
  w.turn("a", seen);
  w.burn("b", 15);
  CHECK(w.figures.top(fuel, 10) == rows{{"a", 20, 0}, {"b", 15, 0}});
  CHECK(w.figures.top(turns, 10) == rows{{"a", 2, 0}, {"b", 1, 0}});
  CHECK(w.figures.top(state_bytes, 10) == rows{{"a", 80, 0}});
  CHECK(w.figures.top(messages, 10) == rows{{"a", 2, 0}});
  CHECK(w.figures.top(memory, 10) == rows{{"a", 2'000, 0}});
  CHECK(w.figures.top(mailbox, 10).empty());
  CHECK(w.figures.top(fuel, 1) == rows{{"a", 20, 0}});
}

TEST_CASE("of many objects the busy ones are found, too small by an eighth of the least at most") {
  world w;
  std::map<bytes, std::uint64_t> exact;
  const auto burn = [&](const bytes& key, std::uint64_t fuel) {
    w.burn(key, fuel);
    exact[key] += fuel;
  };
  for (int i = 0; i < 20'000; ++i) {
    burn("o" + std::to_string(i % 3'000), 100);
    if (i % 20 == 0) burn("busy" + std::to_string(i % 100), 400);
  }
  const auto listed = w.figures.top(fuel, work_figures::objects_max);
  REQUIRE(listed.size() == work_figures::objects_max);
  const auto least = listed.back().value;
  for (const auto& row : listed) {
    CAPTURE(row.key);
    CHECK(row.value - row.error <= exact[row.key]);
    CHECK(exact[row.key] <= row.value + least / 8);
  }
  for (std::size_t i = 0; i < 5; ++i)
    CHECK(listed[i].key.starts_with("busy"));
}

TEST_CASE("an object whose level is what it was is listed again after others pushed it out") {
  world w;
  turn_seen seen;
  seen.memory = 1'000;
  w.turn("steady", seen);
  for (std::size_t i = 0; i < work_figures::objects_max; ++i) {
    seen.memory = 2'000;
    w.turn("o" + std::to_string(i), seen);
  }
  for (std::size_t i = 0; i < work_figures::objects_max; ++i) {
    seen.memory = 10;
    w.turn("o" + std::to_string(i), seen);
  }
  seen.memory = 1'000;
  w.turn("steady", seen);
  CHECK(w.figures.top(memory, 1) == rows{{"steady", 1'000, 0}});
}

TEST_CASE("COMET TOP tells key, value and error of each object") {
  const auto told = told_top({{"k", 7, 2}});
  CHECK(told ==
        reply::list({reply::map({reply::bulk("key"), reply::bulk("k"), reply::bulk("value"),
                                 reply::number(7), reply::bulk("error"), reply::number(2)})}));
}
