#include "object/turn_view.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/object/recorded_turns.hpp"

using namespace comet;
using namespace comet::object;

namespace {

reply field(const reply& map, bytes_view name) {
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2)
    if (map.items[i].text == name) return map.items[i + 1];
  return reply::failure(errc::internal, "no field " + bytes{name});
}

bool has_failure(const reply& r) {
  if (r.failed()) return true;
  for (const auto& item : r.items)
    if (has_failure(item)) return true;
  return false;
}

}  // namespace

TEST_CASE("a row tells when what ran for whom, and what came of it") {
  recorded_turn turn = test::full_turn();
  const auto row = summary_of(turn);
  CHECK(field(row, "number") == reply::number(7));
  CHECK(field(row, "time-unix-ms") == reply::number(1'700'000'000'000));
  CHECK(field(row, "kind") == reply::bulk("method"));
  CHECK(field(row, "handler") == reply::bulk("add"));
  CHECK(field(row, "caller") == reply::bulk("alice@198.51.100.7"));
  CHECK(field(row, "outcome") == reply::bulk("ok"));
  CHECK(field(row, "kept") == reply::bulk("whole"));
  turn.failure = error{errc::fuel, "used up"};
  CHECK(outcome_of(turn) == "error fuel");
  turn.failure.reset();
  turn.erased = true;
  CHECK(outcome_of(turn) == "erased");
}

TEST_CASE("nobody asks a timer") {
  recorded_turn turn = test::full_turn();
  turn.kind = turn_kind::timer;
  CHECK(field(summary_of(turn), "caller") == reply::bulk("-"));
  CHECK(field(summary_of(turn), "kind") == reply::bulk("timer"));
}

TEST_CASE("the whole turn is readable, and its content runs again elsewhere") {
  const recorded_turn turn = test::full_turn();
  const auto view = view_of(turn, 17);
  CHECK(field(view, "operation") == reply::bulk("ASO.CALL"));
  CHECK(field(view, "arguments") == reply::list({reply::bulk("1"), reply::bulk("2")}));
  CHECK(field(view, "answer") == reply::number(3));
  CHECK(field(view, "state-before") == reply::map({reply::bulk("value"), reply::number(1)}));
  const auto calls = field(view, "calls");
  REQUIRE(calls.items.size() == 4);
  CHECK(field(calls.items[1], "answer") == reply::bulk("error busy: a full mailbox"));
  CHECK(field(calls.items[2], "answer") == reply::bulk("in a later turn"));
  CHECK(field(calls.items[3], "answer").text.starts_with("refused"));
  // A failure in a reply would be taken for the failure of the command.
  CHECK_FALSE(has_failure(view));
  const auto back = decode_whole(field(view, "content").text);
  REQUIRE(back);
  CHECK(back->number == 7);
  CHECK(*back->after == *turn.after);
}

TEST_CASE("a turn that was too large shows how large") {
  recorded_turn turn = test::full_turn();
  turn.what.reset();
  turn.sizes = left_out_sizes{70'000, 10, 20};
  const auto view = view_of(turn, 17);
  CHECK(field(view, "kept") == reply::bulk("too large"));
  CHECK(field(view, "turn-bytes") == reply::number(70'000));
  CHECK(field(view, "calls").failed());
}
