#pragma once
// The picture of the network that the router draws and the shard decides by: object::key_map.
//
// Immutable, so it is shared between threads. A holder is found by looking at all nodes that stay:
// first at 64 bits of each, which nearly always tell them apart. For as many nodes as a routing
// table holds that is faster than any tree. Made by actors/router.

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "object/key_map.hpp"

namespace comet::actors {

class membership final : public object::key_map {
 public:
  /// `others` in any order, each once, without `self`.
  membership(const digest& self, bool self_leaves, std::vector<object::peer> others);

  [[nodiscard]] const digest& self() const override { return self_; }
  [[nodiscard]] bool self_leaves() const override { return self_leaves_; }
  [[nodiscard]] const digest& holder_of(const digest& key_id) const override;
  [[nodiscard]] std::vector<digest> nearest(const digest& key_id, std::size_t count) const override;
  [[nodiscard]] const std::vector<object::peer>& others() const override { return others_; }
  [[nodiscard]] const object::peer* find(const digest& id) const override;

 private:
  struct candidate {
    std::uint64_t prefix = 0;  ///< the first 64 bits of the id
    digest id{};
  };

  digest self_;
  bool self_leaves_;
  std::vector<object::peer> others_;
  std::vector<candidate> staying_;                  ///< who may hold keys; never empty
  std::unordered_map<digest, std::size_t> places_;  ///< in others_
};

}  // namespace comet::actors
