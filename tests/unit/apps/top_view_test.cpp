#include "apps/comet/top_view.hpp"

#include <catch2/catch_test_macros.hpp>

namespace comet::client {
namespace {

using kind = top_key::kind;
using page = top_view::page;

const std::vector<bytes> shown{"a", "b", "c"};

void type(top_view& view, bytes_view characters) {
  for (const char c : characters)
    press(view, {kind::character, c}, shown, 2);
}

TEST_CASE("letters choose the order, and arrows the column beside, around the ends") {
  top_view view;
  type(view, "m");
  CHECK(view.sort == object::work_measure::memory);
  press(view, {kind::right}, shown, 2);
  CHECK(view.sort == object::work_measure::turns);
  type(view, "f");
  press(view, {kind::left}, shown, 2);
  CHECK(view.sort == object::work_measure::state_bytes);
  press(view, {kind::right}, shown, 2);
  CHECK(view.sort == object::work_measure::fuel);
}

TEST_CASE("the chosen row stays within the list") {
  top_view view;
  press(view, {kind::up}, shown, 2);
  CHECK(view.selected == 0);
  press(view, {kind::page_down}, shown, 2);
  CHECK(view.selected == 2);
  press(view, {kind::down}, shown, 2);
  CHECK(view.selected == 2);
  press(view, {kind::home}, shown, 2);
  CHECK(view.selected == 0);
  press(view, {kind::end}, shown, 2);
  CHECK(view.selected == 2);
  press(view, {kind::down}, {}, 2);
  CHECK(view.selected == 0);
}

TEST_CASE("a filter is typed until Enter, letters are no commands meanwhile, Esc takes it back") {
  top_view view;
  view.selected = 2;
  type(view, "/q*x");
  CHECK(view.typing_filter);
  CHECK(view.filter == "q*x");
  CHECK(view.selected == 0);
  CHECK_FALSE(view.ended);
  press(view, {kind::backspace}, shown, 2);
  press(view, {kind::enter}, shown, 2);
  CHECK_FALSE(view.typing_filter);
  CHECK(view.filter == "q*");
  press(view, {kind::escape}, shown, 2);
  CHECK(view.filter.empty());
  type(view, "/abc");
  press(view, {kind::escape}, shown, 2);
  CHECK_FALSE(view.typing_filter);
  CHECK(view.filter.empty());
}

TEST_CASE("Enter shows the chosen object, and q goes back before it quits") {
  top_view view;
  press(view, {kind::down}, shown, 2);
  press(view, {kind::enter}, shown, 2);
  CHECK(view.at == page::object);
  CHECK(view.object_key == "b");
  type(view, "q");
  CHECK(view.at == page::objects);
  CHECK_FALSE(view.ended);
  type(view, "q");
  CHECK(view.ended);
}

TEST_CASE("Enter on an empty list shows nothing") {
  top_view view;
  press(view, {kind::enter}, {}, 2);
  CHECK(view.at == page::objects);
}

TEST_CASE("an object's page scrolls to its last line and no further") {
  top_view view;
  press(view, {kind::enter}, shown, 2);
  view.object = {"1", "2", "3", "4", "5"};
  press(view, {kind::end}, shown, 2);
  CHECK(view.scrolled == 3);
  press(view, {kind::up}, shown, 2);
  CHECK(view.scrolled == 2);
  view.object = {"1"};
  press(view, {kind::down}, shown, 2);
  CHECK(view.scrolled == 0);
}

TEST_CASE("the help goes away with any key") {
  top_view view;
  type(view, "?");
  CHECK(view.at == page::help);
  type(view, "q");
  CHECK(view.at == page::objects);
  CHECK_FALSE(view.ended);
}

}  // namespace
}  // namespace comet::client
