#pragma once
// A command that waits in line at an object, and whom its answer goes to.

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
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
    node,     ///< another node: first = the router's number, second = hops left
  };
  kind what = kind::nobody;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

/// A command that cannot be carried out yet.
struct pending_command {
  std::shared_ptr<const owned_command> what;
  caller from;
  origin to;
  std::vector<bytes> chain;
};

}  // namespace comet::object
