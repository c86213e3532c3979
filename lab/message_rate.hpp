#pragma once
// Objects that may be short of messages: their allowance comes back with the steady clock.
//
// The calendar must not leap (lab/clock) while an object has used up much of what it may send in a
// minute, or it would find the allowance used up a day later. Owned by lab/node.

#include <cstdint>
#include <map>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace comet::lab {

class message_rate {
 public:
  void sent(const bytes& key, std::uint64_t messages, mono_time now);
  /// No object has sent more than half of `a_minute` in its last minute.
  [[nodiscard]] bool is_low(std::int64_t a_minute, mono_time now) const;

 private:
  struct window {
    window(mono_time at, std::uint64_t count) : began(at), messages(count) {}
    mono_time began{};
    std::uint64_t messages = 0;
  };

  std::map<bytes, window> windows_;
};

}  // namespace comet::lab
