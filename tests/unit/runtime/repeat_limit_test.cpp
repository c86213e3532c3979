#include "runtime/repeat_limit.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::runtime {
namespace {

using namespace std::chrono_literals;

constexpr mono_time start{1h};

struct limited {
  repeat_limit limit;

  bool admit(repeat_limit::kind of, mono_time now, bytes_view message = "a line",
             const std::vector<log_field>& fields = {}) {
    return limit.admit(of, log_level::warning, log_room::net, message, fields, now);
  }
  void exhaust(repeat_limit::kind of, mono_time now) {
    for (std::uint64_t i = 0; i < repeat_limit::lines_max; ++i)
      REQUIRE(admit(of, now));
  }
};

TEST_CASE("lines of one kind are written until there are ten in a window") {
  limited lines;
  lines.exhaust(1, start);
  CHECK_FALSE(lines.admit(1, start));
  CHECK(lines.admit(2, start));
  CHECK(lines.limit.take_due(start + repeat_limit::window - 1ns).empty());
  CHECK_FALSE(lines.admit(1, start + repeat_limit::window - 1ns));
}

TEST_CASE("when the window is over the last line left out is due, with their number") {
  limited lines;
  lines.exhaust(1, start);
  lines.admit(1, start, "the first left out", {{"from", "a"}});
  lines.admit(1, start + 1s, "the last left out", {{"from", "b"}});
  const auto due = lines.limit.take_due(start + repeat_limit::window);
  REQUIRE(due.size() == 1);
  CHECK(due[0].message == "the last left out");
  CHECK(due[0].fields == std::vector<std::pair<bytes, bytes>>{{"from", "b"}});
  CHECK(due[0].repeated == 2);
  CHECK(due[0].level == log_level::warning);
  CHECK(due[0].room == log_room::net);
  CHECK(lines.limit.take_due(start + repeat_limit::window).empty());
  CHECK(lines.admit(1, start + repeat_limit::window));
}

TEST_CASE("a window in which nothing was left out ends without a line") {
  limited lines;
  lines.exhaust(1, start);
  CHECK(lines.limit.take_due(start + 1h).empty());
  lines.exhaust(1, start + 1h);
}

TEST_CASE("each kind has a window that begins with its first line") {
  limited lines;
  lines.exhaust(1, start);
  lines.admit(1, start);
  lines.exhaust(2, start + 5s);
  lines.admit(2, start + 5s);
  CHECK(lines.limit.take_due(start + 10s).size() == 1);
  CHECK(lines.limit.take_due(start + 14s).empty());
  CHECK(lines.limit.take_due(start + 15s).size() == 1);
}

TEST_CASE("at the end all that was left out is told") {
  limited lines;
  lines.exhaust(1, start);
  lines.admit(1, start);
  CHECK(lines.limit.take_all().size() == 1);
}

TEST_CASE("what is kept is bounded: kinds beyond the most share one, long values are cut") {
  limited lines;
  for (repeat_limit::kind of = 1; of <= repeat_limit::kinds_max; ++of)
    REQUIRE(lines.admit(of, start));
  int written = 0;
  for (repeat_limit::kind of = 1; of <= 1'000; ++of)
    if (lines.admit(repeat_limit::kinds_max + of, start, bytes(10'000, 'x'),
                    std::vector<log_field>(100, {"field", bytes(10'000, 'y')})))
      ++written;
  CHECK(written == repeat_limit::lines_max);
  const auto due = lines.limit.take_all();
  REQUIRE(due.size() == 1);
  CHECK(due[0].repeated == 1'000 - repeat_limit::lines_max);
  CHECK(due[0].message.size() <= repeat_limit::kept_bytes_max + 3);
  REQUIRE(due[0].fields.size() == repeat_limit::kept_fields_max);
  CHECK(due[0].fields[0].second.size() <= repeat_limit::kept_bytes_max + 3);
}

}  // namespace
}  // namespace comet::runtime
