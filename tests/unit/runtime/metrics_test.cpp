#include "runtime/metrics.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace comet::runtime {
namespace {

constexpr build_info build{"1.2.3", "abc", "g++"};

bool contains(bytes_view text, bytes_view part) {
  return text.find(part) != bytes_view::npos;
}

TEST_CASE("each figure stands under its help and type") {
  actors::node_numbers n;
  n.sessions.commands = 12'345'678'901;
  n.store.commit_ns = 1'500'000'000;
  n.store.last_write_ok = false;
  const bytes text = metrics_text(n, build);
  CHECK(contains(text,
                 "# HELP comet_commands_total Requests of clients.\n"
                 "# TYPE comet_commands_total counter\n"
                 "comet_commands_total 12345678901\n"));
  CHECK(contains(text, "comet_store_commit_seconds_total 1.5\n"));
  CHECK(contains(text, "# TYPE comet_store_writable gauge\ncomet_store_writable 0\n"));
  CHECK(contains(text, "comet_build_info{version=\"1.2.3\",commit=\"abc\"} 1\n"));
}

TEST_CASE("each executor is a label") {
  actors::node_numbers n;
  n.executors.resize(2);
  n.executors[0].turns = 3;
  n.executors[1].turns = 4;
  n.executors[1].busy_ns = 250'000'000;
  const bytes text = metrics_text(n, build);
  CHECK(contains(text,
                 "# TYPE comet_executor_turns_total counter\n"
                 "comet_executor_turns_total{executor=\"0\"} 3\n"
                 "comet_executor_turns_total{executor=\"1\"} 4\n"));
  CHECK(contains(text, "comet_executor_busy_seconds_total{executor=\"1\"} 0.25\n"));
}

TEST_CASE("each cause is a label of one metric") {
  actors::node_numbers n;
  n.shard.breaches.fuel = 1;
  n.shard.breaches.wall_time = 5;
  n.shard.refusals.mailbox = 7;
  n.shard.refusals.owner_fuel = 8;
  n.shard.copies_read = 9;
  n.replica_refusals.forged = 9;
  n.replica_refusals.far_future = 10;
  n.ranges = {12, 11, 13};
  const bytes text = metrics_text(n, build);
  CHECK(contains(text,
                 "# TYPE comet_turn_breaches_total counter\n"
                 "comet_turn_breaches_total{limit=\"fuel\"} 1\n"
                 "comet_turn_breaches_total{limit=\"memory\"} 0\n"
                 "comet_turn_breaches_total{limit=\"state\"} 0\n"
                 "comet_turn_breaches_total{limit=\"messages\"} 0\n"
                 "comet_turn_breaches_total{limit=\"wall_time\"} 5\n"));
  CHECK(contains(text, "comet_refusals_total{limit=\"mailbox\"} 7\n"));
  CHECK(contains(text, "comet_stale_reads_total 9\n"));
  CHECK(contains(text, "comet_refusals_total{limit=\"owner_fuel\"} 8\n"));
  CHECK(contains(text,
                 "# TYPE comet_replica_refusals_total counter\n"
                 "comet_replica_refusals_total{reason=\"old_epoch\"} 0\n"
                 "comet_replica_refusals_total{reason=\"old_ballot\"} 0\n"
                 "comet_replica_refusals_total{reason=\"stranger\"} 0\n"
                 "comet_replica_refusals_total{reason=\"forged\"} 9\n"
                 "comet_replica_refusals_total{reason=\"far_future\"} 10\n"));
  CHECK(contains(text,
                 "# TYPE comet_ranges gauge\n"
                 "comet_ranges{state=\"led\"} 12\n"
                 "comet_ranges{state=\"changing\"} 11\n"
                 "comet_ranges{state=\"behind\"} 13\n"));
  for (const char* limit :
       {"messages_per_minute", "source", "value", "timers", "replicas", "backlog"})
    CHECK(contains(text, bytes("comet_refusals_total{limit=\"") + limit + "\"} 0\n"));
}

TEST_CASE("what other nodes have to do with this one is counted") {
  actors::node_numbers n;
  n.router.links = 2;
  n.router.unanswered = 3;
  bytes text = metrics_text(n, build);
  CHECK(contains(text, "comet_links 2\n"));
  CHECK(contains(text, "comet_unanswered_total 3\n"));
  CHECK(contains(text, "comet_joined 1\n"));
  n.joining = "joining";
  CHECK(contains(metrics_text(n, build), "comet_joined 0\n"));
}

TEST_CASE("the text is one that Prometheus parses") {
  actors::node_numbers n;
  n.executors.resize(1);
  const std::regex comment(R"(# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge)))");
  const std::regex sample(R"re([a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+)re");
  std::istringstream lines(metrics_text(n, build));
  bytes line;
  while (std::getline(lines, line)) {
    CAPTURE(line);
    CHECK(std::regex_match(line, line.starts_with('#') ? comment : sample));
  }
}

/// Names of all metrics with their kinds.
std::set<std::pair<bytes, metric_kind>> all_metrics() {
  std::set<std::pair<bytes, metric_kind>> all;
  for (const node_metric& row : node_metrics())
    all.emplace(row.name, row.kind);
  for (const labelled_metric& row : labelled_metrics())
    all.emplace(row.name, row.kind);
  for (const executor_metric& row : executor_metrics())
    all.emplace(row.name, row.kind);
  return all;
}

TEST_CASE("names are unique, and counters alone end in _total") {
  CHECK(all_metrics().size() ==
        node_metrics().size() + labelled_metrics().size() + executor_metrics().size());
  for (const auto& [name, kind] : all_metrics()) {
    CAPTURE(name);
    CHECK(name.ends_with("_total") == (kind == metric_kind::counter));
    CHECK((name.starts_with("comet_") || name.starts_with("process_")));
  }
}

TEST_CASE("docs/operations.md lists every metric") {
  std::ostringstream document;
  document << std::ifstream("docs/operations.md").rdbuf();
  for (const auto& [name, kind] : all_metrics()) {
    CAPTURE(name);
    CHECK(contains(document.str(), "`" + name + "`"));
  }
  for (const labelled_metric& row : labelled_metrics()) {
    for (const labelled_figure& figure : row.figures) {
      CAPTURE(row.name, figure.value);
      CHECK(contains(document.str(), "`" + bytes(figure.value) + "`"));
    }
  }
}

}  // namespace
}  // namespace comet::runtime
