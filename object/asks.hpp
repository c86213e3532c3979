#pragma once
// What a client asks of one request beyond the command itself: how safe, how old, asked before.
//
// net/wire reads it from `COMET WITH`, or from what the connection said (READONLY); it goes with
// the command to the node that carries it out. Most commands have none.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace comet::object {

struct asks {
  static constexpr std::uint8_t all_members = 255;

  /// Members of the key's range that have to have it on disk before it is answered; 0: a majority.
  std::uint8_t quorum = 0;
  bool durable = false;    ///< it is answered when the carrying node's disk has it for certain
  bool described = false;  ///< the answer tells the value's age and the node that answered
  /// A copy that is at most so old will do.
  std::optional<std::chrono::milliseconds> stale_max;
  bytes_view request_id;  ///< a command with the same one is not carried out twice; empty: none
};

/// A larger age is the same as this.
inline constexpr std::chrono::milliseconds stale_age_max{std::chrono::hours{24}};
inline constexpr std::size_t request_id_bytes_max = 128;

}  // namespace comet::object
