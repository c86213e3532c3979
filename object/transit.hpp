#pragma once
// What is under way between this node and others for one key. Hangs on its cache entry only while
// there is something; object/shard alone uses it.

#include <chrono>
#include <cstdint>
#include <deque>

#include "base/digest.hpp"
#include "base/time.hpp"
#include "object/pending_command.hpp"

namespace comet::object {

struct transit {
  std::deque<command_name> passed_on;  ///< to `passed_to`, and not answered
  digest passed_to{};
  /// Would go another way than those that were passed on, and could overtake them.
  std::deque<pending_command> behind;
  std::uint32_t returned = 0;  ///< at the front of the line: were passed on and not taken
  /// Who leads is not known, or changes, or a node did not take a command. What comes waits a
  /// moment.
  bool puzzled = false;
  mono_time leaderless_since{};  ///< when a command began to wait for a leader; epoch: none does

  [[nodiscard]] bool under_way() const { return !passed_on.empty() || !behind.empty() || puzzled; }
};

}  // namespace comet::object
