// Links of the simulated nodes: in order, late by chance, and lost with their ends.

#include <algorithm>

#include "base/check.hpp"
#include "tests/sim/limited_reads_world.hpp"

namespace comet::sim {

using object::reply;

bool limited_reads_world::connects(std::size_t a, std::size_t b) const {
  return !cut_off_.contains(a) && !cut_off_.contains(b);
}

/// To the process that runs there now, on the connection that there is now.
void limited_reads_world::carry(std::size_t from, std::size_t to, node_action what) {
  auto& way = links_[{from, to}];
  if (!connects(from, to) || !nodes_[to]->world) return;
  way.last = std::max(way.last, now_ + some(2'000));
  at_node(to, way.last - now_,
          [this, from, to, number = way.number, what = std::move(what)](node& there) {
            if (links_[{from, to}].number == number && connects(from, to)) what(there);
          });
}

void limited_reads_world::send_orders(node& from) {
  for (auto& order : std::exchange(from.world->forwards, {})) {
    const auto found = std::find_if(nodes_.begin(), nodes_.end(),
                                    [&](const auto& one) { return one->id == order.to; });
    COMET_CHECK(found != nodes_.end());
    const std::size_t to = (*found)->index;
    if (!from.others.contains(to)) {
      refuse(from, order.number);
      continue;
    }
    from.sent.emplace(order.number, to);
    const auto shared = std::make_shared<const object::forward_order>(std::move(order));
    const auto number = links_[{from.index, to}].number;
    carry(from.index, to, [sender = from.index, number, shared](node& there) {
      const auto arrival = there.next_arrival++;
      there.arrived.emplace(arrival, arrived_order{sender, shared->number, number});
      there.world->subject->on_arrived(
          {arrival, shared->name, shared->what, shared->from, shared->chain, shared->hops_left},
          there.world->now);
    });
  }
}

void limited_reads_world::send_answers(node& from) {
  for (auto& answer : std::exchange(from.world->node_answers, {})) {
    const auto found = from.arrived.find(answer.number);
    COMET_CHECK(found != from.arrived.end());
    const auto asked = found->second;
    from.arrived.erase(found);
    if (links_[{asked.from, from.index}].number != asked.link) continue;  // who asked is gone
    const auto outcome = std::make_shared<const object::forward_outcome>(object::forward_outcome{
        asked.number, std::move(answer.content), answer.holder, std::move(answer.copies)});
    carry(from.index, asked.from, [this, outcome](node& there) {
      if (there.sent.erase(outcome->number) > 0) tell(there, *outcome);
    });
  }
}

void limited_reads_world::send_sayings(node& from) {
  for (auto& said : std::exchange(from.world->deliveries, {})) {
    for (const std::size_t to : from.others) {
      if (nodes_[to]->id != said.to.node) continue;
      const auto shared = std::make_shared<const object::peer_delivery>(std::move(said));
      carry(from.index, to,
            [shared](node& there) { there.world->subject->on_peer(*shared, there.world->now); });
      break;
    }
  }
}

/// As the router says it of what it could not send.
void limited_reads_world::refuse(node& sender, std::uint64_t number) {
  at_node(sender.index, some(500), [this, number](node& there) {
    tell(there, {number, reply::failure(errc::unavailable, "gone"), {}});
  });
}

void limited_reads_world::tell(node& one, object::forward_outcome outcome) {
  std::vector<object::forward_outcome> outcomes;
  outcomes.push_back(std::move(outcome));
  one.world->subject->on_forwarded(std::move(outcomes), one.world->now);
}

/// The picture of the network that this node has.
void limited_reads_world::draw(node& one) {
  std::vector<object::peer> others;
  for (const std::size_t other : one.others) {
    object::peer drawn;
    drawn.id = nodes_[other]->id;
    drawn.life = other + 1;
    others.push_back(std::move(drawn));
  }
  one.joined = one.joined || !others.empty();
  one.world->subject->on_network(
      std::make_shared<object::key_map>(one.id, false, std::move(others)),
      one.joined ? std::nullopt : std::optional<bytes>{"arriving"}, one.world->now);
}

/// Nothing arrives any more of what is on its way; each end notices in its own time.
void limited_reads_world::lose_links(std::size_t of, std::chrono::microseconds noticed) {
  for (const auto& one : nodes_) {
    const std::size_t other = one->index;
    if (other == of) continue;
    ++links_[{of, other}].number;
    ++links_[{other, of}].number;
    const auto wait = std::chrono::microseconds{noticed / 2} + some(noticed.count() / 2);
    at_node(other, wait, [this, of](node& it) { link_lost(it, of); });
    if (one->world) at_node(of, wait, [this, other](node& it) { link_lost(it, other); });
  }
}

/// What was sent and not answered may be done or not.
void limited_reads_world::link_lost(node& one, std::size_t other) {
  one.others.erase(other);
  std::vector<std::uint64_t> unanswered;
  for (const auto& [number, to] : one.sent)
    if (to == other) unanswered.push_back(number);
  for (const auto number : unanswered) {
    one.sent.erase(number);
    tell(one, {number, reply::failure(errc::uncertain, "its link is lost"), {}});
  }
  draw(one);
}

/// A node that came or came back, and the others that are there, hear of each other.
void limited_reads_world::meet(std::size_t one) {
  for (const auto& there : nodes_) {
    const std::size_t other = there->index;
    if (other == one || !there->world || !connects(one, other)) continue;
    at_node(one, some(20'000), [this, other](node& it) {
      it.others.insert(other);
      draw(it);
    });
    at_node(other, some(20'000), [this, one](node& it) {
      it.others.insert(one);
      draw(it);
    });
  }
}

}  // namespace comet::sim
