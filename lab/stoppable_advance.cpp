#include "lab/stoppable_advance.hpp"

#include <algorithm>

#include "lab/duration_text.hpp"

namespace comet::lab {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds first_step = std::chrono::minutes{1};
constexpr milliseconds step_min{100};
constexpr milliseconds step_max = std::chrono::hours{24};
constexpr std::uint64_t events_few = 500;
constexpr std::uint64_t events_many = 2'000;

}  // namespace

result<void> advance(world& network, milliseconds span, const std::atomic<bool>& stop) {
  const wall_time began = network.now();
  const wall_time until = began + span;
  if (span.count() <= 0) return network.advance(span);
  milliseconds step = first_step;
  while (network.now() < until) {
    if (stop.load())
      return {errc::unavailable, "stopped after " + duration_text(network.now() - began) + " of " +
                                     duration_text(span)};
    const std::uint64_t events = network.events();
    if (auto passed = network.advance(std::min(step, until - network.now())); !passed)
      return passed;
    const std::uint64_t happened = network.events() - events;
    if (happened < events_few) step = std::min(step * 2, step_max);
    if (happened > events_many) step = std::max(step / 2, step_min);
  }
  return {};
}

}  // namespace comet::lab
