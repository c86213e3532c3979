#pragma once
// Commands on their way between nodes, as shard and router exchange them: one batch a poll round.
//
// The shard numbers what it sends and the router answers each number exactly once; the router
// numbers what arrives and the shard answers each of those exactly once. Commands for one node
// leave in the order in which the shard decided them, and are carried out there in that order.
// A number that the shard withdraws has its one answer at once: unavailable if it waits to be sent,
// uncertain if it was; what its node says later is dropped by the router.

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "object/command.hpp"
#include "object/pending_command.hpp"
#include "object/reply.hpp"
#include "object/turn.hpp"

namespace comet::object {

/// Shard to router: a command for another node.
struct forward_order {
  std::uint64_t number = 0;
  digest to{};
  command_name name;
  std::shared_ptr<const owned_command> what;
  caller from;
  std::vector<bytes> chain;  ///< keys of the objects that wait for it, outermost first
  std::uint8_t hops_left = hops_max;
  bool again = false;  ///< it was sent to another node, too, and nobody knows what it did there
};

/// Router to shard: what became of a forward_order. Failures of the way: unavailable (it was
/// certainly not carried out), uncertain (nobody knows).
struct forward_outcome {
  std::uint64_t number = 0;
  reply content;
  digest holder{};                  ///< who carried it out; zero: nobody
  std::vector<digest> copies = {};  ///< as in node_answer; empty: not told
};

/// Router to shard: a command that another node sent.
struct arrived_command {
  std::uint64_t number = 0;  ///< the router's
  command_name name;
  std::shared_ptr<const owned_command> what;
  caller from;  ///< `administrator` is for the receiving node to find out
  std::vector<bytes> chain;
  std::uint8_t hops_left = 0;
  bool again = false;
};

/// Shard to router: the answer to an arrived_command.
struct node_answer {
  std::uint64_t number = 0;
  reply content;
  digest holder{};                  ///< who carried it out: this node, or one further on
  std::vector<digest> copies = {};  ///< of a get that an object asked for: who has the key
};

}  // namespace comet::object
