#include "actors/executor.hpp"

#include <algorithm>
#include <utility>

#include "actors/clock.hpp"
#include "actors/type_ids.hpp"

namespace comet::actors {

executor::executor(caf::event_based_actor* self, std::size_t index, const object::policy& limits,
                   lua::environment world, std::size_t executors)
    : self_(self), index_(index), host_(limits, std::move(world), executors) {}

caf::behavior executor::make_behavior() {
  return {
      [this](work_parcel& batch) {
        reactor_ = caf::actor_cast<caf::actor>(self_->current_sender());
        ++account_.batches;
        host_.accept(batch.take(), read_clocks());
        if (!continuing_) work();
      },
      [this](continue_work) {
        continuing_ = false;
        work();
      },
      [this](deadline_tick) {
        tick_pending_ = false;
        host_.expire(read_clocks());
        if (!continuing_) work();
      },
      [this](const limits_changed& changed) { host_.set_limits(changed->limits); },
  };
}

void executor::work() {
  auto now = read_clocks();
  const auto began = now.mono;
  const auto stretch_end = began + stretch_max;
  bool more = host_.run(slices_a_look, now);
  while (more) {
    now = read_clocks();
    host_.end_look(now.mono);
    if (now.mono >= stretch_end) break;
    more = host_.run(slices_a_look, now);
  }
  if (more) {
    continuing_ = true;
    self_->send(self_, continue_work{});
  }
  const auto ended = read_mono_clock();
  host_.end_look(ended);
  account_.busy_ns += static_cast<std::uint64_t>((ended - began).count());
  report();
  arm_tick(ended);
}

void executor::report() {
  if (!host_.has_outcomes()) return;
  executor_report done;
  done.executor = index_;
  done.outcomes = host_.take_outcomes();
  account_.turns += done.outcomes.finished.size();
  for (const auto& turn : done.outcomes.finished)
    account_.fuel += static_cast<std::uint64_t>(turn.outcome.fuel);
  account_.hot_objects = done.outcomes.hot_objects;
  account_.hot_bytes = done.outcomes.hot_bytes;
  account_.owners_held = done.outcomes.owners_held;
  account_.preemptions = done.outcomes.preemptions;
  account_.activations = done.outcomes.activations;
  account_.passivations = done.outcomes.passivations;
  account_.waiting = done.outcomes.waiting;
  done.account = account_;
  self_->send(reactor_, report_parcel{std::move(done)});
}

void executor::arm_tick(mono_time now) {
  const auto due = host_.next_wake();
  if (!due || std::exchange(tick_pending_, true)) return;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*due - now);
  self_->delayed_send(self_, std::clamp(wait, tick_min, tick_max), deadline_tick{});
}

}  // namespace comet::actors
