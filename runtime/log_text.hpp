#pragma once
// A line of the log as text, in one of two forms: logfmt for people and grep, JSON for collectors.
//
// What stands behind the time and the level, which the logger writes; together they are
//
//   time=2026-01-02T03:04:05.678Z level=warning room=store msg="a commit failed" why="disk full"
//   {"time":"2026-01-02T03:04:05.678Z","level":"warning","room":"store","msg":"...","why":"..."}
//
// Whatever a message or a value holds, it stays one line: control characters and bytes that are not
// ASCII are escaped (\xNN in logfmt; in JSON what is not UTF-8 becomes U+FFFD). Pure.

#include <cstdint>
#include <span>

#include "actors/log.hpp"
#include "base/bytes.hpp"

namespace comet::runtime {

using actors::log_field;
using actors::log_room;

enum class log_format : std::uint8_t { logfmt, json };

bytes log_text(log_format form, log_room room, bytes_view message,
               std::span<const log_field> fields);

}  // namespace comet::runtime
