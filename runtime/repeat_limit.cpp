#include "runtime/repeat_limit.hpp"

#include <algorithm>
#include <utility>

namespace comet::runtime {

bool repeat_limit::admit(kind of, log_level level, log_room room, bytes_view message,
                         std::span<const log_field> fields, mono_time now) {
  constexpr kind shared = 0;
  auto at = kinds_.find(of);
  if (at == kinds_.end()) {
    at = kinds_.try_emplace(kinds_.size() < kinds_max ? of : shared).first;
    if (at->second.written == 0) at->second.began = now;
    next_end_ = std::min(next_end_, at->second.began + window);
  }
  counted& lines = at->second;
  if (lines.written < lines_max) {
    ++lines.written;
    return true;
  }
  summary& last = lines.left_out;
  last.level = level;
  last.room = room;
  last.message = shortened(message, kept_bytes_max);
  last.fields.clear();
  for (const auto& [name, value] : fields.first(std::min(fields.size(), kept_fields_max)))
    last.fields.emplace_back(bytes{name}, shortened(value, kept_bytes_max));
  ++last.repeated;
  return false;
}

std::vector<repeat_limit::summary> repeat_limit::take_due(mono_time now) {
  std::vector<summary> due;
  if (now < next_end_) return due;
  next_end_ = mono_time::max();
  for (auto at = kinds_.begin(); at != kinds_.end();) {
    if (now >= at->second.began + window) {
      if (at->second.left_out.repeated > 0) due.push_back(std::move(at->second.left_out));
      at = kinds_.erase(at);
    } else {
      next_end_ = std::min(next_end_, at->second.began + window);
      ++at;
    }
  }
  return due;
}

std::vector<repeat_limit::summary> repeat_limit::take_all() {
  return take_due(mono_time::max());
}

}  // namespace comet::runtime
