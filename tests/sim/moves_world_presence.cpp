// The simulated nodes come, hear of each other, stay and leave, as routers do it
// (actors/router_presence.cpp).

#include <algorithm>
#include <iterator>

#include "tests/sim/moves_world.hpp"

namespace comet::sim {

void moves_world::join() {
  auto made = std::make_unique<node>();
  made->id = sha256("node" + std::to_string(next_node_++) + std::to_string(options_.seed));
  made->born = now_;
  births_[made->id] = now_;
  lives_[made->id] = next_node_;
  auto& world = made->world;
  world.self = made->id;
  world.node_id = to_hex(as_bytes(made->id));
  world.life = next_node_;
  world.founds = nodes_.empty();
  world.now.mono = now_;
  world.restart();
  world.now.mono = now_;
  world.execute = [this, at = made.get()](const object::turn_order& order) {
    return count_one(*at, order);
  };
  world.hold_commits = true;
  world.hand_over = [at = made.get()](std::vector<object::work> items) {
    at->work.insert(at->work.end(), std::make_move_iterator(items.begin()),
                    std::make_move_iterator(items.end()));
    return false;
  };
  world.read_later = [this, id = made->id](std::vector<object::loaded> loads,
                                           std::vector<object::scanned> scans) {
    read_later(id, std::move(loads), std::move(scans));
  };
  const digest id = made->id;
  nodes_.push_back(std::move(made));
  auto& fresh = *nodes_.back();
  fresh.world.subject->on_network(
      std::make_shared<object::key_map>(id, false, std::vector<object::peer>{}), "arriving",
      fresh.world.now);
  std::vector<digest> staying;
  for (const auto& one : nodes_)
    if (one->stands == standing::stays) staying.push_back(one->id);
  if (!staying.empty()) meet(fresh, staying[random_.below(staying.size())]);
  stand(fresh, staying.empty() ? standing::stays : standing::arrives);
  tick(id);
}

void moves_world::leave() {
  std::vector<node*> staying;
  for (auto& one : nodes_)
    if (one->stands == standing::stays) staying.push_back(one.get());
  if (staying.size() < 2) return;
  auto& chosen = *staying[random_.below(staying.size())];
  stand(chosen, standing::leaves);
}

void moves_world::fill_disk() {
  if (full_ && find(*full_) != nullptr) return;
  full_ = nodes_[random_.below(nodes_.size())]->id;
  say("the disk of " + short_name(*full_) + " is full");
}

void moves_world::empty_disk() {
  if (full_) say("the disk of " + short_name(*full_) + " takes writes again");
  full_.reset();
}

void moves_world::stand(node& one, standing as) {
  one.stands = as;
  draw(one);
  for (const auto& [other, known] : std::map{one.others})
    send_presence(one, other);
}

void moves_world::meet(node& one, const digest& other) {
  if (other == one.id || !one.others.emplace(other, standing::arrives).second) return;
  one.unheard.insert(other);
}

void moves_world::send_presence(node& from, const digest& to) {
  const digest sender = from.id;
  const auto as = from.stands;
  after(arrival(sender, to) - now_, [this, sender, to, as] {
    auto* there = find(to);
    if (there == nullptr) {
      if (auto* asked = find(sender)) lose(*asked, to);
      return;
    }
    there->others[sender] = as;
    draw(*there);
    std::vector<digest> known;
    for (const auto& [id, stands] : there->others)
      known.push_back(id);
    const auto answer = there->stands;
    after(arrival(to, sender) - now_, [this, sender, to, answer, known] {
      auto* asked = find(sender);
      if (asked == nullptr || find(to) == nullptr) return;
      asked->others[to] = answer;
      asked->unheard.erase(to);
      if (asked->stands == standing::arrives)
        for (const auto& id : known)
          if (id != sender && !asked->others.contains(id)) {
            meet(*asked, id);
            send_presence(*asked, id);
          }
      draw(*asked);
      settle_in(*asked);
    });
  });
}

void moves_world::settle_in(node& one) {
  if (one.stands == standing::arrives && one.unheard.empty()) stand(one, standing::stays);
}

void moves_world::lose(node& one, const digest& other) {
  one.others.erase(other);
  one.unheard.erase(other);
  draw(one);
  settle_in(one);
}

/// The picture that a node has now.
void moves_world::draw(node& one) {
  std::vector<object::peer> others;
  std::string heard =
      short_name(one.id) + (one.stands == standing::leaves ? " (leaves)" : "") + " hears of";
  for (const auto& [id, stands] : one.others) {
    object::peer drawn;
    drawn.id = id;
    drawn.arrives = stands == standing::arrives;
    drawn.leaves = stands == standing::leaves;
    drawn.is_elder = births_[id] < one.born;
    drawn.life = lives_[id];
    heard += " " + short_name(id) + (drawn.leaves ? "(leaves)" : drawn.arrives ? "(arrives)" : "");
    others.push_back(std::move(drawn));
  }
  say(heard);
  one.world.now.mono = now_;
  const bool arrives = one.stands == standing::arrives;
  if (arrives) others.clear();
  one.world.subject->on_network(
      std::make_shared<object::key_map>(one.id, one.stands == standing::leaves, std::move(others)),
      arrives ? std::optional<bytes>{"arriving"} : std::nullopt, one.world.now);
  pump(one);
}

void moves_world::tick(digest id) {
  auto* one = find(id);
  if (one == nullptr) return;
  one->world.now.mono = now_;
  one->world.now.wall += std::chrono::milliseconds{10};
  one->world.subject->on_tick(one->world.now);
  pump(*one);
  if (one->stands == standing::leaves && one->world.subject->handed_over() &&
      one->world.subject->idle() &&
      std::none_of(clients_.begin(), clients_.end(),
                   [&](const auto& c) { return c->at == id && c->under_way > 0; }) &&
      std::none_of(arrived_.begin(), arrived_.end(),
                   [&](const auto& a) { return a.second.first == id; })) {
    moved_ += one->world.subject->stats().applied;
    for (const auto& other : nodes_) {
      if (other->id == id) continue;
      const digest hears = other->id;
      after(arrival(id, hears) - now_, [this, hears, id] {
        if (auto* there = find(hears)) lose(*there, id);
      });
    }
    std::erase_if(nodes_, [&](const auto& n) { return n->id == id; });
    return;
  }
  after(std::chrono::milliseconds{10}, [this, id] { tick(id); });
}

}  // namespace comet::sim
