#include "object/state_view.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace comet;
using namespace comet::object;

TEST_CASE("a state is viewed as nested replies") {
  // {value: "v", n: [1, -1, 1.5], on: true}
  const bytes state("\x83\xa5value\xa1v\xa1n\x93\x01\xff\xcb\x3f\xf8\0\0\0\0\0\0\xa2on\xc3", 27);
  const auto view = view_state(state, 16);
  REQUIRE(view.ok());
  REQUIRE(view->what == reply::kind::map);
  REQUIRE(view->items.size() == 6);
  CHECK(view->items[1] == reply::bulk("v"));
  CHECK(view->items[3] ==
        reply::list({reply::number(1), reply::number(-1), reply::real_number(1.5)}));
  CHECK(view->items[5] == reply::truth(true));
  CHECK(*view_value(state, 16) == reply::bulk("v"));
}

TEST_CASE("a state without a value gives a null value") {
  CHECK(*view_value(bytes("\x80", 1), 16) == reply::null());
}

TEST_CASE("bytes that are no state give an error") {
  CHECK(view_state("\xc1", 16).failure().code == errc::corrupt);
  CHECK(view_state(bytes("\x93\x01", 2), 16).failure().code == errc::corrupt);
  CHECK(view_state(bytes("\x01\x01", 2), 16).failure().code == errc::corrupt);
  CHECK(view_state(bytes("\xdd\xff\xff\xff\xff", 5), 16).failure().code == errc::corrupt);
  CHECK(view_state(bytes(100, '\x91'), 16).failure().code == errc::corrupt);
}
