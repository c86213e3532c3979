#include "runtime/activity_metrics.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

namespace comet::runtime {
namespace {

using namespace std::chrono_literals;

bytes activity(const actors::node_numbers& n) {
  bytes text;
  append_activity(text, n);
  return text;
}

bool contains(bytes_view text, bytes_view part) {
  return text.find(part) != bytes_view::npos;
}

TEST_CASE("each code is a label, and each cause of a kill") {
  actors::node_numbers n;
  object::code_figures code;
  code.name = "0123456789ab";
  code.turns = 3;
  code.fuel = 4;
  code.memory_peak = 5;
  code.breaches.wall_time = 6;
  code.ran.add(2s);
  n.codes = {code, {}};
  n.codes[1].name = "other";
  const bytes text = activity(n);
  for (const char* line :
       {"# TYPE comet_code_turns_total counter\ncomet_code_turns_total{code=\"0123456789ab\"} 3\n"
        "comet_code_turns_total{code=\"other\"} 0\n",
        "comet_code_fuel_total{code=\"0123456789ab\"} 4\n",
        "# TYPE comet_code_memory_peak_bytes gauge\n",
        "comet_code_memory_peak_bytes{code=\"0123456789ab\"} 5\n",
        "comet_code_kills_total{code=\"0123456789ab\",cause=\"wall_time\"} 6\n",
        "comet_code_kills_total{code=\"0123456789ab\",cause=\"fuel\"} 0\n",
        "# TYPE comet_turn_duration_seconds histogram\n",
        "comet_turn_duration_seconds_bucket{code=\"0123456789ab\",le=\"1\"} 0\n",
        "comet_turn_duration_seconds_bucket{code=\"0123456789ab\",le=\"3\"} 1\n",
        "comet_mailbox_wait_seconds_count{code=\"other\"} 0\n"}) {
    CAPTURE(line);
    CHECK(contains(text, line));
  }
}

TEST_CASE("each command is a label") {
  actors::node_numbers n;
  wire::command_figures get;
  get.name = "client|kill";
  get.errors = 2;
  get.took.add(1ms, 7);
  n.commands = {get};
  const bytes text = activity(n);
  CHECK(contains(text, "comet_command_error_replies_total{command=\"client|kill\"} 2\n"));
  CHECK(contains(text, "comet_command_duration_seconds_count{command=\"client|kill\"} 7\n"));
}

TEST_CASE("times of the node have no label") {
  actors::node_numbers n;
  n.settled.add(1ms);
  n.store.commit_times.add(1ms, 2);
  n.store.sync_times.add(1ms, 3);
  n.timers_late.add(1ms, 4);
  const bytes text = activity(n);
  CHECK(contains(text, "comet_settle_duration_seconds_count 1\n"));
  CHECK(contains(text, "comet_store_commit_duration_seconds_count 2\n"));
  CHECK(contains(text, "comet_store_sync_duration_seconds_count 3\n"));
  CHECK(contains(text, "comet_timer_delay_seconds_count 4\n"));
}

TEST_CASE("with all codes and all commands the text stays below 1 MB") {
  actors::node_numbers n;
  object::code_figures code;
  code.name = "0123456789ab";
  n.codes.assign(object::work_figures::codes_max + 1, code);
  wire::command_counts counts;
  for (const auto* row : wire::all_commands()) {
    counts.failed(counts.place_of(row));
    for (const auto& sub : row->subcommands)
      counts.failed(counts.place_of(&sub));
  }
  n.commands = counts.used();
  CHECK(activity(n).size() < 1'000'000);
}

TEST_CASE("reads of the store and the delay of the I/O thread are histograms of the node") {
  actors::node_numbers n;
  n.loads.add(2ms);
  n.thread_late.add(20ms, 3);
  const bytes text = activity(n);
  CHECK(contains(text, "comet_store_load_duration_seconds_bucket{le=\"0.003\"} 1\n"));
  CHECK(contains(text, "comet_thread_delay_seconds_bucket{le=\"0.03\"} 3\n"));
  CHECK(contains(text, "comet_thread_delay_seconds_bucket{le=\"0.01\"} 0\n"));
}

}  // namespace
}  // namespace comet::runtime
