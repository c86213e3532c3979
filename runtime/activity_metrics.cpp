#include "runtime/activity_metrics.hpp"

#include <array>

namespace comet::runtime {

namespace {

using numbers = actors::node_numbers;
using object::breach_counts;
using object::code_figures;
using enum metric_kind;

#define COMET_TIMES(type, path) [](const type& n) -> const duration_histogram& { return n.path; }
#define COMET_COUNT(type, path) [](const type& n) { return static_cast<double>(n.path); }

constexpr std::array node_histogram_rows{
    node_histogram{"comet_settle_duration_seconds",
                   "Time from a batch of changes to its being durable and, among several nodes, "
                   "kept by a majority: how far copies lag behind.",
                   COMET_TIMES(numbers, settled)},
    node_histogram{"comet_store_commit_duration_seconds", "Time of a write of the engine.",
                   COMET_TIMES(numbers, store.commit_times)},
    node_histogram{"comet_store_sync_duration_seconds", "Time of an fsync between commits.",
                   COMET_TIMES(numbers, store.sync_times)},
    node_histogram{"comet_store_load_duration_seconds",
                   "Time from an order to read records from the store to their coming.",
                   COMET_TIMES(numbers, loads)},
    node_histogram{"comet_thread_delay_seconds",
                   "How long after it was due a tick of the I/O thread came: how long clients and "
                   "other nodes wait for the thread.",
                   COMET_TIMES(numbers, thread_late)},
    node_histogram{"comet_timer_delay_seconds", "How long after it was due a timer ran.",
                   COMET_TIMES(numbers, timers_late)},
};

constexpr std::array code_rows{
    code_metric{"comet_code_turns_total", counter, "Turns of a code.",
                COMET_COUNT(code_figures, turns)},
    code_metric{"comet_code_turn_failures_total", counter, "Turns of a code that failed.",
                COMET_COUNT(code_figures, failures)},
    code_metric{"comet_code_fuel_total", counter, "Lua instructions charged to a code.",
                COMET_COUNT(code_figures, fuel)},
    code_metric{"comet_code_memory_peak_bytes", gauge,
                "The most memory that an object of a code had in use.",
                COMET_COUNT(code_figures, memory_peak)},
    code_metric{"comet_code_messages_total", counter,
                "Messages that objects of a code sent to others.",
                COMET_COUNT(code_figures, messages)},
    code_metric{"comet_code_state_written_bytes_total", counter,
                "Encoded state that turns of a code changed.",
                COMET_COUNT(code_figures, state_bytes)},
    code_metric{"comet_code_activations_total", counter, "Objects of a code that were activated.",
                COMET_COUNT(code_figures, activations)},
    code_metric{"comet_code_passivations_total", counter,
                "Activated objects of a code that were put away because there were too many.",
                COMET_COUNT(code_figures, passivations)},
    code_metric{"comet_code_quarantines_total", counter, "Objects of a code that were suspended.",
                COMET_COUNT(code_figures, quarantines)},
    code_metric{"comet_code_timers_total", counter, "Timers of a code that ran.",
                COMET_COUNT(code_figures, timers)},
};

constexpr std::array code_histogram_rows{
    code_histogram{"comet_turn_duration_seconds",
                   "Time from the begin of a turn to its end, waits included; to the next look at "
                   "the clock, which comes after 64 slices or earlier.",
                   COMET_TIMES(code_figures, ran)},
    code_histogram{"comet_mailbox_wait_seconds",
                   "Time that a turn waited in the mailbox of its object.",
                   COMET_TIMES(code_figures, waited)},
};

constexpr std::array cause_rows{
    kill_cause{"fuel", COMET_COUNT(breach_counts, fuel)},
    kill_cause{"memory", COMET_COUNT(breach_counts, memory)},
    kill_cause{"state", COMET_COUNT(breach_counts, state)},
    kill_cause{"messages", COMET_COUNT(breach_counts, messages)},
    kill_cause{"wall_time", COMET_COUNT(breach_counts, wall_time)},
};

#undef COMET_TIMES
#undef COMET_COUNT

void append_codes(bytes& out, const std::vector<code_figures>& codes) {
  for (const code_metric& row : code_rows) {
    append_head(out, row.name, row.kind, row.help);
    for (const code_figures& code : codes)
      append_sample(out, row.name, {{"code", code.name}}, row.read(code));
  }
  append_head(out, kills_name, counter, kills_help);
  for (const code_figures& code : codes)
    for (const kill_cause& row : cause_rows)
      append_sample(out, kills_name, {{"code", code.name}, {"cause", row.cause}},
                    row.read(code.breaches));
  for (const code_histogram& row : code_histogram_rows) {
    append_head(out, row.name, histogram, row.help);
    for (const code_figures& code : codes)
      append_histogram(out, row.name, {{"code", code.name}}, row.read(code));
  }
}

void append_commands(bytes& out, const std::vector<wire::command_figures>& commands) {
  append_head(out, command_errors_name, counter, command_errors_help);
  for (const auto& one : commands)
    append_sample(out, command_errors_name, {{"command", one.name}},
                  static_cast<double>(one.errors));
  append_head(out, command_times_name, histogram, command_times_help);
  for (const auto& one : commands)
    append_histogram(out, command_times_name, {{"command", one.name}}, one.took);
}

}  // namespace

std::span<const node_histogram> node_histograms() {
  return node_histogram_rows;
}

std::span<const code_metric> code_metrics() {
  return code_rows;
}

std::span<const code_histogram> code_histograms() {
  return code_histogram_rows;
}

std::span<const kill_cause> kill_causes() {
  return cause_rows;
}

void append_activity(bytes& out, const actors::node_numbers& n) {
  for (const node_histogram& row : node_histogram_rows) {
    append_head(out, row.name, histogram, row.help);
    append_histogram(out, row.name, {}, row.read(n));
  }
  append_codes(out, n.codes);
  append_commands(out, n.commands);
}

}  // namespace comet::runtime
