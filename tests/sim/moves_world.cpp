#include "tests/sim/moves_world.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/number.hpp"

namespace comet::sim {

using object::op;
using object::origin;
using object::reply;

struct moves_world::node {
  digest id{};
  object::test::shard_world world;
  mono_time born;
  std::map<bytes, std::pair<std::uint64_t, std::uint64_t>> hot;  ///< incarnation and count
  standing stands = standing::arrives;
  std::map<digest, standing> others;  ///< as each of them told it
  std::set<digest> unheard;           ///< have not answered yet
};

struct moves_world::client {
  std::size_t number = 0;
  digest at{};
  std::size_t under_way = 0;
  bool thinks = false;  ///< before its next request
};

struct moves_world::request {
  client* who = nullptr;
  op what = op::get;
  bytes key;
  std::int64_t value = 0;  ///< set: what was written; get: the least that may be read
};

namespace {

std::string short_name(const bytes& id) {
  return id.substr(0, 4);
}

bytes name(const char* kind, std::size_t i) {
  return kind + std::to_string(i);
}

/// A state that holds a count: {value = n} as msgpack.
bytes state_of(std::uint64_t count) {
  bytes encoded("\x81\xa5value\xcf", 8);
  for (int shift = 56; shift >= 0; shift -= 8)
    encoded += static_cast<char>(count >> static_cast<unsigned>(shift) & 0xFFU);
  return encoded;
}

std::uint64_t count_in(bytes_view state) {
  std::uint64_t count = 0;
  for (const char c : state.substr(state.size() - sizeof count))
    count = count << 8U | static_cast<unsigned char>(c);
  return count;
}

}  // namespace

moves_world::moves_world(const moves_options& options) : options_(options), random_(options.seed) {
  join();
  for (std::size_t i = 0; i < options_.objects; ++i) {
    const bytes key = name("object", i);
    const bytes source = "return " + std::to_string(i % 3);
    (void)nodes_.front()->world.put_object(key, source);
  }
  for (std::size_t i = 0; i < options_.clients; ++i) {
    clients_.push_back(std::make_unique<client>());
    clients_.back()->number = i;
    clients_.back()->at = nodes_.front()->id;
    next_request(*clients_.back());
  }
}

moves_world::~moves_world() = default;

/// As an executor does it: an activation lives on between turns, and counts each of them.
object::turn_outcome moves_world::count_one(node& at, const object::turn_order& order) {
  for (const auto& key : std::exchange(at.world.forgotten, {}))
    at.hot.erase(key);
  object::turn_outcome outcome;
  if (order.request->kind == object::turn_kind::create) {
    outcome.created = true;
    outcome.answer = reply::ok();
    outcome.state = state_of(0);
    return outcome;
  }
  auto& hot = at.hot[order.request->key];
  if (hot.first != order.incarnation)
    hot = {order.incarnation, count_in(order.current->active->state)};
  outcome.answer = reply::number(static_cast<std::int64_t>(++hot.second));
  outcome.state = state_of(hot.second);
  return outcome;
}

void moves_world::fault(const std::string& what) {
  say("FAULT " + what);
  if (faults.size() < 20) faults.push_back(what);
}

void moves_world::say(const std::string& what) const {
  if (!options_.trace) return;
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(now_.time_since_epoch());
  options_.trace(std::to_string(us.count()) + " " + what);
}

void moves_world::after(std::chrono::nanoseconds wait, std::function<void()> what) {
  events_.push_back({now_ + wait, ++events_made_, std::move(what)});
  std::push_heap(events_.begin(), events_.end(), later{});
}

moves_world::node* moves_world::find(const digest& id) {
  for (auto& one : nodes_)
    if (one->id == id) return one.get();
  return nullptr;
}

// ---- who is there ----

void moves_world::join() {
  auto made = std::make_unique<node>();
  made->id = sha256("node" + std::to_string(next_node_++) + std::to_string(options_.seed));
  made->born = now_;
  births_[made->id] = now_;
  auto& world = made->world;
  world.self = made->id;
  world.node_id = to_hex(as_bytes(made->id));
  world.restart();
  world.now.mono = now_;
  world.execute = [this, at = made.get()](const object::turn_order& order) {
    return count_one(*at, order);
  };
  world.hold_commits = true;
  world.hold_turns = true;
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

/// As routers do it (actors/router_presence.cpp).
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
  std::string heard = short_name(one.world.node_id) +
                      (one.stands == standing::leaves ? " (leaves)" : "") + " hears of";
  for (const auto& [id, stands] : one.others) {
    object::peer drawn;
    drawn.id = id;
    drawn.arrives = stands == standing::arrives;
    drawn.leaves = stands == standing::leaves;
    drawn.is_elder = births_[id] < one.born;
    heard += " " + short_name(to_hex(as_bytes(id))) +
             (drawn.leaves    ? "(leaves)"
              : drawn.arrives ? "(arrives)"
                              : "");
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
    moved_ += one->world.subject->stats().handed_over;
    for (const auto& [key, value] : one->world.stored)
      if (key.front() == 'o') fault("an object stayed on a node that left: " + key.substr(9));
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

// ---- what moves between shard, store, executor and links ----

void moves_world::pump(node& one) {
  auto& world = one.world;
  world.now.mono = now_;
  for (int rounds = 0; rounds < 100; ++rounds) {
    const bool moved = world.round();
    deliver_orders(one);
    deliver_answers(one);
    for (const auto& answer : std::exchange(world.answers, {}))
      answered(one, answer);
    if (!moved && world.subject->effects().empty()) break;
  }
  const digest id = one.id;
  if (!world.in_flight.empty())
    after(some(3'000), [this, id] {
      if (auto* there = find(id); there != nullptr && !there->world.in_flight.empty()) {
        there->world.now.mono = now_;
        there->world.commit_all();
        pump(*there);
      }
    });
  if (!world.held_orders.empty())
    after(some(2'000), [this, id] {
      auto* there = find(id);
      if (there == nullptr || there->world.held_orders.empty()) return;
      object::outcome_batch outcomes;
      std::map<bytes, bool> began;
      for (const auto& order : std::exchange(there->world.held_orders, {})) {
        // Turns of an object see each other's changes: one at a time, as an executor does it.
        if (std::exchange(began[order.request->key], true)) {
          there->world.held_orders.push_back(order);
          continue;
        }
        outcomes.finished.push_back({order.id, false, there->world.execute(order)});
      }
      there->world.now.mono = now_;
      there->world.subject->on_outcomes(std::move(outcomes), there->world.now);
      pump(*there);
    });
}

mono_time moves_world::arrival(const digest& from, const digest& to) {
  auto& last = links_[{from, to}];
  last = std::max(last, now_ + some(4'000));
  return last;
}

/// As the router says it of what it could not send.
void moves_world::refuse(const digest& sender, std::uint64_t number) {
  after(some(1'000), [this, sender, number] {
    auto* there = find(sender);
    if (there == nullptr) return;
    std::vector<object::forward_outcome> outcomes;
    outcomes.push_back({number, reply::failure(errc::unavailable, "gone"), {}});
    there->world.now.mono = now_;
    there->world.subject->on_forwarded(std::move(outcomes), there->world.now);
    pump(*there);
  });
}

void moves_world::deliver_orders(node& from) {
  for (auto& order : std::exchange(from.world.forwards, {})) {
    const digest sender = from.id;
    if (find(order.to) == nullptr) {
      refuse(sender, order.number);
      continue;
    }
    const auto number = next_arrival_++;
    arrived_[number] = {sender, order.number};
    const digest to = order.to;
    auto shared = std::make_shared<object::forward_order>(std::move(order));
    after(arrival(sender, to) - now_, [this, to, sender, number, shared] {
      auto* there = find(to);
      if (there == nullptr) {  // its link had ended
        arrived_.erase(number);
        refuse(sender, shared->number);
        return;
      }
      say(short_name(to_hex(as_bytes(sender))) + " -> " + short_name(there->world.node_id) + " #" +
          std::to_string(shared->number) + " op " +
          std::to_string(static_cast<int>(shared->what->get().what)) + " " +
          bytes{shared->what->get().key} + " " + bytes{shared->what->get().value.substr(0, 8)} +
          " hops " + std::to_string(shared->hops_left));
      there->world.now.mono = now_;
      there->world.subject->on_arrived(
          {number, shared->name, shared->what, shared->from, shared->chain, shared->hops_left},
          there->world.now);
      pump(*there);
    });
  }
}

void moves_world::deliver_answers(node& from) {
  for (auto& answer : std::exchange(from.world.node_answers, {})) {
    const auto found = arrived_.find(answer.number);
    COMET_CHECK(found != arrived_.end());
    const auto [to, number] = found->second;
    arrived_.erase(found);
    say(short_name(from.world.node_id) + " answers " + short_name(to_hex(as_bytes(to))) + " #" +
        std::to_string(number) + ": " + answer.content.text + " " +
        std::to_string(answer.content.integer));
    auto outcome = std::make_shared<object::forward_outcome>();
    *outcome = {number, std::move(answer.content), answer.holder};
    after(arrival(from.id, to) - now_, [this, to = to, outcome] {
      auto* there = find(to);
      if (there == nullptr) {
        fault("an answer reached a node that had left");
        return;
      }
      std::vector<object::forward_outcome> outcomes;
      outcomes.push_back(std::move(*outcome));
      there->world.now.mono = now_;
      there->world.subject->on_forwarded(std::move(outcomes), there->world.now);
      pump(*there);
    });
  }
}

// ---- clients ----

void moves_world::next_request(client& who) {
  if (!asking_ || who.under_way >= options_.pipeline || std::exchange(who.thinks, true)) return;
  after(some(10'000), [this, &who] {
    who.thinks = false;
    if (!asking_ || who.under_way >= options_.pipeline) return;
    if (who.under_way == 0) {  // it may go to another node now
      std::vector<digest> staying;
      for (const auto& one : nodes_)
        if (one->stands == standing::stays) staying.push_back(one->id);
      who.at = staying[random_.below(staying.size())];
    }
    auto* at = find(who.at);
    if (at == nullptr || at->stands == standing::leaves)
      return;  // its connection ends when all is answered
    request asked;
    asked.who = &who;
    object::command c;
    bytes value;
    const auto kind = random_.below(4);
    if (kind == 0) {  // registers have one writer each
      const auto mine =
          random_.below((options_.registers + options_.clients - 1) / options_.clients);
      asked.key = name("register", mine * options_.clients + who.number);
      asked.what = c.what = op::set;
      asked.value = ++written_[asked.key];
      value = std::to_string(asked.value);
      c.value = value;
    } else if (kind == 1) {
      asked.key = name("register", random_.below(options_.registers));
      asked.value = settled_[asked.key];
    } else if (kind == 2) {
      asked.key = name("counter", random_.below(options_.counters));
      asked.what = c.what = op::incrby;
      c.number = 1;
    } else {
      asked.key = name("object", random_.below(options_.objects));
      asked.what = c.what = op::aso_get;
    }
    c.key = asked.key;
    const auto slot = next_slot_++;
    asked_[slot] = asked;
    say("client " + std::to_string(who.number) + " at " + short_name(at->world.node_id) + " op " +
        std::to_string(static_cast<int>(c.what)) + " " + asked.key + " " + value);
    ++who.under_way;
    at->world.now.mono = now_;
    if (const auto reply = at->world.submit(c, slot)) answered(*at, {1, slot, *reply});
    pump(*at);
    next_request(who);
  });
}

void moves_world::answered(node&, const object::client_answer& answer) {
  const auto found = asked_.find(answer.slot);
  if (found == asked_.end()) return;  // the preparation's
  const request asked = found->second;
  asked_.erase(found);
  --asked.who->under_way;
  judge(asked, answer.content);
  next_request(*asked.who);
}

void moves_world::judge(const request& asked, const reply& content) {
  say("client " + std::to_string(asked.who->number) + " hears of " + asked.key + ": " +
      content.text + " " + std::to_string(content.integer));
  if (content.failed()) {
    fault(asked.key + " failed: " + content.text);
    return;
  }
  ++acknowledged_;
  switch (asked.what) {
    case op::set: settled_[asked.key] = std::max(settled_[asked.key], asked.value); return;
    case op::get: {
      const auto read = content.what == reply::kind::null ? 0 : parse_integer(content.text).value();
      if (read < asked.value)
        fault(asked.key + " read " + std::to_string(read) + " after " +
              std::to_string(asked.value));
      if (read > written_[asked.key]) fault(asked.key + " read what was never written");
      settled_[asked.key] = std::max(settled_[asked.key], read);
      return;
    }
    default:
      if (!counted_[asked.key].insert(content.integer).second)
        fault(asked.key + " counted " + std::to_string(content.integer) + " twice");
      return;
  }
}

// ---- time ----

bool moves_world::step() {
  if (events_.empty()) return false;
  std::pop_heap(events_.begin(), events_.end(), later{});
  event next = std::move(events_.back());
  events_.pop_back();
  now_ = std::max(now_, next.at);
  next.what();
  return true;
}

void moves_world::run_for(std::chrono::milliseconds time) {
  const auto until = now_ + time;
  while (!events_.empty() && events_.front().at <= until && faults.empty())
    step();
  now_ = until;
}

void moves_world::settle() {
  asking_ = false;
  for (int seconds = 0; seconds < 60; ++seconds) {
    run_for(std::chrono::seconds{1});
    const bool quiet = asked_.empty() && arrived_.empty() &&
                       std::all_of(nodes_.begin(), nodes_.end(), [](const auto& one) {
                         return one->stands != standing::leaves && one->world.subject->idle() &&
                                one->world.subject->moves_under_way() == 0;
                       });
    if (quiet || !faults.empty()) return;
  }
  fault("still not quiet: " + std::to_string(asked_.size()) + " requests wait, for instance for " +
        (asked_.empty() ? "none" : asked_.begin()->second.key));
}

void moves_world::judge_the_end() {
  std::map<bytes, std::size_t> copies;
  for (const auto& one : nodes_) {
    moved_ += one->world.subject->stats().handed_over;
    for (const auto& [key, value] : one->world.stored) {
      if (key.front() != 'o') continue;
      const bytes name{object::layout::parse_object_key(key)->key};
      ++copies[name];
      const digest id = sha256(name);
      for (const auto& other : nodes_)
        if (is_nearer(id, other->id, one->id)) fault(name + " is not on the nearest node");
    }
  }
  for (const auto& [key, count] : copies)
    if (count != 1) fault(key + " is on " + std::to_string(count) + " nodes");
  for (const auto& [key, numbers] : counted_) {
    if (!copies.contains(key)) fault(key + " is lost");
    if (*numbers.rbegin() != static_cast<std::int64_t>(numbers.size()))
      fault(key + " counted to " + std::to_string(*numbers.rbegin()) + " in " +
            std::to_string(numbers.size()) + " steps");
  }
  for (const auto& [key, value] : settled_)
    if (value > 0 && !copies.contains(key)) fault(key + " is lost");
}

}  // namespace comet::sim
