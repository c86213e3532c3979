#include "lab/world.hpp"

#include <algorithm>
#include <utility>

#include "lab/client.hpp"
#include "lab/clock.hpp"
#include "lab/network.hpp"
#include "lab/seat.hpp"

namespace comet::lab {

namespace {

/// Of virtual time, before `epoch`: the network is founded and comes to rest.
constexpr std::chrono::hours founding{1};
/// Whoever waits for what does not come has noticed by then: deaths, elections, changes of groups.
constexpr std::chrono::seconds network_patience{60};
constexpr std::chrono::seconds patience{5};
/// As long as somebody waits for an answer.
constexpr std::chrono::minutes answer_patience{10};
constexpr std::chrono::minutes settle_max{10};
/// What is due is done at the latest then, by nodes that can.
constexpr std::chrono::milliseconds late_max{1'000};
/// Nodes that came back, or met again, have found by then what was due meanwhile, however old.
constexpr std::chrono::seconds catch_up_max{10};

}  // namespace

world::world(world_options options)
    : options_(std::move(options)),
      clock_(std::make_unique<clock>(epoch - founding)),
      random_(options_.seed),
      chance_(options_.seed ^ 0x9e3779b97f4a7c15U) {
  network_options links;
  links.seed = chance_();
  links.latency = options_.latency;
  links.places = options_.places;
  network_ = std::make_unique<network>(*clock_, std::move(links));
  learn_user("admin");
}

world::~world() = default;

result<std::unique_ptr<world>> world::make(world_options options) {
  if (options.nodes < 1 || options.nodes > nodes_max)
    return {errc::out_of_range, "a network has 1 to " + std::to_string(nodes_max) + " nodes, not " +
                                    std::to_string(options.nodes)};
  if (options.limit.count() <= 0)
    return {errc::out_of_range, "the limit of virtual time has to be more than nothing"};
  if (options.latency.count() < 0)
    return {errc::out_of_range, "no message arrives before it is sent: the latency is negative"};
  std::unique_ptr<world> made{new world(std::move(options))};
  made->found();
  if (auto rests = made->settle(); !rests) return std::move(rests.failure());
  made->clock_->leap_to(epoch);
  return made;
}

// ---- time ----

wall_time world::now() const {
  return clock_->now().wall;
}

std::uint64_t world::events() const {
  return clock_->events();
}

std::uint64_t world::random(std::uint64_t bound) {
  return 1 + random_.below(std::max<std::uint64_t>(bound, 1));
}

error world::limit_reached(bytes_view what) const {
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(options_.limit).count();
  const bytes limit = hours >= 48 ? std::to_string(hours / 24) + " days"
                      : hours > 0 ? std::to_string(hours) + " hours"
                                  : std::to_string(options_.limit.count()) + " ms";
  return {errc::unavailable, "the limit of virtual time, " + limit + ", was reached before " +
                                 bytes{what} + "; nothing more is done in this network"};
}

/// One event, or, when nothing is under way, a leap to what is due next; not beyond `until`.
void world::step(wall_time until) {
  if (rests()) {
    const auto due = next_due(now());
    clock_->leap_to(due ? std::min(*due, until) : until);
    for (const auto& one : seats_)
      if (one->running) one->running->wake();
    return;
  }
  const auto next = clock_->next();
  const auto last = clock_->when(until);
  if (next && *next <= last)
    clock_->step();
  else
    clock_->pass_to(last);
}

bool world::rests() const {
  if (clock_->has_work() || network_->has_awaited()) return false;
  const bool counts = std::ranges::any_of(seats_, [](const auto& one) {
    return one->running && !one->running->paused() && one->running->counts_messages();
  });
  if (counts) return false;
  if (is_stuck()) return true;
  return nodes_rest() && !is_anything_due();
}

/// Something should have been done by now, and there are nodes that may still do it.
bool world::is_anything_due() const {
  const bool catches_up = clock_->now().mono - clock_->network_stirred() <= catch_up_max;
  const auto first = next_due(catches_up ? wall_time{} : now() - late_max);
  return first && *first <= now();
}

bool world::nodes_rest() const {
  return std::ranges::all_of(
      seats_, [](const auto& one) { return !one->running || one->running->is_at_rest(); });
}

/// Somebody waits, and for so long that nothing comes of it any more: a node is gone, say, and its
/// copies are not whole.
bool world::is_stuck() const {
  const auto at = clock_->now().mono;
  if (at - clock_->network_stirred() <= network_patience) return false;
  const auto any = [this](auto holds) {
    return std::ranges::any_of(
        seats_, [&](const auto& one) { return one->running && holds(*one->running); });
  };
  if (!any([](const node& one) { return !one.is_idle(); }) && !is_anything_due()) return true;
  const bool is_asked = any([](const node& one) { return !one.paused() && one.is_asked(); });
  return at - clock_->stirred() > (is_asked ? answer_patience : patience);
}

/// Of all nodes that run.
std::optional<wall_time> world::next_due(wall_time after) const {
  std::optional<wall_time> first;
  for (const auto& one : seats_) {
    if (!one->running || one->running->paused()) continue;
    const auto due = one->storage.next_due(after);
    if (due && (!first || *due < *first)) first = due;
  }
  return first;
}

result<void> world::advance(std::chrono::milliseconds span) {
  if (span.count() < 0) return {errc::out_of_range, "time does not go back"};
  const auto until = now() + span;
  while (now() < std::min(until, end()))
    step(std::min(until, end()));
  finish_moment();
  if (until > end()) return limit_reached("it passed");
  return {};
}

/// What is due now is done before anybody asks: as much as the calendar's millisecond has room for.
void world::finish_moment() {
  const auto last = clock_->when(now() + wall_clock::duration{1});
  while (clock_->has_work() && clock_->next() && *clock_->next() < last)
    clock_->step();
}

bool world::is_whole() const {
  return std::ranges::all_of(
      seats_, [](const auto& one) { return !one->running || one->running->is_whole(); });
}

result<void> world::settle() {
  const auto quiet = [this] {
    if (clock_->has_work() || network_->has_awaited()) return false;
    return (nodes_rest() && is_whole()) || is_stuck();
  };
  const auto began = clock_->now().mono;
  const auto last = began + settle_max;
  while (!quiet()) {
    if (is_over()) return limit_reached("the network came to rest");
    if (clock_->now().mono >= last)
      return {errc::unavailable, "the network did not come to rest within 10 minutes"};
    // Not by `step`: what is due much later is not waited for.
    if (!clock_->step()) break;
  }
  return {};
}

}  // namespace comet::lab
