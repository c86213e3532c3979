#include "object/accounts.hpp"

#include <algorithm>
#include <utility>

namespace comet::object {

void accounts::fold(turn_outcome& outcome, wall_time now, const policy& limits) {
  turns += 1;
  fuel += static_cast<std::uint64_t>(std::max<std::int64_t>(outcome.fuel, 0));
  memory = outcome.memory;
  memory_peak = std::max(memory_peak, outcome.memory_peak);
  if (outcome.failure) {
    ++failures;
    last_error = outcome.failure->message;
    last_traceback = outcome.traceback;
    last_error_at = now;
  }
  for (auto& line : outcome.log) {
    if (line.size() > limits.log_line_bytes_max) line.resize(limits.log_line_bytes_max);
    log.push_back(std::move(line));
    if (log.size() > limits.log_lines_max) log.pop_front();
  }
  outcome.log.clear();
}

bool accounts::take_message(mono_time now, std::int64_t messages_per_minute) {
  if (window_start == mono_time{} || now - window_start >= std::chrono::minutes{1}) {
    window_start = now;
    window_messages = 0;
  }
  if (window_messages >= messages_per_minute) return false;
  ++window_messages;
  ++messages;
  return true;
}

}  // namespace comet::object
