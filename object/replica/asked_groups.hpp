#pragma once
// What the objects of each range ask for about their copies, in sum.
//
// An object's group is its range's, so objects that ask for different groups share one: the largest
// count, the nodes named, those that most objects name first, and the shortest interval. Only sums
// are kept, so the cost does not grow with the number of objects. Pure; owned by
// object/replica/replicas, told of each record that comes, changes or goes by the shard, and first
// by the census of the store.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/digest.hpp"
#include "object/asked_replicas.hpp"
#include "object/replica/group.hpp"

namespace comet::object::replica {

class asked_groups {
 public:
  void add(range_id range, const asked_replicas& asked);
  /// What was added before.
  void remove(range_id range, const asked_replicas& asked);

  /// The ranges of which something is asked.
  [[nodiscard]] std::vector<range_id> asking() const;
  /// The largest; 0: nobody asks.
  [[nodiscard]] std::size_t count(range_id range) const;
  /// The shortest between two comparisons of the copies; 0: nobody asks.
  [[nodiscard]] std::chrono::milliseconds interval(range_id range) const;
  /// All nodes named, those that most objects name first.
  [[nodiscard]] std::vector<digest> nodes(range_id range) const;

 private:
  struct sums {
    std::map<std::size_t, std::uint64_t> counts;  ///< objects that ask for so many
    std::map<std::chrono::milliseconds, std::uint64_t> intervals;
    std::map<digest, std::uint64_t> nodes;  ///< objects that name it
  };

  std::map<range_id, sums> ranges_;
};

}  // namespace comet::object::replica
