#pragma once
// docs/metrics.md: all metrics of a node, made from their rows.
//
// A test holds the file against this text; COMET_REWRITE=1 makes that test write it.

#include <vector>

#include "base/bytes.hpp"
#include "runtime/metric_text.hpp"

namespace comet::runtime {

struct metric_family {
  bytes_view name;
  metric_kind kind;
  bytes_view help;
  bytes labels;  ///< for people; empty: none
};

/// In the order in which /metrics has them, each once.
std::vector<metric_family> metric_families();

/// One Markdown document.
bytes metric_reference();

}  // namespace comet::runtime
