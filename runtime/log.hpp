#pragma once
// The log of a node: one logfmt line an event on standard error.
//
//   time=2026-01-02T03:04:05.678Z level=warning msg="a commit failed" why="disk full"
//
// A message is a constant sentence, what varies is a field, so lines can be counted and searched.
// The only room with a logger: rooms below report through results, figures and callbacks. Safe from
// any thread. The level may change at run time.

#include <initializer_list>
#include <utility>

#include "base/bytes.hpp"
#include "runtime/settings.hpp"

namespace comet::runtime {

using log_field = std::pair<bytes_view, bytes>;

class log {
 public:
  log() = delete;

  /// Lines below `lowest` are dropped. Before the first call: info.
  static void set_level(log_level lowest);

  static void write(log_level level, bytes_view message,
                    std::initializer_list<log_field> fields = {});
  static void debug(bytes_view message, std::initializer_list<log_field> fields = {}) {
    write(log_level::debug, message, fields);
  }
  static void info(bytes_view message, std::initializer_list<log_field> fields = {}) {
    write(log_level::info, message, fields);
  }
  static void warning(bytes_view message, std::initializer_list<log_field> fields = {}) {
    write(log_level::warning, message, fields);
  }
  static void error(bytes_view message, std::initializer_list<log_field> fields = {}) {
    write(log_level::error, message, fields);
  }
};

/// `msg="..." key=value ...`: values are quoted where logfmt needs it, and always on one line.
bytes logfmt(bytes_view message, std::initializer_list<log_field> fields);

}  // namespace comet::runtime
