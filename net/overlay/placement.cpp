#include "net/overlay/placement.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.hpp"

namespace comet::overlay {
namespace {

bool contains(const std::vector<node_id>& nodes, const node_id& node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

std::vector<node_id> nearest_of(const node_id& key, std::span<const node_id> nodes,
                                std::size_t count) {
  std::vector<node_id> nearest(std::min(count, nodes.size()));
  std::partial_sort_copy(nodes.begin(), nodes.end(), nearest.begin(), nearest.end(),
                         [&key](const auto& a, const auto& b) { return is_nearer(key, a, b); });
  return nearest;
}

placement::placement(std::vector<node_id> live, std::size_t replicas)
    : live_(std::move(live)), replicas_(replicas) {
  COMET_CHECK(replicas >= 1);
  std::sort(live_.begin(), live_.end());
  live_.erase(std::unique(live_.begin(), live_.end()), live_.end());
}

std::vector<node_id> placement::holders(const node_id& key) const {
  return nearest_of(key, live_, replicas_);
}

bool placement::holds(const node_id& node, const node_id& key) const {
  if (!std::binary_search(live_.begin(), live_.end(), node)) return false;
  const auto nearer = std::count_if(live_.begin(), live_.end(), [&](const node_id& other) {
    return is_nearer(key, other, node);
  });
  return static_cast<std::size_t>(nearer) < replicas_;
}

placement placement::with(const node_id& newcomer) const {
  auto live = live_;
  live.push_back(newcomer);
  return {std::move(live), replicas_};
}

placement placement::without(const node_id& leaver) const {
  auto live = live_;
  std::erase(live, leaver);
  return {std::move(live), replicas_};
}

std::vector<node_id> receivers(const placement& before, const placement& after, const node_id& node,
                               const node_id& key) {
  const auto old = before.holders(key);
  if (!contains(old, node)) return {};
  auto now = after.holders(key);
  const auto stays = [&now](const node_id& holder) { return contains(now, holder); };
  const auto first = std::find_if(old.begin(), old.end(), stays);
  if (node != (first == old.end() ? old.front() : *first)) return {};
  std::erase_if(now, [&old](const node_id& holder) { return contains(old, holder); });
  return now;
}

bool gives_up(const placement& before, const placement& after, const node_id& node,
              const node_id& key) {
  return before.holds(node, key) && !after.holds(node, key);
}

}  // namespace comet::overlay
