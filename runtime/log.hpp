#pragma once
// The log of a node: one line an event on standard error, as logfmt or as JSON (runtime/log_text).
//
// A message is a constant sentence, what varies is a field, so lines can be counted and searched.
// Levels are chosen by room (runtime/log_levels) and may change at run time. From `info` on, lines
// of one kind that come too often are counted (runtime/repeat_limit): their number comes with the
// first line of any kind after their window, or with `finish`. The only room with a logger: rooms
// below report through results, figures and actors/log. Safe from any thread.

#include <initializer_list>

#include "actors/log.hpp"
#include "base/bytes.hpp"
#include "runtime/log_levels.hpp"
#include "runtime/log_text.hpp"

namespace comet::runtime {

class log {
 public:
  log() = delete;

  /// What is below is dropped. Before the first call: info.
  static void set_levels(const log_levels& lowest);
  /// Before the first call: logfmt.
  static void set_format(log_format form);

  /// A line about the process itself.
  static void write(log_level level, bytes_view message,
                    std::initializer_list<log_field> fields = {},
                    actors::code_place from = actors::code_place::here());
  /// A line of an actor.
  static void write(const actors::log_line& line);
  static void info(bytes_view message, std::initializer_list<log_field> fields = {},
                   actors::code_place from = actors::code_place::here()) {
    write(log_level::info, message, fields, from);
  }
  static void warning(bytes_view message, std::initializer_list<log_field> fields = {},
                      actors::code_place from = actors::code_place::here()) {
    write(log_level::warning, message, fields, from);
  }
  static void error(bytes_view message, std::initializer_list<log_field> fields = {},
                    actors::code_place from = actors::code_place::here()) {
    write(log_level::error, message, fields, from);
  }

  /// Writes how many lines were left out; the process is about to end.
  static void finish();
};

}  // namespace comet::runtime
