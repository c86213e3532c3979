#pragma once
// The node's figures for Prometheus: text format 0.0.4, one table row a metric.
//
// Names follow the conventions of Prometheus: comet_ in front, base units (seconds, bytes), _total
// on what only grows. Pure; the HTTP page /metrics is its only caller. A plain count is a
// row here; what has a time, a code or a command is one in runtime/activity_metrics.
// docs/metrics.md is made from the rows.

#include <span>

#include "actors/numbers.hpp"
#include "base/bytes.hpp"
#include "runtime/build_info.hpp"
#include "runtime/metric_text.hpp"

namespace comet::runtime {

inline constexpr bytes_view build_info_name = "comet_build_info";
inline constexpr bytes_view build_info_help = "The build, in labels.";

/// Of the whole node, of the whole node by a label, of the actors of a kind, or of each executor.
struct node_metric {
  bytes_view name;
  metric_kind kind;
  bytes_view help;
  double (*read)(const actors::node_numbers&);
};
struct labelled_figure {
  bytes_view value;  ///< of the label
  double (*read)(const actors::node_numbers&);
};
struct labelled_metric {
  bytes_view name;
  metric_kind kind;
  bytes_view help;
  bytes_view label;
  std::span<const labelled_figure> figures;
};
struct actor_metric {
  bytes_view name;
  metric_kind kind;
  bytes_view help;
  double (*read)(const wire::actor_figures&);
};
struct executor_metric {
  bytes_view name;
  metric_kind kind;
  bytes_view help;
  double (*read)(const actors::executor_account&);
};

std::span<const node_metric> node_metrics();
std::span<const labelled_metric> labelled_metrics();
std::span<const actor_metric> actor_metrics();
std::span<const executor_metric> executor_metrics();

bytes metrics_text(const actors::node_numbers& numbers, const build_info& build);

}  // namespace comet::runtime
