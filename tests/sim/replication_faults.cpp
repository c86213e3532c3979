// What goes wrong in replication_world: single faults, and those that come by chance.
#include <algorithm>

#include "tests/sim/replication_node.hpp"
#include "tests/sim/replication_world.hpp"

namespace comet::sim {

using std::chrono::milliseconds;

// ---- single faults ----

void replication_world::crash(std::size_t node) {
  auto& n = *nodes_[node];
  if (!n.up) return;
  if (is_traced()) say(std::to_string(node) + " crashes");
  ++figures_.crashes;
  n.up = false;
  n.paused_until = {};
  n.replicas.clear();
  n.leases.reset();
  for (auto& waits : n.waits)
    waits.clear();
  for (const auto& batch : n.store.crash(random_))
    note_durable(n, batch);
}

/// A node without its disk, or with an older one, is somebody else.
void replication_world::restart(std::size_t node, disk with) {
  auto& n = *nodes_[node];
  if (n.up) return;
  if (with != disk::as_it_was) {
    ++figures_.disks_lost;
    const auto another_life = static_cast<std::size_t>(replica::rule::another_life_no_vote);
    if (!options_.terms.broken.test(another_life)) ++n.life;
    with == disk::lost ? n.store.lose() : n.store.put_back();
    for (std::size_t range = 0; range < options_.ranges; ++range)
      for (const auto& [key, entry] : n.store.durable(range).entries)
        ever_durable_[self(n)][key] = entry.at;
    map_changed();
  }
  if (is_traced())
    say(std::to_string(node) + " starts in life " + std::to_string(n.life) +
        (with == disk::lost ? " without its disk" : "") +
        (with == disk::put_back ? " with an old disk" : ""));
  boot(n);
}

void replication_world::keep_image(std::size_t node) {
  nodes_[node]->store.keep_image();
}

void replication_world::pause(std::size_t node, milliseconds time) {
  if (is_traced()) say(std::to_string(node) + " stands still for " + std::to_string(time.count()));
  nodes_[node]->paused_until = now_ + time;
}

void replication_world::slow_disk(std::size_t node, milliseconds time) {
  nodes_[node]->slow_until = now_ + time;
}

void replication_world::join(std::size_t node) {
  if (std::exchange(nodes_[node]->in, true)) return;
  if (is_traced()) say(std::to_string(node) + " joins");
  map_changed();
}

void replication_world::leave(std::size_t node) {
  const auto count = std::count_if(nodes_.begin(), nodes_.end(), [](auto& n) { return n->in; });
  if (count <= 1 || !std::exchange(nodes_[node]->in, false)) return;
  if (is_traced()) say(std::to_string(node) + " leaves");
  map_changed();
}

void replication_world::want_copies(std::size_t count) {
  if (is_traced()) say(std::to_string(count) + " copies are wanted");
  options_.wanted = count;
  map_changed();
}

/// Each node hears of it in its own time.
void replication_world::map_changed() {
  for (const auto& n : nodes_) {
    ++wants_under_way_;
    event e;
    e.what = happening::wants;
    e.node = n->index;
    push(e, some(1'000, 300'000));
  }
}

void replication_world::heal() {
  if (is_traced()) say("everything is well again");
  network_quality good = options_.network;
  good.loss = 0;
  good.late = 0;
  network_.heal(good);
  for (const auto& n : nodes_) {
    n->slow_until = {};
    n->paused_until = std::min(n->paused_until, now_ + milliseconds{1});
    if (!n->up) restart(n->index);
  }
}

/// A majority that has everything has to be left, now and after any change under way: only where
/// each range is led by its latest group, whole, and that is the one wanted.
bool replication_world::may_lose_disk(std::size_t node) const {
  if (wants_under_way_ > 0) return false;
  for (std::size_t range = 0; range < options_.ranges; ++range) {
    const auto leads = leader(range);
    if (!leads || !nodes_[*leads]->replicas[range]->is_whole()) return false;
    const auto& current = latest(range);
    auto wanted_now = wanted(range);
    auto members_now = current.members;
    std::sort(wanted_now.begin(), wanted_now.end());
    std::sort(members_now.begin(), members_now.end());
    if (wanted_now != members_now) return false;
    if (!current.contains(self(*nodes_[node]))) continue;
    if (current.members.size() < 3) return false;
    for (const auto& m : current.members) {
      const auto& kept = nodes_[places_.at(m.node)]->store.durable(range).registered;
      if (kept.current != current || !kept.votes || kept.next) return false;
    }
  }
  return true;
}

// ---- by chance ----

void replication_world::crash_for(std::size_t node, milliseconds time) {
  crash(node);
  event e;
  e.what = happening::restart;
  e.node = node;
  e.attempt = nodes_[node]->boots;
  push(e, time);
}

/// In the midst of something.
void replication_world::strike(std::size_t node) {
  if (!troubled_ || !nodes_[node]->up) return;
  const milliseconds time{1 + static_cast<std::int64_t>(random_.below(3'000))};
  if (random_.below(2) == 0) return crash_for(node, time);
  if (is_traced()) say("cut off: " + std::to_string(node));
  network_.divide({node}, now_ + time);
}

void replication_world::chaos() {
  if (!troubled_) return;
  event next;
  next.what = happening::chaos;
  push(next, some(20'000, 700'000));
  const auto ms = [this](std::int64_t least, std::int64_t most) {
    return milliseconds{least + static_cast<std::int64_t>(
                                    random_.below(static_cast<std::uint64_t>(most - least + 1)))};
  };
  // Often it is the leader of a range, or a member, that is hit.
  std::size_t victim = random_.below(options_.nodes);
  const auto range = random_.below(options_.ranges);
  if (random_.below(3) == 0) victim = leader(range).value_or(victim);
  const auto group = members(range);
  if (random_.below(3) == 0 && !group.empty()) victim = group[random_.below(group.size())];

  std::uint64_t sum = 1;
  for (const auto weight : mood_)
    sum += weight;
  auto drawn = random_.below(sum);
  std::size_t kind = 0;
  while (kind < mood_.size() && drawn >= mood_[kind])
    drawn -= mood_[kind++];
  switch (kind) {
    case 0:
      if (nodes_[victim]->up) crash_for(victim, ms(1, 300));
      break;
    case 1:
      if (nodes_[victim]->up) crash_for(victim, ms(300, 4'000));
      break;
    case 2:
      if (!nodes_[victim]->up || !may_lose_disk(victim)) break;
      crash(victim);
      restart(victim, disk::lost);
      break;
    case 3:
      if (!nodes_[victim]->up || !nodes_[victim]->store.has_image() || !may_lose_disk(victim)) {
        nodes_[victim]->store.keep_image();
        break;
      }
      crash(victim);
      restart(victim, disk::put_back);
      break;
    case 4: pause(victim, ms(20, 2'500)); break;
    case 5: slow_disk(victim, ms(100, 3'000)); break;
    case 6: {  // one way
      const auto other = random_.below(options_.nodes);
      if (is_traced()) say(std::to_string(victim) + " is not heard by " + std::to_string(other));
      network_.cut(victim, other, now_ + ms(100, 3'000));
      break;
    }
    case 7: {
      std::vector<std::size_t> side{victim};
      for (std::size_t i = 0; i < options_.nodes; ++i)
        if (i != victim && random_.below(3) == 0) side.push_back(i);
      if (is_traced()) {
        std::string names = "cut off:";
        for (const auto i : side)
          names += ' ' + std::to_string(i);
        say(names);
      }
      network_.divide(side, now_ + ms(100, 4'000));
      break;
    }
    case 8:  // and perhaps another comes at once
      for (const auto& n : nodes_)
        if (!n->in && random_.below(2) == 0) join(n->index);
      leave(victim);
      if (random_.below(3) == 0) leave(random_.below(options_.nodes));
      break;
    case 9:
      for (const auto& n : nodes_)
        if (!n->in) return join(n->index);
      break;
    case 10: want_copies(1 + random_.below(std::min<std::size_t>(5, options_.nodes))); break;
    case 11: {
      network_quality rough = options_.network;
      rough.loss = random_.unit() * 0.2;
      rough.duplicate = random_.unit() * 0.3;
      rough.late = random_.unit() * 0.3;
      rough.latest = ms(10, 2'000);
      network_.set(rough);
      break;
    }
    default: network_.set(options_.network);
  }
}

}  // namespace comet::sim
