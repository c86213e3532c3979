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
  enum class move : std::uint8_t {
    none,
    wanted,  ///< the object leaves as soon as nothing runs in it; what comes waits
    sent,    ///< its new holder has not answered yet
  };
  static constexpr std::chrono::milliseconds move_again_after{200};  ///< between two attempts

  std::deque<command_name> passed_on;  ///< to `passed_to`, and not answered
  digest passed_to{};
  /// Would go another way than those that were passed on, and could overtake them.
  std::deque<pending_command> behind;
  std::uint32_t claims = 0;       ///< nodes that were asked for the key and have not answered
  std::uint16_t refusals = 0;     ///< of claims, in a row
  std::uint64_t claiming_in = 0;  ///< the map by which it was decided whom to ask
  std::uint64_t claimed_in = 0;   ///< no node has it but this one, under the map of this serial
  move moving = move::none;
  bool sent_before = false;  ///< the receiver may have it already
  mono_time not_before{};    ///< of the next attempt to move

  std::uint32_t returned = 0;  ///< at the front of the line: were passed on and not taken
  /// The node that takes this one for the holder is taken for it by this one: one of the two is
  /// about to hear news; or a node did not take a command. What comes waits a moment.
  bool puzzled = false;

  [[nodiscard]] bool under_way() const {
    return !passed_on.empty() || !behind.empty() || claims > 0 || moving != move::none || puzzled;
  }
};

}  // namespace comet::object
