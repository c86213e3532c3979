#pragma once
// What the code of an object asked for about its copies (dht.replicas): how many, on which nodes,
// and how often they are compared.
//
// Kept in the record, so every member of the object's range knows it; object/replica/asked_groups
// makes one wish of a range of what its objects ask for. The policy bounds it (`replicas-max`,
// `replicas-interval-min`).

#include <chrono>
#include <cstddef>
#include <vector>

#include "base/digest.hpp"

namespace comet::object {

constexpr std::chrono::milliseconds replicas_interval_max = std::chrono::hours{24 * 366};

struct asked_replicas {
  std::size_t count = 0;      ///< all copies, the named nodes' among them; 0: as the network has it
  std::vector<digest> nodes;  ///< ids, rising, each once; not more than `count`
  std::chrono::milliseconds interval{0};  ///< between two comparisons; 0: no more than is needed

  [[nodiscard]] bool empty() const { return count == 0 && interval.count() == 0; }
  friend bool operator==(const asked_replicas&, const asked_replicas&) = default;
};

}  // namespace comet::object
