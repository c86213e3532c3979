#include "runtime/metric_reference.hpp"

#include <fmt/format.h>

#include <iterator>

#include "object/work_figures.hpp"
#include "runtime/activity_metrics.hpp"
#include "runtime/metrics.hpp"

namespace comet::runtime {

namespace {

constexpr bytes_view preface = R"(# Metrics

What `/metrics` of a node has, as Prometheus reads it (text format 0.0.4). Made from the rows in
`runtime/*metrics.cpp`; a test fails when the two differ. Names end in their unit; what ends in
`_total` only grows, until the node starts again. A histogram has `_bucket`, `_sum` and `_count`.

Nothing is counted by key. `code` is the beginning of the hash that `ASO.HASH` tells; the first {}
codes that run after a start have figures of their own, and all others together are `other`.
`command` is a name of [commands.md](commands.md), a subcommand as `client|kill`; `unknown` is what
named no command that could run. Which objects are busiest, `COMET TOP` tells; why it is so,
[adr/0013](adr/0013-metrics-by-code-not-by-key.md). How to collect them, and when to be told,
[monitoring.md](monitoring.md).

| metric | kind | labels | what it is |
|---|---|---|---|
)";

/// "`limit`: `fuel`, `memory`"
template <class Rows, class Value>
bytes label_of(bytes_view name, const Rows& rows, Value value) {
  bytes text = fmt::format("`{}`: ", name);
  bytes_view between;
  for (const auto& row : rows) {
    fmt::format_to(std::back_inserter(text), "{}`{}`", between, value(row));
    between = ", ";
  }
  return text;
}

}  // namespace

std::vector<metric_family> metric_families() {
  std::vector<metric_family> all{
      {build_info_name, metric_kind::gauge, build_info_help, "`version`, `commit`"}};
  for (const node_metric& row : node_metrics())
    all.push_back({row.name, row.kind, row.help, {}});
  for (const labelled_metric& row : labelled_metrics())
    all.push_back(
        {row.name, row.kind, row.help,
         label_of(row.label, row.figures, [](const labelled_figure& one) { return one.value; })});
  for (const actor_metric& row : actor_metrics())
    all.push_back({row.name, row.kind, row.help, "`actor`"});
  for (const executor_metric& row : executor_metrics())
    all.push_back({row.name, row.kind, row.help, "`executor`"});
  for (const node_histogram& row : node_histograms())
    all.push_back({row.name, metric_kind::histogram, row.help, {}});
  for (const code_metric& row : code_metrics())
    all.push_back({row.name, row.kind, row.help, "`code`"});
  all.push_back({kills_name, metric_kind::counter, kills_help,
                 "`code`; " + label_of("cause", kill_causes(),
                                       [](const kill_cause& one) { return one.cause; })});
  for (const code_histogram& row : code_histograms())
    all.push_back({row.name, metric_kind::histogram, row.help, "`code`"});
  all.push_back({command_errors_name, metric_kind::counter, command_errors_help, "`command`"});
  all.push_back({command_times_name, metric_kind::histogram, command_times_help, "`command`"});
  return all;
}

bytes metric_reference() {
  bytes out = fmt::format(preface, object::work_figures::codes_max);
  for (const metric_family& one : metric_families())
    fmt::format_to(std::back_inserter(out), "| `{}` | {} | {} | {} |\n", one.name,
                   name_of(one.kind), one.labels, one.help);
  return out;
}

}  // namespace comet::runtime
