#include "lab/message_rate.hpp"

#include <algorithm>

namespace comet::lab {

namespace {

constexpr std::chrono::minutes window_time{1};

}  // namespace

void message_rate::sent(const bytes& key, std::uint64_t messages, mono_time now) {
  if (messages == 0) return;
  std::erase_if(windows_, [&](const auto& item) { return now - item.second.began >= window_time; });
  auto& window = windows_.try_emplace(key, now, 0).first->second;
  window.messages += messages;
}

bool message_rate::is_low(std::int64_t a_minute, mono_time now) const {
  const auto half = static_cast<std::uint64_t>(std::max<std::int64_t>(a_minute, 0) / 2);
  return std::ranges::all_of(windows_, [&](const auto& item) {
    return now - item.second.began >= window_time || item.second.messages <= half;
  });
}

}  // namespace comet::lab
