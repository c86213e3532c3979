#pragma once
// Who answers for a key while nodes come and go, and objects move after them.
//
// It folds the picture of the network (key_map) with what is still on its way:
//  - This node `owes` while its store was not looked through since the picture changed: any object
//    may still be here, whoever its holder is.
//  - It `awaits` a node that arrives, came, or leaves, until that node has said that it owes
//    nothing: a key that is not here may still be there, so it is asked for (claimed) before
//    anybody is told that it does not exist.
// An object that is here is answered for here; all this is about keys that are not. Pure; used by
// object/shard alone.

#include <cstdint>
#include <memory>
#include <unordered_set>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "object/key_map.hpp"

namespace comet::object {

/// Where a key that is not in memory has to be looked for.
struct whereabouts {
  enum class kind : std::uint8_t {
    here,       ///< this node's, and nobody else has it
    claimable,  ///< this node's, and one of `claim_from` may still have it
    elsewhere,  ///< `holder`'s, and certainly not in the store of this node
    unsure,     ///< `holder`'s, but may still be in the store of this node
  };
  kind what = kind::here;
  digest holder{};
  std::vector<digest> claim_from;
};

class custody {
 public:
  /// Neighbours of a key that are asked for it; nodes that arrive or leave are asked, too.
  static constexpr std::size_t claims_max = 6;

  /// No other node is known: every key is this node's.
  [[nodiscard]] bool alone() const { return !map_ || map_->others().empty(); }
  [[nodiscard]] const std::shared_ptr<const key_map>& map() const { return map_; }
  /// Grows with every map.
  [[nodiscard]] std::uint64_t serial() const { return serial_; }
  [[nodiscard]] bool owes() const { return owes_; }
  [[nodiscard]] bool awaits(const digest& node) const { return awaited_.contains(node); }
  [[nodiscard]] std::size_t awaited() const { return awaited_.size(); }

  /// `empty`: this node holds no object, so it owes none.
  void take_map(std::shared_ptr<const key_map> map, bool empty);
  /// The store was looked through, and everything that is not this node's has left, under the map
  /// of this serial.
  void swept(std::uint64_t serial);
  /// Nodes that have not been told that this one owes them nothing, once that is so.
  [[nodiscard]] bool has_to_tell() const { return !untold_.empty(); }
  std::vector<digest> take_untold();
  /// It did not hear it.
  void tell_again(const digest& node);
  /// That node owes this one nothing any more.
  void settle(const digest& node) { awaited_.erase(node); }

  [[nodiscard]] whereabouts of(bytes_view key) const;
  [[nodiscard]] bool is_own(bytes_view key) const;

 private:
  std::shared_ptr<const key_map> map_;
  std::uint64_t serial_ = 0;
  bool owes_ = false;
  std::unordered_set<digest> awaited_;
  std::vector<digest> untold_;
};

}  // namespace comet::object
