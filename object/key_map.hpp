#pragma once
// Which node holds which key, as far as this node knows: one immutable picture of the network.
//
// A key belongs to the node nearest to its id among those that stay. A node that comes tells all
// others that it arrives, and stays once each of them has heard it: so nobody takes a key that it
// does not have for one that does not exist, because another node has it that nobody told of. The
// router draws a new picture whenever a node came, went or announced that it leaves
// (actors/router); the shard keeps the last one. Nobody asks anybody: two nodes that know the same
// nodes decide alike.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"

namespace comet::object {

/// Another node, as this one knows it.
struct peer {
  digest id{};
  bytes address;          ///< of its links, HOST:PORT
  bool arrives = false;   ///< not all others have heard of it yet: holds nothing so far
  bool leaves = false;    ///< hands its keys over and will be gone: holds nothing new
  bool is_elder = false;  ///< its process has run longer than this one
  std::chrono::microseconds round_trip{0};  ///< 0: not measured yet
  std::uint64_t run = 0;  ///< of its process: another one has forgotten what it was told

  [[nodiscard]] bool stays() const { return !arrives && !leaves; }
};

class key_map {
 public:
  key_map() = default;
  key_map(const key_map&) = delete;
  key_map& operator=(const key_map&) = delete;
  virtual ~key_map() = default;

  [[nodiscard]] virtual const digest& self() const = 0;
  /// This node hands its keys over: it holds none that another node could.
  [[nodiscard]] virtual bool self_leaves() const = 0;
  /// The node nearest to a key's id among those that stay, this one included; this one when there
  /// is no other.
  [[nodiscard]] virtual const digest& holder_of(const digest& key_id) const = 0;
  /// The `count` nearest to a key's id, nearest first: all nodes, this one included.
  [[nodiscard]] virtual std::vector<digest> nearest(const digest& key_id,
                                                    std::size_t count) const = 0;
  /// All others, nearest to this node first.
  [[nodiscard]] virtual const std::vector<peer>& others() const = 0;
  /// Null: not known (any more).
  [[nodiscard]] virtual const peer* find(const digest& id) const = 0;
};

}  // namespace comet::object
