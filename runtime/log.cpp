#include "runtime/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "actors/clock.hpp"
#include "base/digest.hpp"
#include "runtime/repeat_limit.hpp"

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

log_level level_of(actors::severity level) {
  switch (level) {
    case actors::severity::debug: return log_level::debug;
    case actors::severity::info: return log_level::info;
    case actors::severity::warning: return log_level::warning;
    case actors::severity::error: return log_level::error;
  }
  return log_level::error;
}

repeat_limit::kind kind_of(const actors::code_place& from) {
  return table_hash(from.file) + from.line;
}

/// Of the process: standard error is one, too.
class line_writer {
 public:
  line_writer() : logger_("comet", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_level(spdlog::level::trace);
    logger_.flush_on(spdlog::level::trace);
    set_format(log_format::logfmt);
    set_levels(log_levels{});
  }

  void set_format(log_format form) {
    const std::lock_guard guard(mutex_);
    form_ = form;
    logger_.set_pattern(form == log_format::json
                            ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                            : "time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v",
                        spdlog::pattern_time_type::utc);
  }

  void set_levels(const log_levels& lowest) {
    for (std::size_t i = 0; i < levels_.size(); ++i)
      levels_.at(i) = lowest.of(static_cast<log_room>(i));
  }

  void write(log_level level, log_room room, bytes_view message, std::span<const log_field> fields,
             const actors::code_place& from) {
    const log_level lowest = levels_.at(static_cast<std::size_t>(room));
    if (level < lowest || level == log_level::off) return;
    const std::lock_guard guard(mutex_);
    const mono_time now = actors::read_mono_clock();
    put(limit_.take_due(now));
    if (level < log_level::info || limit_.admit(kind_of(from), level, room, message, fields, now))
      put(level, room, message, fields);
  }

  void finish() {
    const std::lock_guard guard(mutex_);
    put(limit_.take_all());
  }

 private:
  void put(log_level level, log_room room, bytes_view message, std::span<const log_field> fields) {
    logger_.log(level_of(level), "{}", log_text(form_, room, message, fields));
  }

  void put(const std::vector<repeat_limit::summary>& left_out) {
    for (const auto& one : left_out) {
      std::vector<log_field> fields(one.fields.begin(), one.fields.end());
      fields.emplace_back("repeated", std::to_string(one.repeated));
      put(one.level, one.room, one.message, fields);
    }
  }

  std::mutex mutex_;
  std::array<std::atomic<log_level>, actors::log_room_names.size()> levels_{};
  log_format form_ = log_format::logfmt;
  repeat_limit limit_;
  spdlog::logger logger_;
};

line_writer& writer() {
  static line_writer only;
  return only;
}

}  // namespace

void log::set_levels(const log_levels& lowest) {
  writer().set_levels(lowest);
}

void log::set_format(log_format form) {
  writer().set_format(form);
}

void log::write(log_level level, bytes_view message, std::initializer_list<log_field> fields,
                actors::code_place from) {
  writer().write(level, log_room::runtime, message, {fields.begin(), fields.size()}, from);
}

void log::write(const actors::log_line& line) {
  writer().write(level_of(line.level), line.room, line.message, line.fields, line.from);
}

void log::finish() {
  writer().finish();
}

}  // namespace comet::runtime
