#include "tests/sim/moves_world.hpp"

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "tests/sim/replication_text.hpp"

namespace comet::sim {

using object::reply;

namespace {

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
    const bytes key = value_name("object", i);
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

// ---- what moves between shard, store, executor and links ----

void moves_world::pump(node& one) {
  auto& world = one.world;
  world.now.mono = now_;
  for (int rounds = 0; rounds < 100; ++rounds) {
    const bool moved = world.round();
    deliver_orders(one);
    withdraw(one);
    deliver_answers(one);
    deliver_sayings(one);
    for (const auto& answer : std::exchange(world.answers, {}))
      answered(one, answer);
    if (!moved && world.subject->effects().empty()) break;
  }
  watch(one);
  const digest id = one.id;
  if (!world.in_flight.empty())
    after(some(3'000), [this, id] {
      if (auto* there = find(id); there != nullptr && !there->world.in_flight.empty()) {
        there->world.now.mono = now_;
        there->world.fail_commits = full_ == there->id;
        if (there->world.fail_commits) ++commits_failed_;
        there->world.commit_all();
        pump(*there);
      }
    });
  if (!one.work.empty()) after(some(2'000), [this, id] { work(id); });
}

/// Turns of an object see each other's changes, and an activation is given up between those around
/// it: one item of a key at a time, in their order, as an executor does it.
void moves_world::work(const digest& id) {
  auto* there = find(id);
  if (there == nullptr || there->work.empty()) return;
  object::outcome_batch outcomes;
  std::set<bytes> busy;
  for (auto& item : std::exchange(there->work, {})) {
    const bool runs = item.what == object::work::kind::run;
    const bytes key = runs ? item.order.request->key : item.forgotten;
    if (busy.contains(key)) {
      there->work.push_back(std::move(item));
    } else if (runs) {
      busy.insert(key);
      outcomes.finished.push_back({item.order.id, false, there->world.execute(item.order)});
    } else {
      there->hot.erase(key);
    }
  }
  there->world.now.mono = now_;
  there->world.subject->on_outcomes(std::move(outcomes), there->world.now);
  pump(*there);
}

/// What the store said then: the shard hears it late, and in the order of its questions.
void moves_world::read_later(const digest& id, std::vector<object::loaded> loads,
                             std::vector<object::scanned> scans) {
  struct reading {
    std::vector<object::loaded> loads;
    std::vector<object::scanned> scans;
  };
  auto kept = std::make_shared<reading>(reading{std::move(loads), std::move(scans)});
  after(arrival(id, id) - now_, [this, id, kept] {
    auto* there = find(id);
    if (there == nullptr) return;
    there->world.now.mono = now_;
    if (!kept->loads.empty())
      there->world.subject->on_loaded(std::move(kept->loads), there->world.now);
    for (auto& one : kept->scans)
      there->world.subject->on_scanned(std::move(one), there->world.now);
    pump(*there);
  });
}

/// What this node knows of the watched key's range, when that changed.
void moves_world::watch(node& one) {
  if (!options_.trace || options_.watched.empty()) return;
  constexpr std::array standings{"outside", "follows", "changes", "leads", "cut off"};
  const auto range = object::replica::range_at(object::layout::position_of(options_.watched));
  const auto* kept = one.world.subject->replicas()->look(range);
  std::string seen = "nothing";
  if (kept != nullptr) {
    seen = standings.at(static_cast<std::size_t>(kept->stands(now_)));
    seen += kept->is_leader() ? " as leader" : "";
    seen += " promised " + std::to_string(kept->registered().promised >> 8U) + "/" +
            std::to_string(kept->registered().promised & 0xffU) + " in " +
            to_text(kept->registered().current);
    if (kept->registered().next) seen += " next " + to_text(*kept->registered().next);
  }
  if (seen == one.watched) return;
  one.watched = seen;
  say(short_name(one.id) + " has of " + bytes{options_.watched} + ": " + seen);
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
    if (there != nullptr) tell(*there, {number, reply::failure(errc::unavailable, "gone"), {}});
  });
}

void moves_world::tell(node& one, object::forward_outcome outcome) {
  std::vector<object::forward_outcome> outcomes;
  outcomes.push_back(std::move(outcome));
  one.world.now.mono = now_;
  one.world.subject->on_forwarded(std::move(outcomes), one.world.now);
  pump(one);
}

/// What is on its way arrives all the same.
void moves_world::withdraw(node& from) {
  for (const auto number : std::exchange(from.world.withdrawals, {})) {
    const auto found = std::find_if(arrived_.begin(), arrived_.end(), [&](const auto& one) {
      return one.second == std::pair{from.id, number};
    });
    if (found == arrived_.end()) continue;
    found->second.second = withdrawn;
    after(some(1'000), [this, sender = from.id, number] {
      auto* there = find(sender);
      if (there != nullptr) tell(*there, {number, reply::failure(errc::uncertain, "silent"), {}});
    });
  }
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
        if (arrived_.at(number).second != withdrawn) refuse(sender, shared->number);
        arrived_.erase(number);
        return;
      }
      say(short_name(sender) + " -> " + short_name(there->id) + " #" +
          std::to_string(shared->number) + " op " +
          std::to_string(static_cast<int>(shared->what->get().what)) + " " +
          bytes{shared->what->get().key} + " " + bytes{shared->what->get().value.substr(0, 8)} +
          " hops " + std::to_string(shared->hops_left));
      there->world.now.mono = now_;
      there->world.subject->on_arrived({number, shared->name, shared->what, shared->from,
                                        shared->chain, shared->hops_left, shared->again},
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
    if (number == withdrawn) continue;
    say(short_name(from.id) + " answers " + short_name(to) + " #" + std::to_string(number) + ": " +
        answer.content.text + " " + std::to_string(answer.content.integer));
    auto outcome = std::make_shared<object::forward_outcome>();
    *outcome = {number, std::move(answer.content), answer.holder, std::move(answer.copies)};
    after(arrival(from.id, to) - now_, [this, to = to, outcome] {
      auto* there = find(to);
      if (there == nullptr) {
        fault("an answer reached a node that had left");
        return;
      }
      tell(*there, std::move(*outcome));
    });
  }
}

void moves_world::tell_of(const object::peer_delivery& said) const {
  if (!options_.trace || options_.watched.empty()) return;
  const auto range = object::replica::range_at(object::layout::position_of(options_.watched));
  for (const auto& item : said.items) {
    const auto* ranged = std::get_if<object::ranged_message>(&item);
    if (ranged != nullptr && ranged->range == range)
      say(short_name(said.from.node) + " to " + short_name(said.to.node) + ": " +
          to_text(ranged->what));
  }
}

void moves_world::deliver_sayings(node& from) {
  for (auto& said : std::exchange(from.world.deliveries, {})) {
    const digest to = said.to.node;
    if (find(to) == nullptr) continue;
    tell_of(said);
    auto shared = std::make_shared<object::peer_delivery>(std::move(said));
    after(arrival(from.id, to) - now_, [this, to, shared] {
      auto* there = find(to);
      if (there == nullptr) return;
      there->world.now.mono = now_;
      there->world.subject->on_peer(std::move(*shared), there->world.now);
      pump(*there);
    });
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
                                one->world.subject->replicas()->changing() == 0;
                       });
    if (quiet || !faults.empty()) return;
  }
  fault("still not quiet: " + std::to_string(asked_.size()) + " requests wait, for instance for " +
        (asked_.empty() ? "none" : asked_.begin()->second.key));
}

}  // namespace comet::sim
