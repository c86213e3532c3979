#include "apps/comet/repl_views.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::client {
namespace {

using namespace std::chrono_literals;

constexpr rendering piped;

lab::turn_note turn_of(const bytes& handler, const bytes& outcome) {
  lab::turn_note note;
  note.at = lab::epoch + 1s + 2ms;
  note.node = 2;
  note.handler = handler;
  note.fuel = 61;
  note.outcome = outcome;
  return note;
}

TEST_CASE("a moment is shown to the millisecond") {
  CHECK(moment_text(lab::epoch) == "2026-01-01T00:00:00.000Z");
  CHECK(moment_text(lab::epoch + 59 * 24h + 23h + 4ms) == "2026-03-01T23:00:00.004Z");
}

TEST_CASE("turns are a table of the last ones, with the number of those before") {
  CHECK(turns_view({}, 20, piped).empty());
  auto from_client = turn_of("onGet", "boom\x1b[0m");
  from_client.from.ip = "10.0.0.7";
  from_client.from.port = 99;
  from_client.from.user = "alice";
  CHECK(turns_view({turn_of("onTimer:close", "ok"), from_client}, 20, piped) ==
        "time                      node  handler        caller             fuel  outcome\n"
        "2026-01-01T00:00:01.002Z  2     onTimer:close  -                  61    ok\n"
        "2026-01-01T00:00:01.002Z  2     onGet          alice@10.0.0.7:99  61    boom\\x1b[0m\n");
  const bytes last = turns_view({turn_of("a", "ok"), turn_of("b", "ok")}, 1, piped);
  CHECK(last.find("  b  ") != bytes::npos);
  CHECK(last.ends_with("(1 before these)\n"));
}

TEST_CASE("timers are shown in the order in which they are due, with the time that is left") {
  object::timer close;
  close.name = "close";
  close.kind = object::timer_kind::every;
  close.period = 1h;
  close.due = lab::epoch + 90min;
  object::timer late;
  late.name = "late";
  late.due = lab::epoch - 1s;
  object::timer nightly;
  nightly.name = "nightly";
  nightly.kind = object::timer_kind::cron;
  nightly.cron = "0 3 * * *";
  nightly.due = lab::epoch + 3h;
  CHECK(timers_view({nightly, close, late}, lab::epoch, piped) ==
        "timer    due                       in      rings\n"
        "late     2025-12-31T23:59:59.000Z  0s      once\n"
        "close    2026-01-01T01:30:00.000Z  1h 30m  every 1h\n"
        "nightly  2026-01-01T03:00:00.000Z  3h      cron 0 3 * * *\n");
  CHECK(timers_view({}, lab::epoch, piped).empty());
}

TEST_CASE("messages are shown with their channel, without what could steer a terminal") {
  CHECK(messages_view({}, piped).empty());
  CHECK(messages_view({{.channel = "doors", .message = "shut\n", .pattern = "*"}}, piped) ==
        "channel  message\ndoors    shut\\x0a\n");
}

TEST_CASE("nodes are shown with what they are to the object") {
  std::vector<lab::node_view> nodes(3);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    nodes[i].number = i + 1;
    nodes[i].id = "0123456789abcdef";
    nodes[i].address = "10.77.0.1:7400";
    nodes[i].up = i != 2;
  }
  nodes[1].paused = true;
  lab::inspection seen;
  seen.leader = 1;
  seen.replicas = {1, 2};
  CHECK(nodes_view(nodes, seen, piped) ==
        "node  state   id        address         object\n"
        "1     up      01234567  10.77.0.1:7400  leads\n"
        "2     paused  01234567  10.77.0.1:7400  copy\n"
        "3     down    01234567  10.77.0.1:7400  -\n");
  CHECK(nodes_view(nodes, std::nullopt, piped).find("leads") == bytes::npos);
}

TEST_CASE("help lists each command, within the width of a terminal, and explains one") {
  const bytes all = help_text(piped);
  for (const repl_row& row : repl_table())
    CHECK(all.find("\n" + bytes{row.name}) != bytes::npos);
  CHECK(help_text(*find_repl_row("call")) == "call METHOD [ARG]...\n  Call a method\n");
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = all.find('\n', at);
    CHECK(end - at <= 110);
    at = end + 1;
  }
}

}  // namespace
}  // namespace comet::client
