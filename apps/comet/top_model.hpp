#pragma once
// What `comet top` shows, from one look at the network after another: rates, order, filter.
//
// Pure. A node counts since its start, so what happens now is the difference of two looks over the
// time between them; each node has its own times, because it may answer late. Before a second look
// there are no rates, and totals decide the order. Of a listed sum only what is certainly the
// object's own counts (value - error), so that one that just took the place of another in a full
// list has no rate that was never its own. A sum that is smaller than before is one that began
// anew: all of it happened since. An object that was not listed before did all of it since, too,
// unless the list was full: then it may have done some of it earlier, and the rate is at most that
// much too large for one look.

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "apps/comet/node_figures.hpp"

namespace comet::client {

/// Is it a level (memory, mailbox), as it is now, and no sum that grows?
constexpr bool is_level(object::work_measure by) {
  return by == object::work_measure::memory || by == object::work_measure::mailbox;
}

/// By one measure; nothing is known of an object that the node does not list.
struct object_measure {
  std::optional<double> total;  ///< since the node started; of a level: now
  std::optional<double> rate;   ///< a second, between the last two looks; of a level: nothing
};

struct top_object {
  bytes key;
  bytes node_id;
  std::array<object_measure, measure_count> by;

  /// By what a row is shown and ordered: the rate, or the level.
  [[nodiscard]] std::optional<double> current(object::work_measure measure) const;
};

struct top_node {
  node_figures node;
  bytes failure;  ///< it could not be asked itself
  std::optional<double> ops;
  std::optional<double> turns;  ///< rates: a second, between the last two looks
  std::optional<double> fuel;
  std::optional<double> cpu;  ///< processors in use
  std::optional<double> memory_bytes;
  std::optional<double> keys;
};

/// Of all nodes that could be asked.
struct top_actors {
  bytes kind;
  std::uint64_t count = 0;
  std::uint64_t waiting = 0;
  std::uint64_t work_total = 0;
  std::optional<double> work;  ///< a second
  std::optional<double> busy;  ///< share of the time of all of them, 0 to 1
};

class top_model {
 public:
  static constexpr std::size_t history_max = 240;  ///< looks

  void take(std::vector<node_sample> looked);

  /// Those that match, the largest of `by` first; equal ones by total, then by key. An empty filter
  /// matches all; one without *, ? and [ matches keys that contain it.
  [[nodiscard]] std::vector<top_object> objects(object::work_measure by, bytes_view filter) const;
  [[nodiscard]] const std::vector<top_node>& nodes() const { return nodes_; }
  [[nodiscard]] const std::vector<top_actors>& actors() const { return actors_; }
  /// Sums over the nodes.
  [[nodiscard]] std::optional<double> sum(std::optional<double> top_node::*figure) const;
  /// Of the looks so far, oldest first; one that had no rate counts 0.
  [[nodiscard]] const std::deque<double>& ops() const { return ops_; }
  [[nodiscard]] const std::deque<double>& fuel() const { return fuel_; }
  [[nodiscard]] bool has_rates() const { return looks_ > 1; }
  [[nodiscard]] std::size_t looks() const { return looks_; }

 private:
  void take_node(const node_sample& now, const node_sample* before);
  void take_objects(const node_sample& now, const node_sample* before);
  void take_actors(const node_sample& now, const node_sample* before);

  std::map<bytes, node_sample> last_;  ///< of nodes that could be asked, by id
  std::vector<top_node> nodes_;
  std::vector<top_actors> actors_;
  std::map<std::pair<bytes, bytes>, top_object> objects_;  ///< by node and key
  std::deque<double> ops_;
  std::deque<double> fuel_;
  std::size_t looks_ = 0;
};

}  // namespace comet::client
