#pragma once
// Some nodes' shards that keep the same ranges, with a network that loses nothing unless a test
// cuts a node off: what one file of the shard does among replicas is seen without chance.
//
// They keep the ranges of a few keys from the start, and of all others nobody has heard: with all
// ranges each of their seconds would cost the test half a second.

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/object/shard_world.hpp"

namespace comet::object::test {

class shard_group {
 public:
  using milliseconds = std::chrono::milliseconds;

  /// Until each range is led, and its followers are told that their copies are whole.
  static constexpr milliseconds warm_up{4'000};

  explicit shard_group(std::size_t count) {
    for (const bytes_view key : {"a", "b", "c", "k", "n", "o"})
      kept.insert(replica::range_at(layout::position_of(key)));
    for (std::size_t i = 0; i < count; ++i) {
      auto world = std::make_unique<shard_world>();
      world->self[0] = static_cast<std::uint8_t>(16 * (i + 1));
      world->node_id = to_hex(as_bytes(world->self));
      world->life = 1;
      nodes.push_back(std::move(world));
    }
    for (const auto range : kept)
      keep(range);
    for (const auto& world : nodes)
      world->restart();
    for (std::size_t i = 0; i < count; ++i)
      nodes[i]->subject->on_network(map_of(i), std::nullopt, nodes[i]->now);
    run(warm_up);
  }

  shard_world& operator[](std::size_t i) { return *nodes[i]; }

  void run(milliseconds time) {
    constexpr milliseconds step{50};
    for (milliseconds passed{0}; passed < time; passed += step) {
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        nodes[i]->now.wall += step;
        nodes[i]->now.mono += step;
        nodes[i]->subject->on_tick(nodes[i]->now);
      }
      deliver();
    }
  }

  /// Until nothing is on its way.
  void deliver() {
    while (deliver_once()) {
    }
  }

  /// Submits at a node and delivers; nothing: it is not answered yet.
  std::optional<reply> ask(std::size_t at, const command& c) {
    const std::uint64_t slot = begin(at, c);
    deliver();
    return taken(at, slot);
  }

  /// Submits at a node; its answer is `taken` by the slot that is returned.
  std::uint64_t begin(std::size_t at, const command& c) {
    const std::uint64_t slot = next_slot_++;
    if (auto now = nodes[at]->submit(c, slot)) at_once_[slot] = std::move(*now);
    return slot;
  }

  std::optional<reply> taken(std::size_t at, std::uint64_t slot) {
    if (const auto known = at_once_.find(slot); known != at_once_.end()) return known->second;
    for (const auto& one : nodes[at]->answers)
      if (one.slot == slot) return one.content;
    return std::nullopt;
  }

  /// Who leads the range of a key.
  std::size_t leader_of(bytes_view key) {
    const auto range = replica::range_at(layout::position_of(key));
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (!cut.contains(i) && nodes[i]->subject->replicas()->serves(range)) return i;
    return nodes.size();
  }

  std::vector<std::unique_ptr<shard_world>> nodes;
  std::set<replica::range_id> kept;
  std::set<std::size_t> cut;                      ///< hear nobody and are not heard
  std::map<std::size_t, std::size_t> items_said;  ///< to other nodes, by message

 private:
  /// All nodes are members of it, the nearest first.
  void keep(replica::range_id range) {
    digest first{};
    first[0] = static_cast<std::uint8_t>(range >> 2U);
    first[1] = static_cast<std::uint8_t>((range & 3U) << 6U);
    replica::range_register shared;
    shared.current.epoch = 1;
    for (const auto& world : nodes)
      shared.current.members.push_back({world->self, world->life});
    std::sort(shared.current.members.begin(), shared.current.members.end(),
              [&](const auto& x, const auto& y) { return is_nearer(first, x.node, y.node); });
    shared.votes = true;
    for (const auto& world : nodes)
      world->stored[layout::register_key(range)] = encode(shared);
  }

  std::shared_ptr<const key_map> map_of(std::size_t at) {
    std::vector<peer> others;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (i == at) continue;
      peer one;
      one.id = nodes[i]->self;
      one.address = nodes[i]->node_id;
      one.life = 1;
      others.push_back(one);
    }
    return std::make_shared<const key_map>(nodes[at]->self, false, std::move(others));
  }

  std::optional<std::size_t> place_of(const digest& id) const {
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (nodes[i]->self == id) return i;
    return std::nullopt;
  }

  bool deliver_once() {
    bool moved = false;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      auto& from = *nodes[i];
      from.settle();
      for (auto& said : std::exchange(from.deliveries, {})) {
        moved = true;
        count(said);
        const auto to = place_of(said.to.node);
        if (!to || cut.contains(i) || cut.contains(*to)) continue;
        nodes[*to]->subject->on_peer(std::move(said), nodes[*to]->now);
      }
      for (auto& order : std::exchange(from.forwards, {})) {
        moved = true;
        const auto to = place_of(order.to);
        if (!to || cut.contains(i) || cut.contains(*to)) continue;
        const std::uint64_t number = next_arrival_++;
        arrived_[number] = {i, order.number};
        nodes[*to]->subject->on_arrived(
            {number, order.name, order.what, order.from, order.chain, order.hops_left, order.again},
            nodes[*to]->now);
      }
      for (auto& answer : std::exchange(from.node_answers, {})) {
        moved = true;
        const auto [to, number] = arrived_.at(answer.number);
        if (cut.contains(i) || cut.contains(to)) continue;
        std::vector<forward_outcome> outcomes{
            {number, std::move(answer.content), answer.holder, std::move(answer.copies)}};
        nodes[to]->subject->on_forwarded(std::move(outcomes), nodes[to]->now);
      }
    }
    return moved;
  }

  void count(const peer_delivery& said) {
    for (const auto& item : said.items)
      if (const auto* ranged = std::get_if<ranged_message>(&item))
        ++items_said[ranged->what.index()];
  }

  std::uint64_t next_slot_ = 1'000;
  std::uint64_t next_arrival_ = 1;
  std::map<std::uint64_t, reply> at_once_;
  std::map<std::uint64_t, std::pair<std::size_t, std::uint64_t>> arrived_;
};

}  // namespace comet::object::test
