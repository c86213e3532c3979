#include "lab/forwarding.hpp"

#include <algorithm>
#include <utility>

namespace comet::lab {

namespace {

bytes name_of(const digest& peer) {
  return "the node " + shortened(to_hex(as_bytes(peer)), 12);
}

}  // namespace

// ---- out ----

void forwarding::order(object::forward_order what, mono_time now) {
  const auto number = what.number;
  const digest to = what.to;
  auto& one = under_way_.emplace(number, under_way{std::move(what), now, false}).first->second;
  const bool others_wait = std::ranges::any_of(under_way_, [&](const auto& item) {
    return item.first != number && item.second.order.to == to && !item.second.sent;
  });
  if (!others_wait) leave(one);
}

bool forwarding::leave(under_way& one) {
  const auto& o = one.order;
  one.sent = send_(
      o.to, command_sent{o.number, {0, o.name, o.what, o.from, o.chain, o.hops_left, o.again}});
  return one.sent;
}

void forwarding::withdraw(std::uint64_t number) {
  const auto found = under_way_.find(number);
  if (found == under_way_.end()) return;
  const bytes who = name_of(found->second.order.to);
  if (found->second.sent)
    conclude(number, errc::uncertain, who + " fell silent before it answered");
  else
    conclude(number, errc::unavailable, who + " fell silent before it was sent");
}

void forwarding::conclude(std::uint64_t number, errc code, const bytes& why) {
  under_way_.erase(number);
  outcomes_.push_back({number, object::reply::failure(code, why), {}});
}

void forwarding::answered(const digest& by, command_answered what) {
  const auto found = under_way_.find(what.request);
  if (found == under_way_.end() || found->second.order.to != by || !found->second.sent) return;
  under_way_.erase(found);
  outcomes_.push_back({what.request, std::move(what.content), what.holder, std::move(what.copies)});
}

void forwarding::link_up(const digest& peer) {
  for (auto& [number, one] : under_way_)
    if (one.order.to == peer && !one.sent && !leave(one)) return;
}

void forwarding::link_down(const digest& peer, const error& why) {
  std::vector<std::uint64_t> lost;
  for (const auto& [number, one] : under_way_)
    if (one.order.to == peer && one.sent) lost.push_back(number);
  for (const auto number : lost)
    conclude(number, errc::uncertain,
             name_of(peer) + " went away before it answered: " + why.message);
  std::erase_if(askers_, [&](const auto& item) { return item.second.peer == peer; });
}

void forwarding::expire(mono_time now) {
  std::vector<std::uint64_t> late;
  for (const auto& [number, one] : under_way_) {
    const std::chrono::seconds patience = one.sent ? time_max : dial_time_max;
    if (now >= one.ordered + patience) late.push_back(number);
  }
  for (const auto number : late) {
    const auto& one = under_way_.at(number);
    const bytes who = name_of(one.order.to);
    if (one.sent)
      conclude(number, errc::uncertain, who + " did not answer within 15000 ms");
    else
      conclude(number, errc::unavailable, who + " cannot be reached: no link to it came up");
  }
}

std::optional<mono_time> forwarding::next_deadline() const {
  std::optional<mono_time> next;
  for (const auto& [number, one] : under_way_) {
    const mono_time deadline =
        one.ordered + std::chrono::seconds{one.sent ? time_max : dial_time_max};
    if (!next || deadline < *next) next = deadline;
  }
  return next;
}

// ---- in ----

object::arrived_command forwarding::arrived(const digest& from, command_sent what) {
  what.what.number = ++last_arrived_;
  askers_[last_arrived_] = {from, what.request};
  return std::move(what.what);
}

void forwarding::answer(object::node_answer done) {
  const auto found = askers_.find(done.number);
  if (found == askers_.end()) return;  // who asked is gone
  const auto [peer, request] = found->second;
  askers_.erase(found);
  static_cast<void>(send_(peer, command_answered{request, std::move(done.content), done.holder,
                                                 std::move(done.copies)}));
}

}  // namespace comet::lab
