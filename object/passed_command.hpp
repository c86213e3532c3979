#pragma once
// What a shard has under way at other nodes, each thing under the number of its forward_order.
//
// The router answers each number exactly once, so nothing of this is ever given up: it ends with
// its answer. Used by object/shard alone.

#include <cstdint>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/time.hpp"
#include "object/pending_command.hpp"

namespace comet::object {

/// Sent to another node and not answered.
struct passed_command {
  enum class kind : std::uint8_t {
    command,
    question,  ///< of no key
    code,      ///< likewise, about the source of a code
  };
  kind what = kind::command;
  bytes key;
  digest peer{};
  mono_time sent;
  pending_command asked;   ///< with whom its answer goes to
  bool withdrawn = false;  ///< its node is silent, and leads no more: the router ends it
};

}  // namespace comet::object
