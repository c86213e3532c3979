#include "tests/sim/replication_world.hpp"

#include <algorithm>

#include "tests/sim/replication_node.hpp"

namespace comet::sim {

using std::chrono::milliseconds;

replication_world::replication_world(const replication_options& options)
    : options_(options), random_(options.seed), network_(options.nodes, options.network) {
  for (std::size_t i = 0; i < options_.nodes; ++i) {
    auto n = std::make_unique<node>(options_.ranges);
    n->index = i;
    n->id = sha256("node" + std::to_string(i) + "of" + std::to_string(options_.seed));
    // The extremes are where leases are hurt: a third of the clocks each, and some between.
    const auto kind = random_.below(4);
    const double share = kind == 0 ? -1 : kind == 1 ? 1 : kind == 2 ? 0 : 2 * random_.unit() - 1;
    n->rate = 1 + options_.clock_error * share;
    places_.emplace(n->id, i);
    nodes_.push_back(std::move(n));
  }
  for (std::size_t range = 0; range < options_.ranges; ++range) {
    const auto founded = replica::range_replica::founded_by(self(*nodes_.front()));
    groups_.emplace(std::pair{range, founded.current.epoch}, founded.current);
    nodes_.front()->store.found(range, founded);
  }
  for (auto& n : nodes_)
    boot(*n);
  for (std::size_t i = 0; i < options_.clients; ++i) {
    auto c = std::make_unique<client>();
    c->index = i;
    c->leaders.resize(options_.ranges, i % options_.nodes);
    clients_.push_back(std::move(c));
  }
  for (std::size_t kind = 0; kind < 12; ++kind)
    mood_.push_back(random_.below(3) == 0 ? 0 : 1 + random_.below(6));
}

replication_world::~replication_world() = default;

// ---- time ----

std::chrono::microseconds replication_world::some(std::int64_t least_us, std::int64_t most_us) {
  const auto span = static_cast<std::uint64_t>(most_us - least_us + 1);
  return std::chrono::microseconds{least_us + static_cast<std::int64_t>(random_.below(span))};
}

void replication_world::push(event e, std::chrono::nanoseconds wait) {
  e.at = now_ + wait;
  e.order = ++order_;
  events_.push_back(e);
  std::push_heap(events_.begin(), events_.end(), later{});
}

/// False: nothing happens before `end`.
bool replication_world::step(mono_time end) {
  if (events_.empty() || events_.front().at > end) return false;
  std::pop_heap(events_.begin(), events_.end(), later{});
  const event e = events_.back();
  events_.pop_back();
  now_ = e.at;
  ++figures_.events;
  handle(e);
  return true;
}

void replication_world::run_for(milliseconds time) {
  const auto end = now_ + time;
  while (faults.empty() && step(end)) {
  }
  now_ = end;
}

bool replication_world::run_until(const std::function<bool()>& holds, milliseconds time) {
  for (const auto end = now_ + time; now_ < end && faults.empty();) {
    if (holds()) return true;
    run_for(milliseconds{20});
  }
  return holds();
}

void replication_world::work(bool on) {
  if (std::exchange(working_, on) == on || !on) return;
  for (auto& c : clients_)
    if (!c->once && !c->asked) {
      event e;
      e.what = happening::request;
      e.number = c->index;
      push(e, some(0, 50'000));
    }
}

void replication_world::trouble(bool on) {
  if (std::exchange(troubled_, on) == on || !on) return;
  event e;
  e.what = happening::chaos;
  push(e, some(10'000, 400'000));
}

void replication_world::handle(const event& e) {
  switch (e.what) {
    case happening::letter:
    case happening::tick:
    case happening::beat:
    case happening::synced:
    case happening::looked_up:
    case happening::wants:
    case happening::command: break;
    case happening::restart:
      if (!nodes_[e.node]->up && nodes_[e.node]->boots == e.attempt) restart(e.node);
      return;
    case happening::chaos: return chaos();
    case happening::strike: return strike(e.node);
    case happening::request: return next_request(*clients_[e.number]);
    case happening::redirected:
    case happening::answered:
    case happening::undecided:
    case happening::patience: {
      auto& c = *clients_[e.number];
      if (!c.asked || c.attempt != e.attempt) return;
      if (e.what == happening::answered) return finish(c, outcome::done, e.seen);
      if (e.what == happening::undecided) return finish(c, outcome::unknown, {});
      if (e.what == happening::redirected) return on_redirected(c, e.seen);
      return on_patience(c, e.attempt);
    }
  }
  auto& n = *nodes_[e.node];
  if (n.up && now_ < n.paused_until) {  // stopped, not dead: it finds everything when it goes on
    event again = e;
    return push(again, n.paused_until - now_);
  }
  const bool gone = !n.up || (e.boot != 0 && e.boot != n.boots);
  switch (e.what) {
    case happening::letter:
      if (!gone) deliver(n, e.number);
      free_letters_.push_back(e.number);
      return;
    case happening::looked_up:
      if (!gone) on_looked_up(n, e.number);
      free_lookups_.push_back(e.number);
      return;
    case happening::wants:
      --wants_under_way_;
      if (!gone) tell_wanted(n);
      return;
    case happening::tick:
      if (!gone) tick(n);
      return;
    case happening::beat:
      if (!gone) beat(n);
      return;
    case happening::synced:
      if (!gone) on_synced(n);
      return;
    default:
      if (!gone) serve(n, *clients_[e.number], e.attempt);
  }
}

// ---- what is seen ----

void replication_world::fault(const std::string& what) {
  if (is_traced()) say("FAULT " + what);
  if (faults.size() < 10) faults.push_back(what);
}

void replication_world::say(const std::string& what) const {
  if (!options_.trace) return;
  const auto since = now_.time_since_epoch() - std::chrono::hours{1};
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(since).count();
  options_.trace(std::to_string(us) + " " + what);
}

bytes replication_world::key(std::size_t range, std::size_t number) const {
  return "range" + std::to_string(range) + "key" + std::to_string(number);
}

std::optional<std::size_t> replication_world::leader(std::size_t range) const {
  for (const auto& n : nodes_)
    if (stands(n->index, range) == standing::leads) return n->index;
  return std::nullopt;
}

replication_world::standing replication_world::stands(std::size_t node, std::size_t range) const {
  const auto& n = *nodes_[node];
  return n.up ? n.replicas[range]->stands(local(n)) : standing::outside;
}

const range_image& replication_world::durable(std::size_t node, std::size_t range) const {
  return nodes_[node]->store.durable(range);
}

const replica::group& replication_world::latest(std::size_t range) const {
  const replica::group* found = &nodes_.front()->store.shown(range).registered.current;
  for (const auto& n : nodes_) {
    const auto& other = n->store.shown(range).registered.current;
    if (other.epoch > found->epoch) found = &other;
  }
  return *found;
}

std::vector<std::size_t> replication_world::members(std::size_t range) const {
  std::vector<std::size_t> found;
  for (const auto& m : latest(range).members)
    found.push_back(places_.at(m.node));
  return found;
}

std::vector<replica::member> replication_world::wanted(std::size_t range) const {
  std::vector<std::pair<std::uint64_t, replica::member>> near;
  for (const auto& n : nodes_)
    if (n->in)
      near.emplace_back(std::hash<digest>{}(n->id) ^ (std::uint64_t{range} * 0x9E3779B97F4A7C15U),
                        self(*n));
  std::sort(near.begin(), near.end());
  std::vector<replica::member> found;
  for (std::size_t i = 0; i < near.size() && i < options_.wanted; ++i)
    found.push_back(near[i].second);
  return found;
}

}  // namespace comet::sim
