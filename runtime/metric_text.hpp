#pragma once
// The text format of Prometheus, 0.0.4: heads of families, samples, histograms.
//
// What is written here always parses: values of labels are escaped, whatever they hold, and numbers
// are in a form that everybody reads. Pure; called for the rows of runtime/metrics and
// runtime/activity_metrics.

#include <cstdint>
#include <initializer_list>

#include "base/bytes.hpp"
#include "base/duration_histogram.hpp"

namespace comet::runtime {

enum class metric_kind : std::uint8_t { counter, gauge, histogram };

bytes_view name_of(metric_kind kind);

/// A label of a sample. `name` is one that Prometheus takes.
struct label {
  bytes_view name;
  bytes_view value;
};

/// In front of all samples of a family, once.
void append_head(bytes& out, bytes_view name, metric_kind kind, bytes_view help);
void append_sample(bytes& out, bytes_view name, std::initializer_list<label> told, double value);
/// All lines of a histogram: its buckets, each with what is in the shorter ones, sum and count.
void append_histogram(bytes& out, bytes_view name, std::initializer_list<label> told,
                      const duration_histogram& times);

/// `value` between the quotes of a label: backslash, quote and line break escaped, and `?` for
/// bytes that are not printable ASCII.
bytes escaped_label(bytes_view value);

}  // namespace comet::runtime
