#include "apps/comet/top_screen.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/apps/network_sample.hpp"

namespace comet::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using look = screen_line::look;

constexpr bytes_view info =
    "total_commands_processed:5\r\nfuel:7\r\n# Actors\r\n"
    "reactor:actors=1,work=20,busy_us=300,waiting=4\r\n"
    "executors:actors=3,work=5,busy_us=6,waiting=7\r\n"
    "router:actors=0,work=0,busy_us=0,waiting=0\r\n";

/// Three nodes, looked at twice; `objects` of them at the first.
top_model network(std::size_t objects, const bytes& concern = {}) {
  top_model model;
  for (int at = 0; at < 2; ++at) {
    auto here = healthy_node('a', bytes{info}, at);
    for (std::size_t i = 0; i < objects; ++i)
      list(here, object::work_measure::fuel, "object-" + std::to_string(i), 1'000 - i);
    if (!concern.empty()) here.node.concerns.push_back({concern, "look at it"});
    auto gone = healthy_node('c', {}, at);
    gone.info.reset();
    gone.failure = "no answer within 2s";
    model.take({here, healthy_node('b', bytes{info}, at), gone});
  }
  return model;
}

const top_setting setting{"127.0.0.1:7379", "2s", {}, false};

bool has(const std::vector<screen_line>& lines, bytes_view text) {
  return std::ranges::any_of(
      lines, [&](const screen_line& line) { return line.text.find(text) != bytes::npos; });
}

TEST_CASE("a screen is never larger than its terminal, however small that is") {
  const auto model = network(200, "unsynced");
  for (const std::size_t width : {1U, 10U, 40U, 79U, 80U, 200U})
    for (const std::size_t height : {1U, 2U, 5U, 10U, 24U, 60U}) {
      top_view view;
      view.selected = 150;
      for (const auto page :
           {top_view::page::objects, top_view::page::object, top_view::page::help}) {
        view.at = page;
        const auto lines = top_lines(model, view, setting, {width, height});
        CAPTURE(width, height);
        CHECK(lines.size() <= height);
        if (width < 20) continue;  // a history is not cut
        for (const auto& line : lines)
          CHECK(line.text.size() <= width);
      }
    }
}

TEST_CASE("80 columns and 24 lines hold head, nodes, actors, trouble and objects") {
  const auto model = network(50, "unsynced");
  const auto lines = top_lines(model, {}, setting, {80, 24});
  REQUIRE(lines.size() == 24);
  CHECK(lines[0].text == "comet top  127.0.0.1:7379  3 nodes  up 1d 2h  every 2s");
  CHECK(has(lines, "! aaaaaaaa: unsynced: look at it"));
  CHECK(has(lines, "! cccccccc: no answer within 2s"));
  CHECK(has(lines, "cccccccc NO ANSWER"));
  CHECK(has(lines, "reactor"));
  CHECK_FALSE(has(lines, "router"));  // there is none
  CHECK(has(lines, "*fuel/s"));
  CHECK(has(lines, "object-0 "));
  CHECK(has(lines, "object-5 "));
  CHECK(lines.back().text.starts_with("q quit"));
}

TEST_CASE("the chosen object is in sight and stands out") {
  const auto model = network(100);
  top_view view;
  view.selected = 90;
  const auto lines = top_lines(model, view, setting, {80, 24});
  const auto chosen = std::ranges::find(lines, look::selected, &screen_line::is);
  REQUIRE(chosen != lines.end());
  CHECK(chosen->text.size() == 80);
  CHECK(std::ranges::count(lines, look::selected, &screen_line::is) == 1);
  view.selected = 1'000;  // the list has become shorter
  CHECK(has(top_lines(model, view, setting, {80, 24}), "object-99"));
}

TEST_CASE("as many rows are shown as pages move by") {
  const auto model = network(100);
  const auto lines = top_lines(model, {}, setting, {80, 24});
  const auto objects = std::ranges::count_if(
      lines, [](const screen_line& line) { return line.text.starts_with("object-"); });
  CHECK(static_cast<std::size_t>(objects) == rows_shown(model, {}, setting, {80, 24}));
}

TEST_CASE("what steers a terminal is shown escaped") {
  top_model model;
  auto here = healthy_node('a');
  list(here, object::work_measure::fuel, "\x1b[2Jevil\n", 10);
  here.node.concerns.push_back({"\x1b[31m", "\x07"});
  model.take({here});
  top_view view;
  for (const auto page : {top_view::page::objects, top_view::page::object}) {
    view.at = page;
    view.object_key = "\x1b[2J";
    for (const auto& line : top_lines(model, view, setting, {120, 40}))
      for (const char c : line.text)
        CHECK(static_cast<unsigned char>(c) >= ' ');
  }
  CHECK(has(top_lines(model, {}, setting, {120, 40}), "\\x1b[2Jevil\\x0a"));
}

TEST_CASE("a look that failed is told of, and a list without objects says why it is empty") {
  auto failed = setting;
  failed.complaint = "cannot connect";
  CHECK(has(top_lines(network(0), {}, failed, {80, 24}), "! cannot connect"));
  CHECK(has(top_lines(network(0), {}, setting, {80, 24}), "no active object has run yet"));
  top_view view;
  view.filter = "nothing*";
  CHECK(has(top_lines(network(5), view, setting, {80, 24}), "no object matches the filter"));
  CHECK(has(top_lines(network(5), view, setting, {80, 24}), "filter nothing*"));
}

TEST_CASE("a filter is seen while it is typed") {
  top_view view;
  view.typing_filter = true;
  view.filter = "abc";
  CHECK(top_lines(network(1), view, setting, {80, 24}).back().text == "/abc_");
}

TEST_CASE("a sparkline ends with the newest figure, in ASCII or in blocks") {
  CHECK(sparkline({}, 4, false) == "    ");
  CHECK(sparkline({0, 0}, 4, false) == "    ");
  CHECK(sparkline({1, 4, 8}, 4, false) == " .=@");
  CHECK(sparkline({8, 1, 8}, 2, false) == ".@");
  CHECK(sparkline({1, 8}, 3, true) == " ▁█");
}

TEST_CASE("what is too long goes on in the next line, and an empty line stays one") {
  CHECK(wrapped({"abcdef", "", "gh"}, 4) == std::vector<bytes>{"abcd", "ef", "", "gh"});
  CHECK(wrapped({"abcd"}, 4) == std::vector<bytes>{"abcd"});
}

TEST_CASE("the help fits 80 columns and 24 lines") {
  CHECK(top_help().size() <= 22);
  for (const auto line : top_help())
    CHECK(line.size() <= 80);
}

TEST_CASE("more nodes than there is room for are counted") {
  top_model model;
  std::vector<node_sample> many;
  for (int i = 0; i < 20; ++i)
    many.push_back(healthy_node(static_cast<char>('a' + i)));
  model.take(many);
  CHECK(has(top_lines(model, {}, setting, {80, 24}), "more nodes"));
}

}  // namespace
}  // namespace comet::client
