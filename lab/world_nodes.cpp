// Nodes come and go, and the links between them.
#include <algorithm>
#include <utility>

#include "lab/client.hpp"
#include "lab/clock.hpp"
#include "lab/network.hpp"
#include "lab/seat.hpp"
#include "lab/world.hpp"
#include "lab/world_run.hpp"

namespace comet::lab {

namespace {

namespace replica = object::replica;

constexpr std::size_t copies = 3;
constexpr std::chrono::seconds join_max{60};
constexpr std::chrono::seconds alone_max{6};
constexpr std::chrono::seconds leave_max{30};
constexpr std::chrono::milliseconds farewell{20};

digest identity_of(std::uint64_t seed, node_number number, std::uint64_t disk) {
  return sha256("a node of the laboratory: seed " + std::to_string(seed) + ", number " +
                std::to_string(number) + ", disk " + std::to_string(disk));
}

digest first_id_of(replica::range_id range) {
  digest first{};
  const auto bits = static_cast<unsigned>(range) << (16 - replica::range_bits);
  first[0] = static_cast<std::uint8_t>(bits >> 8U);
  first[1] = static_cast<std::uint8_t>(bits & 0xffU);
  return first;
}

/// Of each range, the nearest three of those there are.
std::map<replica::range_id, replica::range_register> agreed_groups(
    const std::vector<replica::member>& all) {
  std::map<replica::range_id, replica::range_register> groups;
  for (std::size_t range = 0; range < replica::ranges; ++range) {
    const auto id = static_cast<replica::range_id>(range);
    const digest first = first_id_of(id);
    auto members = all;
    std::ranges::sort(
        members, [&](const auto& a, const auto& b) { return is_nearer(first, a.node, b.node); });
    if (members.size() > copies) members.resize(copies);
    groups[id].current = {1, std::move(members)};
    groups[id].votes = true;
  }
  return groups;
}

}  // namespace

// ---- who is there ----

seat& world::make_seat() {
  const node_number number = seats_.size() + 1;
  seats_.push_back(std::make_unique<seat>(number, identity_of(options_.seed, number, 1)));
  return *seats_.back();
}

/// Several nodes begin as a network that agreed long ago on who keeps what.
void world::found() {
  for (std::size_t i = 0; i < options_.nodes; ++i)
    make_seat();
  if (seats_.size() > 1) {
    std::vector<replica::member> all;
    for (const auto& one : seats_)
      all.push_back({one->storage.id(), chance_() | 1U});
    const auto groups = agreed_groups(all);
    for (std::size_t i = 0; i < seats_.size(); ++i) {
      auto kept = groups;
      std::erase_if(kept, [&](const auto& item) { return !item.second.current.contains(all[i]); });
      seats_[i]->storage.found(all[i].life, kept);
    }
  }
  // One after the other: of many newcomers at once a node may never hear of some.
  for (const auto& one : seats_) {
    start_node(*one);
    run_until([&] { return one->running->joined(); }, join_max);
  }
}

void world::start_node(seat& at) {
  node_options options;
  options.number = at.number;
  options.self = {overlay::to_node_id(at.storage.id()), address_of(at.number), 1};
  options.users = users();
  options.limits = options_.limits;
  options.limits.users = options.users->directory();
  options.seed = chance_();
  options.joins = at.number > 1;
  options.remembers = at.number == 1 && at.runs > 0 && seats_.size() > 1;
  options.run = chance_() + ++at.runs;
  auto kept = at.storage.open(chance_() | 1U, options.joins);
  COMET_CHECK(kept.ok());  // nothing but a node of the laboratory wrote it
  at.running = std::make_unique<node>(std::move(options), std::move(*kept), at.storage, *clock_,
                                      *network_, journal_);
  clock_->stir_network();
  network_->enter(at.number, *at.running);
  at.running->start();
}

result<seat*> world::find(node_number number) const {
  if (number < 1 || number > seats_.size())
    return {errc::not_found, "there is no node " + std::to_string(number) + ": the network has " +
                                 std::to_string(seats_.size())};
  return seats_[number - 1].get();
}

result<seat*> world::find_up(node_number number) const {
  auto found = find(number);
  if (found && !(*found)->running)
    return {errc::unavailable, "node " + std::to_string(number) + " is down: start it first"};
  return found;
}

result<seat*> world::find_down(node_number number) const {
  auto found = find(number);
  if (found && (*found)->running)
    return {errc::conflict, "node " + std::to_string(number) + " runs: stop or kill it first"};
  return found;
}

std::size_t world::nodes() const {
  return seats_.size();
}

result<node_view> world::look(node_number number) const {
  const auto found = find(number);
  if (!found) return found.failure();
  const auto& at = **found;
  return node_view{number, to_hex(as_bytes(at.storage.id())), overlay::to_text(address_of(number)),
                   at.running != nullptr, at.running && at.running->paused()};
}

// ---- they come and go ----

result<std::vector<node_number>> world::add(std::size_t count) {
  if (count > nodes_max - seats_.size())
    return {errc::out_of_range, "a network has at most " + std::to_string(nodes_max) + " nodes"};
  std::vector<node_number> fresh;
  for (std::size_t i = 0; i < count; ++i) {
    auto& at = make_seat();
    start_node(at);
    fresh.push_back(at.number);
    if (!run_until([&] { return at.running->joined(); }, join_max))
      return {errc::unavailable, "node " + std::to_string(at.number) +
                                     " did not find the network: is a node up that it reaches?"};
  }
  if (auto rests = settle(); !rests) return std::move(rests.failure());
  return fresh;
}

result<void> world::kill(node_number number) {
  const auto found = find_up(number);
  if (!found) return found.failure();
  clock_->stir_network();
  network_->leave(number, false);
  (*found)->running.reset();
  return {};
}

result<void> world::stop(node_number number) {
  const auto found = find_up(number);
  if (!found) return found.failure();
  auto& at = **found;
  if (at.running->paused())
    return {errc::conflict,
            "node " + std::to_string(number) + " is paused and cannot stop: resume or kill it"};
  at.running->leave();
  run_until([&] { return at.running->has_left(); }, leave_max);
  run_until([] { return false; }, farewell);
  clock_->stir_network();
  network_->leave(number, true);
  at.running.reset();
  if (is_over()) return limit_reached("node " + std::to_string(number) + " had left");
  return {};
}

result<void> world::start(node_number number) {
  const auto found = find_down(number);
  if (!found) return found.failure();
  auto& at = **found;
  start_node(at);
  const bool others = std::ranges::any_of(
      seats_, [&](const auto& one) { return one.get() != &at && one->running; });
  run_until([&] { return at.running->joined(); }, others ? join_max : alone_max);
  if (is_over()) return limit_reached("node " + std::to_string(number) + " had started");
  return {};
}

result<void> world::restart(node_number number) {
  if (auto stopped = stop(number); !stopped) return stopped;
  return start(number);
}

result<void> world::wipe(node_number number) {
  const auto found = find_down(number);
  if (!found) return found.failure();
  auto& at = **found;
  at.storage.erase(identity_of(options_.seed, number, ++at.disks));
  return {};
}

result<void> world::pause(node_number number) {
  const auto found = find_up(number);
  if (!found) return found.failure();
  clock_->stir_network();
  (*found)->running->pause();
  network_->pause(number);
  return {};
}

result<void> world::resume(node_number number) {
  const auto found = find_up(number);
  if (!found) return found.failure();
  if (!(*found)->running->paused()) return {};
  clock_->stir_network();
  (*found)->running->resume();
  network_->resume(number);
  return {};
}

// ---- what goes wrong between them ----

result<void> world::partition(const std::vector<std::vector<node_number>>& groups) {
  std::map<node_number, std::size_t> group_of;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    for (const auto number : groups[i]) {
      if (const auto found = find(number); !found) return found.failure();
      if (!group_of.emplace(number, i).second)
        return {errc::syntax, "node " + std::to_string(number) + " stands in two groups"};
    }
  }
  std::set<std::pair<node_number, node_number>> pairs;
  for (const auto& [a, in_a] : group_of)
    for (const auto& [b, in_b] : group_of)
      if (a < b && in_a != in_b) pairs.insert({a, b});
  clock_->stir_network();
  network_->cut(std::move(pairs));
  return {};
}

result<void> world::heal() {
  clock_->stir_network();
  network_->cut({});
  network_->clear_terms();
  return {};
}

result<void> world::link(node_number a, node_number b, const link_terms& terms) {
  for (const auto number : {a, b})
    if (const auto found = find(number); !found) return found.failure();
  if (a == b) return {errc::syntax, "a link is between two nodes"};
  if (!(terms.drop >= 0 && terms.drop <= 1))
    return {errc::out_of_range, "`drop` is a share of the messages, 0 to 1"};
  if (terms.delay.count() < 0) return {errc::out_of_range, "a delay is not negative"};
  clock_->stir_network();
  network_->set_terms(a, b, terms);
  return {};
}

}  // namespace comet::lab
