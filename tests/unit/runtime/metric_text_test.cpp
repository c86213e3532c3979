#include "runtime/metric_text.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::runtime {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a family has a head, and samples with labels or without") {
  bytes out;
  append_head(out, "comet_x_total", metric_kind::counter, "What it is.");
  append_sample(out, "comet_x_total", {}, 12'345'678'901);
  append_sample(out, "comet_x_total", {{"a", "1"}, {"b", "2"}}, 0.25);
  CHECK(out ==
        "# HELP comet_x_total What it is.\n"
        "# TYPE comet_x_total counter\n"
        "comet_x_total 12345678901\n"
        "comet_x_total{a=\"1\",b=\"2\"} 0.25\n");
}

TEST_CASE("a bucket of a histogram holds all that is in the shorter ones") {
  duration_histogram times;
  times.add(5us);
  times.add(2ms, 2);
  times.add(1min);
  bytes out;
  append_histogram(out, "comet_t_seconds", {{"code", "ab"}}, times);
  CHECK(out ==
        "comet_t_seconds_bucket{code=\"ab\",le=\"1e-05\"} 1\n"
        "comet_t_seconds_bucket{code=\"ab\",le=\"3e-05\"} 1\n"
        "comet_t_seconds_bucket{code=\"ab\",le=\"0.0001\"} 1\n"
        "comet_t_seconds_bucket{code=\"ab\",le=\"0.0003\"} 1\n"
        "comet_t_seconds_bucket{code=\"ab\",le=\"0.001\"} 1\n"
        "comet_t_seconds_bucket{code=\"ab\",le=\"0.003\"} 3\n"
        "comet_t_seconds_bucket{code=\"ab\",le=\"0.01\"} 3\n"
        "comet_t_seconds_bucket{code=\"ab\",le=\"0.03\"} 3\n"
        "comet_t_seconds_bucket{code=\"ab\",le=\"0.1\"} 3\n"
        "comet_t_seconds_bucket{code=\"ab\",le=\"0.3\"} 3\n"
        "comet_t_seconds_bucket{code=\"ab\",le=\"1\"} 3\n"
        "comet_t_seconds_bucket{code=\"ab\",le=\"3\"} 3\n"
        "comet_t_seconds_bucket{code=\"ab\",le=\"10\"} 3\n"
        "comet_t_seconds_bucket{code=\"ab\",le=\"+Inf\"} 4\n"
        "comet_t_seconds_sum{code=\"ab\"} 60.004005\n"
        "comet_t_seconds_count{code=\"ab\"} 4\n");
}

TEST_CASE("a histogram without labels has that of its buckets alone") {
  bytes out;
  append_histogram(out, "comet_t_seconds", {}, {});
  CHECK(out.starts_with("comet_t_seconds_bucket{le=\"1e-05\"} 0\n"));
  CHECK(out.ends_with("comet_t_seconds_sum 0\ncomet_t_seconds_count 0\n"));
}

TEST_CASE("whatever a label holds, its line stays one line that parses") {
  CHECK(escaped_label("plain") == "plain");
  CHECK(escaped_label("a\"b\\c\nd") == "a\\\"b\\\\c\\nd");
  CHECK(escaped_label(bytes("\0\x1b[2J\xc3\xa4\r", 8)) == "??[2J???");
  CHECK(escaped_label("<script>{}=,") == "<script>{}=,");
}

}  // namespace
}  // namespace comet::runtime
