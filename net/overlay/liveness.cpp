#include "net/overlay/liveness.hpp"

#include <algorithm>

namespace comet::overlay {

void liveness::answered(mono_time now, std::chrono::nanoseconds took) {
  answered_ = now;
  spoke_ = now;
  failures_ = 0;
  trip_.measured(took);
}

void liveness::failed(mono_time now) {
  spoke_ = now;
  failures_ = static_cast<std::uint8_t>(std::min(failures_ + 1U, failures_until_dead));
}

life liveness::state() const {
  if (failures_ == 0) return life::alive;
  return failures_ < failures_until_dead ? life::suspected : life::dead;
}

std::chrono::nanoseconds liveness::timeout() const {
  return std::min<std::chrono::nanoseconds>(trip_.timeout() * (1 << failures_),
                                            round_trip::timeout_max);
}

bool liveness::ping_due(mono_time now, std::chrono::nanoseconds interval) const {
  const bool under_way = pinged_ > answered_ && pinged_ >= spoke_ && now - pinged_ < timeout();
  if (under_way) return false;
  if (failures_ > 0) return now - spoke_ >= timeout();
  return now - spoke_ >= interval || now - answered_ >= interval * intervals_put_off_max;
}

}  // namespace comet::overlay
