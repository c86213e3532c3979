#include "runtime/metric_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace comet::runtime {

namespace {

bytes number_text(double value) {
  // Counts stay whole numbers: the shortest form of 1e15 has no exponent for people to decode.
  const bool whole = std::floor(value) == value && std::abs(value) < 9e15;
  return whole ? fmt::format("{:.0f}", value) : fmt::format("{}", value);
}

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

bytes label_list(std::initializer_list<label> told) {
  bytes list;
  for (const label& one : told) {
    if (!list.empty()) list += ',';
    fmt::format_to(std::back_inserter(list), "{}=\"{}\"", one.name, escaped_label(one.value));
  }
  return list;
}

void append_line(bytes& out, bytes_view name, bytes_view list, bytes_view value) {
  if (list.empty()) {
    fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
  } else {
    fmt::format_to(std::back_inserter(out), "{}{{{}}} {}\n", name, list, value);
  }
}

}  // namespace

bytes_view name_of(metric_kind kind) {
  switch (kind) {
    case metric_kind::counter: return "counter";
    case metric_kind::gauge: return "gauge";
    case metric_kind::histogram: return "histogram";
  }
  return "untyped";
}

void append_head(bytes& out, bytes_view name, metric_kind kind, bytes_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} {2}\n", name, help,
                 name_of(kind));
}

void append_sample(bytes& out, bytes_view name, std::initializer_list<label> told, double value) {
  append_line(out, name, label_list(told), number_text(value));
}

void append_histogram(bytes& out, bytes_view name, std::initializer_list<label> told,
                      const duration_histogram& times) {
  const bytes list = label_list(told);
  const bytes before = list.empty() ? bytes{} : list + ",";
  const bytes bucket = bytes{name} + "_bucket";
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < duration_histogram::bounds.size(); ++i) {
    so_far += times.in_bucket(i);
    const double bound = seconds(duration_histogram::bounds[i]);
    append_line(out, bucket, fmt::format("{}le=\"{}\"", before, bound), std::to_string(so_far));
  }
  append_line(out, bucket, before + "le=\"+Inf\"", std::to_string(times.count()));
  append_line(out, bytes{name} + "_sum", list, number_text(seconds(times.sum())));
  append_line(out, bytes{name} + "_count", list, std::to_string(times.count()));
}

bytes escaped_label(bytes_view value) {
  bytes out;
  for (const char c : value) {
    if (c == '\\' || c == '"') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c >= ' ' && c <= '~' ? c : '?';
    }
  }
  return out;
}

}  // namespace comet::runtime
