#include "net/wire/command_figures.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

using namespace comet;
using namespace comet::wire;
using namespace std::chrono_literals;

TEST_CASE("commands that nobody asked for are not told of") {
  command_counts counts;
  CHECK(counts.used().empty());
}

TEST_CASE("each command has figures of its own, subcommands too") {
  command_counts counts;
  counts.answered(counts.place_of(find_command("get")), 2ms);
  counts.answered(counts.place_of(find_command("GET")), 4ms);
  const auto* client = find_command("client");
  const auto kill = counts.place_of(find_subcommand(*client, "kill"));
  counts.answered(kill, 1us);
  counts.failed(kill);
  const auto used = counts.used();
  REQUIRE(used.size() == 2);
  CHECK(used[0].name == "client|kill");
  CHECK(used[0].errors == 1);
  CHECK(used[1].name == "get");
  CHECK(used[1].errors == 0);
  CHECK(used[1].took.count() == 2);
  CHECK(used[1].took.sum() == 6ms);
}

TEST_CASE("what names no command counts as unknown") {
  command_counts counts;
  counts.answered(counts.place_of(nullptr), 1us);
  REQUIRE(counts.used().size() == 1);
  CHECK(counts.used()[0].name == "unknown");
}

TEST_CASE("what is answered during a read takes as long as the read") {
  command_counts counts;
  const auto get = counts.place_of(find_command("get"));
  const auto set = counts.place_of(find_command("set"));
  CHECK_FALSE(counts.has_untimed());
  counts.answered_at_once(get);
  counts.answered_at_once(set);
  counts.answered_at_once(get);
  CHECK(counts.has_untimed());
  counts.end_read(50us);
  CHECK_FALSE(counts.has_untimed());
  counts.end_read(9s);
  const auto used = counts.used();
  REQUIRE(used.size() == 2);
  CHECK(used[0].took.count() == 2);
  CHECK(used[0].took.sum() == 100us);
  CHECK(used[1].took.count() == 1);
}

TEST_CASE("every row of the table has a place of its own") {
  command_counts counts;
  std::set<command_counts::place> places;
  std::size_t rows = 0;
  for (const command_row* row : all_commands()) {
    ++rows;
    places.insert(counts.place_of(row));
    for (const command_row& sub : row->subcommands) {
      ++rows;
      places.insert(counts.place_of(&sub));
    }
  }
  CHECK(places.size() == rows);
  CHECK_FALSE(places.contains(0));
}
