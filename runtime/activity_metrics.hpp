#pragma once
// Metrics of what happens, besides plain counts: how long things take, and whose doing they are.
//
// By command and by code, never by key: so the text is bounded by the command table and by
// object::work_figures::codes_max, whatever clients store. A metric is one row here. Pure; a part
// of the text that runtime/metrics makes.

#include <span>

#include "actors/numbers.hpp"
#include "base/bytes.hpp"
#include "runtime/metric_text.hpp"

namespace comet::runtime {

struct node_histogram {
  bytes_view name;
  bytes_view help;
  const duration_histogram& (*read)(const actors::node_numbers&);
};
/// Label: code.
struct code_metric {
  bytes_view name;
  metric_kind kind;
  bytes_view help;
  double (*read)(const object::code_figures&);
};
struct code_histogram {
  bytes_view name;
  bytes_view help;
  const duration_histogram& (*read)(const object::code_figures&);
};
/// Labels: code and cause.
struct kill_cause {
  bytes_view cause;
  double (*read)(const object::breach_counts&);
};

inline constexpr bytes_view kills_name = "comet_code_kills_total";
inline constexpr bytes_view kills_help =
    "Turns of a code that were ended because they broke a limit.";
inline constexpr bytes_view command_errors_name = "comet_command_error_replies_total";
inline constexpr bytes_view command_errors_help = "Error replies to a command.";
inline constexpr bytes_view command_times_name = "comet_command_duration_seconds";
inline constexpr bytes_view command_times_help =
    "Time from the read of a command to the end of the poll round that answers it.";

std::span<const node_histogram> node_histograms();
std::span<const code_metric> code_metrics();
std::span<const code_histogram> code_histograms();
std::span<const kill_cause> kill_causes();

void append_activity(bytes& out, const actors::node_numbers& numbers);

}  // namespace comet::runtime
