#pragma once
// Which node holds which key, as far as this node knows: one immutable picture of the network.
//
// A key belongs to the node nearest to its id among those that stay. A node that comes tells all
// others that it arrives, and stays once each of them has heard it: so nobody takes a key that it
// does not have for one that does not exist, because another node has it that nobody told of. The
// router draws a new picture whenever a node came, went or announced that it leaves
// (actors/router); the shard keeps the last one. Nobody asks anybody: two nodes that know the same
// nodes decide alike. Simulation and tests decide by this class, too (docs/adr/0007).
//
// Immutable, so it is shared between threads. A holder is found by looking at all nodes that stay:
// first at 64 bits of each, which nearly always tell them apart. For as many nodes as a routing
// table holds that is faster than any tree.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
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
  std::uint64_t run = 0;   ///< of its process: another one has forgotten what it was told
  std::uint64_t life = 0;  ///< of its data directory (replica::member); 0: not told yet

  [[nodiscard]] bool stays() const { return !arrives && !leaves; }
};

/// Where a node stands: distances on the plane and both heights, in milliseconds, predict a round
/// trip; `error` is the relative error of that, 0 to 1 (net/overlay/coordinate.hpp).
struct network_place {
  double x = 0;
  double y = 0;
  double height = 0;
  double error = 1;

  friend bool operator==(const network_place&, const network_place&) = default;
};

class key_map {
 public:
  /// `others` in any order, each once, without `self`. `self_leaves`: this node hands its keys over
  /// and holds none that another node could.
  key_map(const digest& self, bool self_leaves, std::vector<peer> others,
          std::optional<network_place> place = std::nullopt);

  [[nodiscard]] const digest& self() const { return self_; }
  [[nodiscard]] bool self_leaves() const { return self_leaves_; }
  /// Where this node stands, as of now or a while ago; nothing: it has not measured that.
  [[nodiscard]] const std::optional<network_place>& place() const { return place_; }
  /// The node nearest to a key's id among those that stay, this one included; this one when there
  /// is no other.
  [[nodiscard]] const digest& holder_of(const digest& key_id) const;
  /// The `count` nearest to a key's id, nearest first: all nodes, this one included.
  [[nodiscard]] std::vector<digest> nearest(const digest& key_id, std::size_t count) const;
  /// All others, nearest to this node first.
  [[nodiscard]] const std::vector<peer>& others() const { return others_; }
  /// Null: not known (any more).
  [[nodiscard]] const peer* find(const digest& id) const;

 private:
  struct candidate {
    std::uint64_t prefix = 0;  ///< the first 64 bits of the id
    digest id{};
  };

  digest self_;
  bool self_leaves_;
  std::optional<network_place> place_;
  std::vector<peer> others_;
  std::vector<candidate> staying_;                  ///< who may hold keys; never empty
  std::unordered_map<digest, std::size_t> places_;  ///< in others_
};

}  // namespace comet::object
