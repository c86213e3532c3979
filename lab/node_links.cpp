// What a simulated node sends others, and what comes from them.
#include <algorithm>
#include <utility>

#include "lab/node.hpp"

namespace comet::lab {

// ---- out ----

bool node::send(const digest& to, message what) {
  const auto known = numbers_.find(to);
  return known != numbers_.end() && network_.send(options_.number, known->second, std::move(what));
}

/// What the shard wants sent. False: nothing.
bool node::depart() {
  auto& effects = shard_.effects();
  const auto at = now().mono;
  auto forwards = std::exchange(effects.forwards, {});
  auto withdrawals = std::exchange(effects.withdrawals, {});
  auto answers = std::exchange(effects.node_answers, {});
  auto deliveries = std::exchange(effects.deliveries, {});
  for (auto& order : forwards) {
    if (order.to == overlay::to_digest(options_.self.id))
      neighbours_.look_up(order, at);
    else
      forwarding_.order(std::move(order), at);
  }
  for (const auto number : withdrawals)
    forwarding_.withdraw(number);
  for (auto& done : answers)
    forwarding_.answer(std::move(done));
  for (auto& said : deliveries) {
    const digest to = said.to.node;
    static_cast<void>(send(to, std::move(said)));  // replicas say again what was lost
  }
  if (directory_.has_news(channels_))
    for (const auto& order : directory_.orders(channels_))
      static_cast<void>(send(order.to, *order.what));
  publish_to_nodes();
  const bool heard = !heard_.empty();
  hear_outcomes();
  return heard || !forwards.empty() || !withdrawals.empty() || !answers.empty();
}

void node::publish_to_nodes() {
  for (const auto& [channel, text] : std::exchange(publications_, {}))
    for (const auto& to : directory_.listeners_of(channel))
      static_cast<void>(send(to, published{channel, text}));  // who is gone misses it
}

/// Every order that was answered, or given up.
void node::hear_outcomes() {
  auto outcomes = forwarding_.take_outcomes();
  for (auto& one : std::exchange(heard_, {}))
    outcomes.push_back(std::move(one));
  if (!outcomes.empty()) shard_.on_forwarded(std::move(outcomes), now());
}

// ---- links ----

void node::link_up(node_number peer) {
  const greeting mine{options_.self, options_.run, started_};
  static_cast<void>(network_.send(options_.number, peer, mine));
}

void node::link_down(node_number peer, const error& why) {
  const auto known = ids_.find(peer);
  if (known == ids_.end()) return;
  const digest id = known->second;
  ids_.erase(known);
  numbers_.erase(id);
  directory_.link_down(id);
  forwarding_.link_down(id, why);
  neighbours_.link_down(id, now().mono);
  hear_outcomes();
  pump();
}

void node::receive(node_number from, message what) {
  const auto at = now().mono;
  if (const auto* said = std::get_if<greeting>(&what)) {
    const digest id = overlay::to_digest(said->who.id);
    ids_[from] = id;
    numbers_[id] = from;
    directory_.link_up(id);
    neighbours_.link_up(id, *said, at);
    forwarding_.link_up(id);
    pump();
    return;
  }
  const auto known = ids_.find(from);
  if (known == ids_.end()) return;
  const digest id = known->second;
  std::visit(
      [&](auto& said) {
        using kind = std::decay_t<decltype(said)>;
        if constexpr (std::is_same_v<kind, command_sent> ||
                      std::is_same_v<kind, object::peer_delivery>) {
          take(id, std::move(said));
        } else if constexpr (std::is_same_v<kind, command_answered>) {
          forwarding_.answered(id, std::move(said));
        } else if constexpr (std::is_same_v<kind, wire::listening>) {
          directory_.heard(id, said);
        } else if constexpr (std::is_same_v<kind, published>) {
          channels_.publish(said.channel, said.message);
        } else if constexpr (!std::is_same_v<kind, greeting>) {
          neighbours_.receive(id, said, at);
        }
      },
      what);
  hear_outcomes();
  pump();
}

/// A handler speaks for its owner, and is never more than that. Rights are as this node knows them.
void node::take(const digest& from, command_sent what) {
  time_.stir();
  auto arrived = forwarding_.arrived(from, std::move(what));
  const bool handler = arrived.from.ip.empty();
  const auto& users = options_.limits.users;
  const auto* rights = users ? users->find(arrived.from.user) : nullptr;
  arrived.from.administrator = !handler && (!users || (rights != nullptr && rights->administrator));
  shard_.on_arrived(arrived, now());
}

void node::take(const digest& from, object::peer_delivery what) {
  if (neighbours_.counts(from, what.from.life)) shard_.on_peer(std::move(what), now());
}

// ---- neighbours ----

void node::map_drawn(std::shared_ptr<const object::key_map> map, std::optional<bytes> joining) {
  time_.stir_network();
  shard_.on_network(std::move(map), std::move(joining), now());
}

void node::lookup_ended(object::forward_outcome outcome) {
  heard_.push_back(std::move(outcome));
}

}  // namespace comet::lab
