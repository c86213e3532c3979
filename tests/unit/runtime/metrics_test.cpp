#include "runtime/metrics.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <regex>
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
  n.codes.resize(1);
  n.commands.resize(1);
  const std::regex comment(R"(# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge|histogram)))");
  const std::regex sample(R"re([a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+)re");
  std::istringstream lines(metrics_text(n, build));
  bytes line;
  while (std::getline(lines, line)) {
    CAPTURE(line);
    CHECK(std::regex_match(line, line.starts_with('#') ? comment : sample));
  }
}

TEST_CASE("what is behind, apart or taken over is told") {
  actors::node_numbers n;
  n.objects_behind = 5;
  n.ranges.taken_over = 6;
  n.router.clocks_apart = 7;
  n.router.requests_timed_out = 8;
  n.router.searches = 9;
  n.router.search_hops = 10;
  n.router.search_requests = 11;
  n.router.search_failures = 12;
  n.executors.resize(1);
  n.executors[0].waiting = 13;
  const bytes text = metrics_text(n, build);
  for (const char* line :
       {"comet_objects_under_replicated 5\n", "comet_ranges_taken_over_total 6\n",
        "comet_nodes_clock_apart 7\n", "comet_node_request_timeouts_total 8\n",
        "comet_searches_total 9\n", "comet_search_hops_total 10\n",
        "comet_search_requests_total 11\n", "comet_search_failures_total 12\n",
        "comet_executor_waiting_turns{executor=\"0\"} 13\n"}) {
    CAPTURE(line);
    CHECK(contains(text, line));
  }
}

TEST_CASE("each kind of actor is a label") {
  actors::node_numbers n;
  n.info.actors = {{"executors", 2, 30, 1'500'000, 4}, {"writer", 1, 5, 0, 6}};
  const bytes text = metrics_text(n, build);
  CHECK(contains(text,
                 "# TYPE comet_actors gauge\ncomet_actors{actor=\"executors\"} 2\n"
                 "comet_actors{actor=\"writer\"} 1\n"));
  CHECK(contains(text, "comet_actor_work_total{actor=\"executors\"} 30\n"));
  CHECK(contains(text, "comet_actor_busy_seconds_total{actor=\"executors\"} 1.5\n"));
  CHECK(contains(text, "comet_actor_waiting{actor=\"writer\"} 6\n"));
}

TEST_CASE("the disk, the network and the machine are told as alerts need them") {
  actors::node_numbers n;
  n.store.space = {250, 1'000};
  n.store.sync_failing = true;
  n.network_ranges = 1'024;
  n.router.unreachable = "192.0.2.1:7400 does not answer";
  n.machine_memory_bytes = 4'096;
  n.info.descriptors_max = 1'000;
  const bytes text = metrics_text(n, build);
  for (const char* line :
       {"comet_disk_free_bytes 250\n", "comet_disk_size_bytes 1000\n",
        "comet_store_sync_failing 1\n", "comet_network_ranges 1024\n", "comet_unreachable 1\n",
        "comet_machine_memory_bytes 4096\n", "process_max_fds 1000\n"}) {
    CAPTURE(line);
    CHECK(contains(text, line));
  }
}

TEST_CASE("with every command asked for and all codes the text stays under a megabyte") {
  actors::node_numbers n;
  n.executors.resize(64);
  n.codes.resize(object::work_figures::codes_max + 1);
  for (auto& code : n.codes) {
    code.name = "0123456789ab";
    code.turns = code.fuel = code.messages = code.state_bytes = UINT64_MAX;
  }
  wire::command_counts counts;
  for (const wire::command_row* row : wire::all_commands()) {
    counts.failed(counts.place_of(row));
    for (const wire::command_row& sub : row->subcommands)
      counts.failed(counts.place_of(&sub));
  }
  n.commands = counts.used();
  CHECK(n.commands.size() > 100);
  CHECK(metrics_text(n, build).size() < 1'000'000);
}

}  // namespace
}  // namespace comet::runtime
