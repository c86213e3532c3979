#include "apps/comet/top_view.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace comet::client {
namespace {

using kind = top_key::kind;

constexpr std::size_t filter_max = 200;

constexpr std::array<std::pair<char, object::work_measure>, 6> sort_keys{{
    {'f', object::work_measure::fuel},
    {'m', object::work_measure::memory},
    {'t', object::work_measure::turns},
    {'e', object::work_measure::messages},
    {'x', object::work_measure::mailbox},
    {'b', object::work_measure::state_bytes},
}};

void sort_by(top_view& view, object::work_measure by) {
  view.sort = by;
  view.selected = 0;
}

/// The next column to the left or the right, around the ends.
void sort_aside(top_view& view, std::size_t steps) {
  sort_by(view, static_cast<object::work_measure>((static_cast<std::size_t>(view.sort) + steps) %
                                                  sort_keys.size()));
}

void type_filter(top_view& view, const top_key& key) {
  switch (key.what) {
    case kind::enter: view.typing_filter = false; return;
    case kind::escape:
      view.typing_filter = false;
      view.filter.clear();
      break;
    case kind::backspace:
      if (!view.filter.empty()) view.filter.pop_back();
      break;
    case kind::character:
      if (view.filter.size() < filter_max) view.filter += key.character;
      break;
    default: return;
  }
  view.selected = 0;
}

/// Where a key moves to from `place`; nothing: it moves nothing.
std::optional<std::size_t> moved(const top_key& key, std::size_t place, std::size_t rows) {
  const auto back = [&](std::size_t n) { return place - std::min(place, n); };
  switch (key.what) {
    case kind::up: return back(1);
    case kind::down: return place + 1;
    case kind::page_up: return back(rows);
    case kind::page_down: return place + rows;
    case kind::home: return 0;
    case kind::end: return static_cast<std::size_t>(-1) / 2;
    default: return std::nullopt;
  }
}

bool is(const top_key& key, char character) {
  return key.what == kind::character && key.character == character;
}

void press_on_objects(top_view& view, const top_key& key, const std::vector<bytes>& shown,
                      std::size_t rows) {
  if (const auto to = moved(key, view.selected, rows)) {
    view.selected = shown.empty() ? 0 : std::min(*to, shown.size() - 1);
    return;
  }
  for (const auto& [character, by] : sort_keys)
    if (is(key, character)) return sort_by(view, by);
  switch (key.what) {
    case kind::left: return sort_aside(view, sort_keys.size() - 1);
    case kind::right: return sort_aside(view, 1);
    case kind::escape:
      view.filter.clear();
      view.selected = 0;
      return;
    case kind::enter:
      if (view.selected >= shown.size()) return;
      view.at = top_view::page::object;
      view.object_key = shown[view.selected];
      view.object.clear();
      view.scrolled = 0;
      return;
    default: break;
  }
  if (is(key, '/')) view.typing_filter = true;
  if (is(key, '?') || is(key, 'h')) view.at = top_view::page::help;
  if (is(key, 'q')) view.ended = true;
}

void press_on_object(top_view& view, const top_key& key, std::size_t rows) {
  if (const auto to = moved(key, view.scrolled, rows)) {
    const std::size_t lines = view.object.size();
    view.scrolled = std::min(*to, lines - std::min(lines, rows));
    return;
  }
  if (key.what == kind::escape || key.what == kind::backspace || key.what == kind::left ||
      is(key, 'q'))
    view.at = top_view::page::objects;
}

}  // namespace

void press(top_view& view, const top_key& key, const std::vector<bytes>& shown, std::size_t rows) {
  if (view.typing_filter) return type_filter(view, key);
  switch (view.at) {
    case top_view::page::objects: return press_on_objects(view, key, shown, rows);
    case top_view::page::object: return press_on_object(view, key, rows);
    case top_view::page::help: view.at = top_view::page::objects; return;
  }
}

const std::vector<bytes_view>& top_help() {
  static const std::vector<bytes_view> lines{
      "f m t e x b     order by fuel, memory, turns, messages, mailbox, bytes written",
      "Left, Right     order by the column beside",
      "Up, Down        choose an object; PageUp, PageDown, Home, End too",
      "Enter           show the object; q, Esc or Left: back",
      "/               filter by a glob; text without * ? [ is looked for in keys",
      "Esc             show all objects again",
      "?               this help; any key: back",
      "q               quit",
      "",
      "Rates are of the time since the last look; memory and mailbox are as of an",
      "object's last turn. %: the share of time in which actors of a kind worked; the",
      "router works on the reactor's thread and is counted there. wait: turns under",
      "way, turns in mailboxes, batches to write, changes to sync.",
  };
  return lines;
}

}  // namespace comet::client
