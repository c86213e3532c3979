#include "runtime/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>

namespace comet::runtime {
namespace {

spdlog::level::level_enum level_of(log_level level) {
  switch (level) {
    case log_level::trace: return spdlog::level::trace;
    case log_level::debug: return spdlog::level::debug;
    case log_level::info: return spdlog::level::info;
    case log_level::warning: return spdlog::level::warn;
    case log_level::error: return spdlog::level::err;
    case log_level::off: break;
  }
  return spdlog::level::off;
}

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> only = [] {
    auto made = std::make_shared<spdlog::logger>("comet",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *only;
}

bool needs_quotes(bytes_view value) {
  return value.empty() || std::any_of(value.begin(), value.end(), [](char c) {
           return c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 127;
         });
}

void append_value(bytes& line, bytes_view value) {
  if (!needs_quotes(value)) {
    line += value;
    return;
  }
  line += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (c == '\n') {
      line += "\\n";
    } else if (c >= ' ' && c < 127) {
      line += c;
    } else {
      line += printable(bytes_view{&c, 1});
    }
  }
  line += '"';
}

}  // namespace

bytes logfmt(bytes_view message, std::initializer_list<log_field> fields) {
  bytes line = "msg=";
  append_value(line, message);
  for (const auto& [name, value] : fields) {
    line += ' ';
    line += name;
    line += '=';
    append_value(line, value);
  }
  return line;
}

void log::set_level(log_level lowest) {
  logger().set_level(level_of(lowest));
}

void log::write(log_level level, bytes_view message, std::initializer_list<log_field> fields) {
  if (!logger().should_log(level_of(level))) return;
  logger().log(level_of(level), "{}", logfmt(message, fields));
}

}  // namespace comet::runtime
