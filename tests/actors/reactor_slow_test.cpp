#include <catch2/catch_test_macros.hpp>
#include <map>
#include <vector>

#include "actors/clock.hpp"
#include "reactor_stage.hpp"

using namespace comet;
using namespace comet::actors;
using namespace std::chrono_literals;

namespace {

struct line_seen {
  severity level;
  log_room room;
  bytes message;
  std::map<bytes, bytes> fields;
};

/// Until the clock that requests are timed with has gone on for longer than `time`.
void let_pass(std::chrono::nanoseconds time) {
  for (const auto begin = read_mono_clock(); read_mono_clock() - begin <= time;) {
  }
}

struct watched_node {
  std::vector<line_seen> lines;
  reactor_stage r;

  explicit watched_node(std::chrono::milliseconds slow) : r(options(slow)) {}

  node_options options(std::chrono::milliseconds slow) {
    node_options told;
    told.limits.sessions.slow_request = slow;
    told.log = [this](const log_line& line) {
      line_seen seen{line.level, line.room, bytes{line.message}, {}};
      for (const auto& [name, value] : line.fields)
        seen.fields.emplace(name, value);
      lines.push_back(std::move(seen));
    };
    return told;
  }
};

}  // namespace

TEST_CASE("a slow request is logged with who asked, what for, and not with its value") {
  watched_node node{1ms};
  const auto client = node.r.connect();
  (void)node.r.ask(client, "COMET WITH ID job-7 SET k\x01 swordfish\r\n");
  let_pass(1ms);
  node.r.acknowledge(node.r.written());
  REQUIRE(node.lines.size() == 1);
  auto& line = node.lines[0];
  CHECK(line.level == severity::info);
  CHECK(line.room == log_room::actors);
  CHECK(line.message == "a request was slow");
  CHECK(line.fields["request"] == "1:1");
  CHECK(line.fields["id"] == "job-7");
  CHECK(line.fields["command"] == "set");
  CHECK(line.fields["key"] == "k\\x01");
  CHECK(std::stod(line.fields["took_ms"]) >= 1.0);
  CHECK(line.fields["client_id"] == "1");
  CHECK(line.fields["client"].starts_with("127.0.0.1:"));
  CHECK(line.fields["user"] == "default");
  for (const auto& [name, value] : line.fields)
    CHECK(value.find("swordfish") == bytes::npos);
}

TEST_CASE("of a slow request to an object the line tells the turn") {
  watched_node node{1ms};
  const auto client = node.r.connect();
  (void)node.r.ask(client, "ASO.PUT k \"return {}\"\r\n");
  let_pass(1ms);
  const auto batch = node.r.ordered();
  REQUIRE(batch.items.size() == 1);
  object::finished_turn turn;
  turn.id = batch.items[0].order.id;
  turn.outcome.created = true;
  turn.outcome.state = bytes("\x80", 1);
  turn.outcome.fuel = 77;
  turn.waited = 3ms;
  turn.ran = 4ms;
  object::outcome_batch outcomes;
  outcomes.finished.push_back(std::move(turn));
  node.r.report(std::move(outcomes));
  node.r.acknowledge(node.r.written());
  REQUIRE(node.lines.size() == 1);
  auto& fields = node.lines[0].fields;
  CHECK(fields["command"] == "aso.put");
  CHECK(fields["mailbox_ms"] == "3.0");
  CHECK(fields["turn_ms"] == "4.0");
  CHECK(fields["fuel"] == "77");
}

TEST_CASE("a request that was fast, or any with slow-request = 0, is not logged") {
  for (const auto slow : {0ms, 60'000ms}) {
    watched_node node{slow};
    const auto client = node.r.connect();
    (void)node.r.ask(client, "SET k v\r\n");
    let_pass(1ms);
    node.r.acknowledge(node.r.written());
    CHECK(node.lines.empty());
  }
}
