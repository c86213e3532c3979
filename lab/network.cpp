#include "lab/network.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.hpp"

namespace comet::lab {

namespace {

/// A dial, a handshake and two greetings are four ways.
constexpr int ways_to_come_up = 4;

std::size_t way_from(node_number from, node_number to) {
  return from < to ? 0 : 1;
}

}  // namespace

network::network(clock& time, network_options options)
    : time_(time), options_(std::move(options)), random_(options_.seed) {}

// ---- who is there ----

void network::enter(node_number number, link_end& end) {
  // Of before: whoever did not notice yet notices now.
  for (auto& [between, one] : links_)
    if (one.up && (between.first == number || between.second == number))
      take_down(between, {errc::unavailable, "the node was started again"});
  for (const auto& [other, known] : residents_)
    if (other != number) links_.try_emplace(key_of(number, other));
  residents_[number] = {&end, false, {}};
  look_at_all_of(number);
}

void network::leave(node_number number, bool orderly) {
  residents_[number] = {};
  for (auto& [between, one] : links_)
    if (orderly && one.up && (between.first == number || between.second == number))
      take_down(between, {errc::unavailable, "the node ended"});
  look_at_all_of(number);
}

void network::pause(node_number number) {
  residents_[number].paused = true;
  look_at_all_of(number);
}

void network::resume(node_number number) {
  auto& there = residents_[number];
  there.paused = false;
  for (const auto& [peer, why] : std::exchange(there.unheard, {}))
    if (there.end != nullptr) there.end->link_down(peer, why);
  look_at_all_of(number);
}

// ---- what goes wrong ----

void network::cut(std::set<pair> pairs) {
  cut_ = std::move(pairs);
  for (const auto& [between, one] : links_)
    look_at(between);
}

void network::set_terms(node_number a, node_number b, const link_terms& terms) {
  links_[key_of(a, b)].terms = terms;
  look_at(key_of(a, b));
}

void network::clear_terms() {
  for (auto& [between, one] : links_) {
    one.terms = {};
    look_at(between);
  }
}

bool network::passes(const pair& between) const {
  const auto runs = [&](node_number number) {
    const auto found = residents_.find(number);
    return found != residents_.end() && found->second.end != nullptr && !found->second.paused;
  };
  const auto found = links_.find(between);
  return found != links_.end() && found->second.terms.drop < 1.0 && !cut_.contains(between) &&
         runs(between.first) && runs(between.second);
}

/// Something about the link has changed: it comes up, goes on, or falls silent.
void network::look_at(const pair& between) {
  auto& one = links_[between];
  const bool can_pass = passes(between);
  if (can_pass) {
    time_.cancel(std::exchange(one.silence, {}));
    if (!one.up && one.dial.number == 0)
      one.dial = time_.after(one_way(between) * ways_to_come_up, clock::purpose::work, [=, this] {
        auto& dialed = links_[between];
        dialed.dial = {};
        if (!dialed.up && passes(between)) bring_up(between);
      });
  } else {
    time_.cancel(std::exchange(one.dial, {}));
    if (one.up && one.silence.number == 0)
      one.silence = time_.after(silence_max, clock::purpose::work, [=, this] {
        links_[between].silence = {};
        take_down(between, {errc::unavailable, "nothing came from it for 30 seconds"});
      });
  }
  for (const std::size_t way : {0U, 1U})
    arrange(between, way);
}

void network::look_at_all_of(node_number number) {
  for (const auto& [between, one] : links_)
    if (between.first == number || between.second == number) look_at(between);
}

// ---- links ----

void network::bring_up(const pair& between) {
  links_[between].up = true;
  time_.stir_network();
  const auto [a, b] = between;
  residents_[a].end->link_up(b);
  residents_[b].end->link_up(a);
}

void network::take_down(const pair& between, const error& why) {
  auto& one = links_[between];
  if (!std::exchange(one.up, false)) return;
  time_.stir_network();
  time_.cancel(std::exchange(one.silence, {}));
  for (const std::size_t way : {0U, 1U}) {
    one.ways[way].queue.clear();
    one.ways[way].awaited = 0;
    arrange(between, way);
  }
  tell_down(between.first, between.second, why);
  tell_down(between.second, between.first, why);
  look_at(between);
}

void network::tell_down(node_number at, node_number peer, const error& why) {
  auto& there = residents_[at];
  if (there.paused)
    there.unheard.emplace_back(peer, why);
  else if (there.end != nullptr)
    there.end->link_down(peer, why);
}

bool network::is_up(node_number a, node_number b) const {
  const auto found = links_.find(key_of(a, b));
  return found != links_.end() && found->second.up;
}

// ---- messages ----

std::chrono::nanoseconds network::one_way(const pair& between) {
  std::chrono::nanoseconds base = options_.latency;
  if (!options_.places.empty()) {
    const auto place_of = [&](node_number number) {
      return number <= options_.places.size() ? options_.places[number - 1] : place{};
    };
    const auto a = place_of(between.first);
    const auto b = place_of(between.second);
    base = std::chrono::nanoseconds{std::llround(std::hypot(a.x - b.x, a.y - b.y) * 1e6)};
  }
  return base + links_[between].terms.delay;
}

/// Of one message, with jitter and what a lost one costs.
std::chrono::nanoseconds network::travel(const pair& between) {
  auto took = one_way(between);
  if (options_.places.empty())
    took += std::chrono::nanoseconds{static_cast<std::int64_t>(
        random_.unit() * static_cast<double>(std::chrono::nanoseconds{options_.latency}.count()))};
  const double drop = links_[between].terms.drop;
  std::chrono::nanoseconds again = resent_after;
  while (drop > 0 && random_.unit() < drop) {
    took += again;
    again = std::min<std::chrono::nanoseconds>(again * 2, resent_after_max);
    if (took >= silence_max) break;
  }
  return took;
}

bool network::send(node_number from, node_number to, message what) {
  const auto between = key_of(from, to);
  const auto found = links_.find(between);
  if (found == links_.end() || !found->second.up) return false;
  const auto way = way_from(from, to);
  auto& direction = found->second.ways[way];
  auto due = time_.now().mono + travel(between);
  if (!direction.queue.empty()) due = std::max(due, direction.queue.back().due);
  if (is_awaited(what)) ++direction.awaited;
  direction.queue.push_back({due, std::move(what)});
  arrange(between, way);
  return true;
}

/// The arrival of what is first in the queue, if it can arrive.
void network::arrange(const pair& between, std::size_t way) {
  auto& direction = links_[between].ways[way];
  const bool moves = !direction.queue.empty() && passes(between);
  if (moves != (direction.arrival.number != 0)) {
    time_.cancel(std::exchange(direction.arrival, {}));
    if (moves)
      direction.arrival = time_.at(direction.queue.front().due, clock::purpose::upkeep,
                                   [=, this] { arrive(between, way); });
  }
  recount(between, way);
}

void network::recount(const pair& between, std::size_t way) {
  auto& direction = links_[between].ways[way];
  const bool counts = direction.awaited > 0 && direction.arrival.number != 0;
  if (std::exchange(direction.counted, counts) == counts) return;
  if (counts)
    ++awaited_;
  else
    --awaited_;
}

void network::arrive(const pair& between, std::size_t way) {
  auto& direction = links_[between].ways[way];
  direction.arrival = {};
  COMET_CHECK(!direction.queue.empty());
  auto what = std::move(direction.queue.front().what);
  direction.queue.pop_front();
  if (is_awaited(what)) --direction.awaited;
  arrange(between, way);
  const auto from = way == 0 ? between.first : between.second;
  const auto to = way == 0 ? between.second : between.first;
  residents_[to].end->receive(from, std::move(what));
}

}  // namespace comet::lab
