#include "actors/forwarding_table.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace comet::actors {

namespace {

/// What a command holds, about.
std::size_t size_of(const object::forward_order& order) {
  const auto& c = order.what->get();
  std::size_t size = sizeof(object::command) + c.key.size() + c.value.size() + c.source.size();
  for (const auto* list : {&c.keys, &c.values, &c.args})
    for (const auto& item : *list)
      size += sizeof(bytes_view) + item.size();
  return size;
}

bytes name_of(const digest& peer) {
  return "the node " + shortened(to_hex(as_bytes(peer)), 12);
}

}  // namespace

void forwarding_table::add(object::forward_order order, mono_time now, forward_outcomes& out) {
  const auto number = order.number;
  const digest peer = order.to;
  const auto size = size_of(order);
  const auto found = queues_.find(peer);
  if (found != queues_.end() && (found->second.orders.size() >= limits_.waiting_max ||
                                 found->second.bytes + size > limits_.waiting_bytes_max)) {
    out.push_back(
        {number,
         object::reply::failure(errc::busy, name_of(peer) + " does not keep up with the commands "
                                                            "for it; try again later"),
         {}});
    return;
  }
  const bool is_new = under_way_.emplace(number, state{peer, 0}).second;
  COMET_CHECK(is_new);
  auto& waits = queues_[peer];
  waits.bytes += size;
  waits.orders.push_back({std::move(order), size});
  due_.emplace_back(now + limits_.time_max, number);
}

const object::forward_order* forwarding_table::next(const digest& peer) const {
  const auto found = queues_.find(peer);
  return found == queues_.end() ? nullptr : &found->second.orders.front().order;
}

void forwarding_table::pop(const digest& peer) {
  auto& waits = queues_.at(peer);
  waits.bytes -= waits.orders.front().size;
  waits.orders.pop_front();
  if (waits.orders.empty()) queues_.erase(peer);
}

void forwarding_table::sent(const digest& peer, std::uint64_t request) {
  const auto number = queues_.at(peer).orders.front().order.number;
  under_way_.at(number).request = request;
  requests_.emplace(request, number);
  pop(peer);
}

void forwarding_table::refuse(const digest& peer, const error& why, forward_outcomes& out) {
  const auto number = queues_.at(peer).orders.front().order.number;
  pop(peer);
  conclude(number, why.code, why.message, out);
}

void forwarding_table::conclude(std::uint64_t number, errc code, const bytes& why,
                                forward_outcomes& out) {
  const auto found = under_way_.find(number);
  requests_.erase(found->second.request);
  under_way_.erase(found);
  out.push_back({number, object::reply::failure(code, why), {}});
}

bool forwarding_table::answered(const digest& peer, std::uint64_t request, object::reply content,
                                const digest& holder, forward_outcomes& out,
                                std::vector<digest> copies) {
  const auto found = requests_.find(request);
  if (found == requests_.end()) return false;
  const auto number = found->second;
  const auto known = under_way_.find(number);
  if (known->second.peer != peer) return false;
  requests_.erase(found);
  under_way_.erase(known);
  out.push_back({number, std::move(content), holder, std::move(copies)});
  while (!due_.empty() && !under_way_.contains(due_.front().second))
    due_.pop_front();
  return true;
}

void forwarding_table::link_lost(const digest& peer, const error& why, forward_outcomes& out) {
  std::vector<std::uint64_t> lost;
  for (const auto& [number, s] : under_way_)
    if (s.peer == peer && s.request != 0) lost.push_back(number);
  std::ranges::sort(lost);
  for (const auto number : lost)
    conclude(number, errc::uncertain,
             name_of(peer) + " went away before it answered: " + why.message, out);
}

void forwarding_table::unreachable(const digest& peer, const error& why, forward_outcomes& out) {
  while (const auto* order = next(peer)) {
    const auto number = order->number;
    pop(peer);
    conclude(number, errc::unavailable, name_of(peer) + " cannot be reached: " + why.message, out);
  }
}

void forwarding_table::withdraw(std::uint64_t number, forward_outcomes& out) {
  const auto found = under_way_.find(number);
  if (found == under_way_.end()) return;
  const digest peer = found->second.peer;
  if (found->second.request != 0) {
    conclude(number, errc::uncertain, name_of(peer) + " fell silent before it answered", out);
    return;
  }
  take_out(peer, number);
  conclude(number, errc::unavailable, name_of(peer) + " fell silent before it was sent", out);
}

/// Of those that wait for the peer.
void forwarding_table::take_out(const digest& peer, std::uint64_t number) {
  auto& waits = queues_.at(peer);
  const auto at = std::ranges::find_if(
      waits.orders, [number](const waiting& one) { return one.order.number == number; });
  COMET_CHECK(at != waits.orders.end());
  waits.bytes -= at->size;
  waits.orders.erase(at);
  if (waits.orders.empty()) queues_.erase(peer);
}

void forwarding_table::expire(mono_time now, forward_outcomes& out) {
  for (; !due_.empty(); due_.pop_front()) {
    const auto [when, number] = due_.front();
    const auto found = under_way_.find(number);
    if (found == under_way_.end()) continue;
    if (now < when) break;
    const digest peer = found->second.peer;
    const auto time = std::to_string(limits_.time_max.count()) + " ms";
    if (found->second.request != 0) {
      conclude(number, errc::uncertain, name_of(peer) + " did not answer within " + time, out);
      continue;
    }
    // Those that wait for one peer are in the order of their deadlines.
    COMET_CHECK(next(peer)->number == number);
    pop(peer);
    conclude(number, errc::unavailable,
             name_of(peer) + " could not be sent the command within " + time, out);
  }
}

void forwarding_table::end(forward_outcomes& out) {
  std::vector<std::pair<std::uint64_t, bool>> all;
  for (const auto& [number, s] : under_way_)
    all.emplace_back(number, s.request != 0);
  std::ranges::sort(all);
  queues_.clear();
  for (const auto& [number, was_sent] : all)
    conclude(number, was_sent ? errc::uncertain : errc::unavailable, "this node stops", out);
  due_.clear();
}

std::vector<digest> forwarding_table::awaited() const {
  std::vector<digest> peers;
  peers.reserve(queues_.size());
  for (const auto& [peer, waits] : queues_)
    peers.push_back(peer);
  return peers;
}

}  // namespace comet::actors
