#include "apps/comet/top_terminal.hpp"

// Functions instead of macros, whose names are words of everybody (`erase`, `move`, `timeout`).
#define NCURSES_NOMACROS 1  // NOLINT(readability-identifier-naming): the name is ncurses' own
#include <curses.h>
#include <langinfo.h>
#include <termcap.h>

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace comet::client {
namespace {

constexpr short warning_colours = 1;
constexpr short faint_colours = 2;
constexpr int escape = 27;
constexpr int delete_character = 127;
constexpr int escape_delay_ms = 25;  // a lone Esc is told from an arrow key after it

attr_t attributes_of(screen_line::look look, bool colours) {
  switch (look) {
    case screen_line::look::heading: return A_BOLD;
    case screen_line::look::selected: return A_REVERSE;
    case screen_line::look::warning:
      return A_BOLD | (colours ? static_cast<attr_t>(COLOR_PAIR(warning_colours)) : A_NORMAL);
    case screen_line::look::faint:
      return colours ? static_cast<attr_t>(COLOR_PAIR(faint_colours)) : A_NORMAL;
    case screen_line::look::plain: break;
  }
  return A_NORMAL;
}

std::optional<top_key> key_of(int code) {
  using kind = top_key::kind;
  switch (code) {
    case KEY_UP: return top_key{kind::up};
    case KEY_DOWN: return top_key{kind::down};
    case KEY_LEFT: return top_key{kind::left};
    case KEY_RIGHT: return top_key{kind::right};
    case KEY_PPAGE: return top_key{kind::page_up};
    case KEY_NPAGE: return top_key{kind::page_down};
    case KEY_HOME: return top_key{kind::home};
    case KEY_END: return top_key{kind::end};
    case KEY_ENTER:
    case '\n':
    case '\r': return top_key{kind::enter};
    case escape: return top_key{kind::escape};
    case KEY_BACKSPACE:
    case '\b':
    case delete_character: return top_key{kind::backspace};
    default: break;
  }
  if (code >= ' ' && code < delete_character)
    return top_key{kind::character, static_cast<char>(code)};
  return std::nullopt;
}

}  // namespace

struct top_terminal::screen {
  explicit screen(SCREEN* made) : made(made) {}
  ~screen() {
    endwin();
    delscreen(made);
  }
  screen(const screen&) = delete;
  screen& operator=(const screen&) = delete;

  SCREEN* made;
  bool colours = false;
};

result<std::unique_ptr<top_terminal>> top_terminal::open(bool colours) {
  std::setlocale(LC_CTYPE, "");
  const char* name = std::getenv("TERM");
  // Asked first, because newterm loses memory when it fails.
  SCREEN* made =
      name != nullptr && tgetent(nullptr, name) == 1 ? newterm(nullptr, stdout, stdin) : nullptr;
  if (made == nullptr)
    return error{errc::config, "the terminal '" + printable(name == nullptr ? "" : name) +
                                   "' cannot be drawn on; set TERM, or use --once"};
  auto opened = std::make_unique<screen>(made);
  cbreak();
  noecho();
  keypad(stdscr, TRUE);
  set_escdelay(escape_delay_ms);
  curs_set(0);
  if (colours && has_colors()) {
    start_color();
    use_default_colors();
    init_pair(warning_colours, COLOR_RED, -1);
    init_pair(faint_colours, COLOR_CYAN, -1);
    opened->colours = true;
  }
  const bool utf8 = bytes_view{nl_langinfo(CODESET)} == "UTF-8";
  return std::unique_ptr<top_terminal>{new top_terminal{std::move(opened), utf8}};
}

top_terminal::top_terminal(std::unique_ptr<screen> opened, bool utf8)
    : screen_(std::move(opened)), utf8_(utf8) {}

top_terminal::~top_terminal() = default;

screen_size top_terminal::size() const {
  return {static_cast<std::size_t>(getmaxx(stdscr)), static_cast<std::size_t>(getmaxy(stdscr))};
}

void top_terminal::draw(const std::vector<screen_line>& lines) {
  ::werase(stdscr);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto attributes = attributes_of(lines[i].is, screen_->colours);
    wattrset(stdscr, static_cast<int>(attributes));
    mvwaddstr(stdscr, static_cast<int>(i), 0, lines[i].text.c_str());
  }
  wattrset(stdscr, A_NORMAL);
  wrefresh(stdscr);
}

std::optional<top_key> top_terminal::next_key(std::chrono::milliseconds patience) {
  wtimeout(stdscr, static_cast<int>(patience.count()));
  const int code = wgetch(stdscr);
  return code == ERR || code == KEY_RESIZE ? std::nullopt : key_of(code);
}

}  // namespace comet::client
