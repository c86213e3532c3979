#include "object/accounts.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/number.hpp"

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
  if (log_lines == 0 && !outcome.log.empty()) log_since = now;
  log_lines += outcome.log.size();
  for (auto& line : outcome.log) {
    if (line.size() > limits.log_line_bytes_max) line.resize(limits.log_line_bytes_max);
    log.push_back(std::move(line));
    if (log.size() > limits.log_lines_max) log.pop_front();
  }
  outcome.log.clear();
}

std::vector<bytes> accounts::packed(const instant& now) const {
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now.mono - window_start);
  std::vector<bytes> words{
      std::to_string(failures),
      std::to_string(messages),
      std::to_string(window_messages),
      std::to_string(age.count()),
      std::to_string(memory_peak),
      std::to_string(to_unix_ms(last_error_at)),
      last_error,
      last_traceback,
  };
  words.insert(words.end(), log.begin(), log.end());
  return words;
}

accounts accounts::unpacked(std::span<const bytes_view> words, const instant& now) {
  constexpr std::size_t numbers = 6;
  constexpr std::size_t texts = 2;
  constexpr auto endless = std::numeric_limits<std::int64_t>::max();
  constexpr std::chrono::milliseconds age_max = std::chrono::hours{24 * 365 * 100};
  accounts made;
  if (words.size() < numbers + texts) return made;
  const auto number = [&](std::size_t i, std::int64_t at_most) {
    const auto told = parse_integer(words[i]).value_or(0);
    return told >= 0 && told <= at_most ? told : 0;
  };
  made.failures = static_cast<std::uint64_t>(number(0, endless));
  made.messages = static_cast<std::uint64_t>(number(1, endless));
  made.window_messages = static_cast<int>(number(2, std::numeric_limits<int>::max()));
  made.window_start = now.mono - std::chrono::milliseconds{number(3, age_max.count())};
  made.memory_peak = static_cast<std::size_t>(number(4, endless));
  made.last_error_at = from_unix_ms(number(5, endless));
  made.last_error = bytes{words[numbers]};
  made.last_traceback = bytes{words[numbers + 1]};
  for (const auto line : words.subspan(numbers + texts))
    made.log.emplace_back(line);
  return made;
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
