#pragma once
// The terminal of `comet top`: lines out, keys in.
//
// The sole includer of ncurses is top_terminal.cpp. One at a time in a process; the terminal is as
// it was when this is destroyed. Colours only where the terminal has them and `colours` is wanted;
// bold and reverse stay, which a vt100 has.

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "apps/comet/top_screen.hpp"
#include "base/result.hpp"

namespace comet::client {

class top_terminal {
 public:
  /// Error: config, when TERM names no terminal that can be drawn on.
  static result<std::unique_ptr<top_terminal>> open(bool colours);
  ~top_terminal();
  top_terminal(const top_terminal&) = delete;
  top_terminal& operator=(const top_terminal&) = delete;

  [[nodiscard]] screen_size size() const;
  /// Can it show the blocks of sparklines?
  [[nodiscard]] bool is_utf8() const { return utf8_; }
  void draw(const std::vector<screen_line>& lines);
  /// The next key, or nothing within `patience`, or when the size changed.
  std::optional<top_key> next_key(std::chrono::milliseconds patience);

 private:
  struct screen;
  top_terminal(std::unique_ptr<screen> opened, bool utf8);

  std::unique_ptr<screen> screen_;
  bool utf8_ = false;
};

}  // namespace comet::client
