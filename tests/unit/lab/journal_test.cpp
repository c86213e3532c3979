#include "lab/journal.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::lab;

namespace {

object::turn_request timer_turn(const bytes& key) {
  object::turn_request request;
  request.kind = object::turn_kind::timer;
  request.key = key;
  request.timer_name = "alarm";
  return request;
}

}  // namespace

TEST_CASE("a turn stands in the journal of its key, and in its sums") {
  journal notes;
  object::turn_outcome outcome;
  outcome.fuel = 7;
  outcome.memory = 100;
  outcome.log = {"one", "two"};
  notes.ended(2, timer_turn("a"), outcome, 3, epoch);
  outcome.fuel = 5;
  outcome.log.clear();
  outcome.failure = error{errc::script, "it failed"};
  notes.ended(2, timer_turn("a"), outcome, 0, epoch);
  const auto turns = notes.turns_of("a");
  REQUIRE(turns.size() == 2);
  CHECK(turns[0].handler == "onTimer:alarm");
  CHECK(turns[0].node == 2);
  CHECK(turns[0].outcome == "ok");
  CHECK(turns[1].outcome == "it failed");
  CHECK(notes.lines_of("a") == std::vector<bytes>{"one", "two"});
  CHECK(notes.sums_of("a") == turn_sums{2, 1, 5, 7, 100, 3});
  CHECK(notes.turns_of("b").empty());
}

TEST_CASE("an object that is put where nothing was begins anew") {
  journal notes;
  notes.ended(1, timer_turn("a"), {}, 0, epoch);
  object::turn_request put;
  put.kind = object::turn_kind::create;
  put.key = "a";
  object::turn_outcome outcome;
  outcome.created = true;
  notes.ended(1, put, outcome, 0, epoch);
  CHECK(notes.sums_of("a").turns == 1);
  CHECK(notes.turns() == 2);
}

TEST_CASE("the trace differs when a turn did") {
  journal one;
  journal other;
  one.ended(1, timer_turn("a"), {}, 0, epoch);
  other.ended(2, timer_turn("a"), {}, 0, epoch);
  CHECK(one.trace() != other.trace());
}

TEST_CASE("the newest turns of a key are kept") {
  journal notes;
  for (std::size_t i = 0; i < journal::notes_max + 5; ++i)
    notes.ended(1, timer_turn("a"), {}, 0, epoch);
  CHECK(notes.turns_of("a").size() == journal::notes_max);
  CHECK(notes.sums_of("a").turns == journal::notes_max + 5);
}
