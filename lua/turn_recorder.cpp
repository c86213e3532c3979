#include "lua/turn_recorder.hpp"

#include <utility>

#include "object/turn_ring.hpp"

namespace comet::lua {

namespace {

constexpr std::size_t slices_max = 4'096;

std::size_t size_of(const object::reply& r) {
  std::size_t n = sizeof r + r.text.size();
  for (const auto& item : r.items)
    n += size_of(item);
  return n;
}

std::size_t size_of(const object::outcall& call) {
  std::size_t n = sizeof call + call.key.size() + call.value.size() + call.method.size();
  for (const auto& arg : call.args)
    n += sizeof arg + arg.size();
  return n;
}

}  // namespace

turn_recorder::turn_recorder(const object::record* current, const instant& now, std::uint64_t seed,
                             std::vector<bytes> rights, bool warm)
    : trace_(std::make_shared<object::turn_trace>()) {
  trace_->began = now.wall;
  trace_->warm = warm;
  trace_->seed = seed;
  trace_->rights = std::move(rights);
  if (current == nullptr) return;
  for (const auto& t : current->active->timers)
    trace_->timers.push_back(t.name);
  trace_->replicas = current->active->replicas;
}

void turn_recorder::begin(const object::policy& limits, const environment& world) {
  trace_->limits = limits;
  trace_->limits.users.reset();
  trace_->node_id = world.node_id;
  trace_->node_ip = world.external_ip;
}

void turn_recorder::slice(wall_time now) {
  if (trace_->slices.size() == slices_max) {
    trace_->cut = true;
  } else {
    trace_->slices.push_back(now);
  }
}

std::shared_ptr<const object::turn_trace> turn_recorder::take() {
  return std::exchange(trace_, nullptr);
}

/// Once there is no room, nothing more is noted: what follows would have lost its place.
bool turn_recorder::has_room_for(std::size_t size) {
  bytes_ += size;
  if (bytes_ > object::recorded_turn_bytes_max) trace_->cut = true;
  return !trace_->cut;
}

bool turn_recorder::trusted(bool decided) {
  trace_->trusted = decided;
  return decided;
}

std::optional<object::call_access> turn_recorder::access(const object::outcall& call,
                                                         object::call_access decided) {
  if (has_room_for(size_of(call))) {
    object::recorded_call noted;
    noted.what = call;
    noted.access = decided;
    trace_->calls.push_back(std::move(noted));
  }
  return decided;
}

void turn_recorder::sent(const object::outcall& call, bool later) {
  if (!has_room_for(size_of(call))) return;
  auto& noted = trace_->calls.back();
  noted.what = call;
  noted.what.token = 0;
  noted.sent = true;
  noted.later = later;
}

void turn_recorder::answered(const object::reply& answer) {
  if (has_room_for(size_of(answer))) trace_->calls.back().answer = answer;
}

bool turn_recorder::may_publish(bytes_view channel, bool decided) {
  if (!decided && has_room_for(sizeof(bytes) + channel.size()))
    trace_->channels_refused.emplace_back(channel);
  return decided;
}

std::optional<digest> turn_recorder::known_node(bytes_view /*id*/, std::optional<digest> decided) {
  if (decided && has_room_for(sizeof(digest))) trace_->nodes_known.push_back(*decided);
  return decided;
}

void turn_recorder::looked_at(const object::known_group* group) {
  if (trace_->group) return;
  trace_->group.emplace();
  if (group != nullptr) trace_->group = group->members;
}

}  // namespace comet::lua
