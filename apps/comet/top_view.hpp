#pragma once
// Where the user of `comet top` is: order, filter, the row or object that is looked at.
//
// Pure: a key in, the next state out; top_screen draws it, top_terminal reads keys. Every key has a
// meaning in one place only, `press`, which the help of the screen names.

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "object/work_figures.hpp"

namespace comet::client {

/// A key of a terminal; characters are themselves.
struct top_key {
  enum class kind : std::uint8_t {
    character,
    up,
    down,
    left,
    right,
    page_up,
    page_down,
    home,
    end,
    enter,
    escape,
    backspace,
  };
  kind what = kind::character;
  char character = 0;
};

/// What the screen can show; both come from the terminal.
struct screen_size {
  std::size_t width = 80;
  std::size_t height = 24;
};

struct top_view {
  enum class page : std::uint8_t { objects, object, help };

  page at = page::objects;
  object::work_measure sort = object::work_measure::fuel;
  bytes filter;
  bool typing_filter = false;
  bool ended = false;
  std::size_t selected = 0;   ///< row of the objects that match
  std::size_t scrolled = 0;   ///< lines of the object's page
  bytes object_key;           ///< of the object's page
  std::vector<bytes> object;  ///< its lines; empty: not known yet
};

/// `shown` are the keys of the rows in their order, `rows` how many of them the screen shows.
void press(top_view& view, const top_key& key, const std::vector<bytes>& shown, std::size_t rows);

/// What the keys do, a line each.
const std::vector<bytes_view>& top_help();

}  // namespace comet::client
