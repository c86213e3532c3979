#pragma once
// A command that waits in line at an object, and whom its answer goes to.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "object/command.hpp"
#include "object/turn.hpp"

namespace comet::object {

/// Who gets an answer.
struct origin {
  enum class kind : std::uint8_t {
    nobody,
    client,   ///< first = session, second = slot
    outcall,  ///< an operation of a handler: first = its index in the shard
    part,     ///< one key of several: first = gathering, second = position
    node,     ///< another node: first = the router's number; second: see `range_told`
  };
  kind what = kind::nobody;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

/// `second` of a node that is told, with the answer, who has copies of a range; 0: it is not.
constexpr std::uint64_t telling_members_of(std::uint64_t range) {
  return range + 1;
}
constexpr std::uint64_t range_told(const origin& to) {
  return to.second - 1;
}

/// Nodes that one command may pass, and times that it may be decided anew.
inline constexpr std::uint8_t hops_max = 16;

/// The same for a command on all nodes that it passes: where it was passed on first, and its number
/// there.
struct command_name {
  digest origin{};
  std::uint64_t number = 0;  ///< 0: it has no name yet

  friend bool operator==(const command_name&, const command_name&) = default;
};

/// A command that cannot be carried out yet.
struct pending_command {
  std::shared_ptr<const owned_command> what;
  caller from;
  origin to;
  std::vector<bytes> chain;
  command_name name{};           ///< given when it is passed on
  std::uint8_t hops = hops_max;  ///< left
  bool returned = false;         ///< was passed on and not taken: it waits for no other
  std::size_t held_bytes = 0;    ///< counted in the backlog of its range
  bool again = false;            ///< was sent to another node, too, and nobody knows what it did
};

}  // namespace comet::object
