#include "lab/clock.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace comet::lab {

namespace {

/// Not the beginning of the clock, which means "never" to those who keep times.
constexpr mono_time first{std::chrono::hours{1}};

}  // namespace

clock::clock(wall_time wall)
    : now_(first),
      mono_began_(first),
      wall_began_(wall),
      stirred_(first),
      network_stirred_(first) {}

wall_time clock::wall_at(mono_time when) const {
  return wall_began_ + std::chrono::floor<wall_clock::duration>(when - mono_began_);
}

mono_time clock::when(wall_time wall) const {
  return std::max(now_, mono_began_ + (wall - wall_began_));
}

clock::event clock::at(mono_time when, purpose why, std::function<void()> what) {
  const event made{std::max(when, now_), ++made_};
  events_waiting_.emplace(made, entry{why, std::move(what)});
  if (why == purpose::work) ++work_;
  return made;
}

void clock::cancel(const event& which) {
  const auto found = events_waiting_.find(which);
  if (found == events_waiting_.end()) return;
  if (found->second.why == purpose::work) --work_;
  events_waiting_.erase(found);
}

bool clock::step() {
  if (events_waiting_.empty()) return false;
  auto next = events_waiting_.extract(events_waiting_.begin());
  if (next.mapped().why == purpose::work) --work_;
  now_ = next.key().at;
  ++events_;
  next.mapped().what();
  return true;
}

std::optional<mono_time> clock::next() const {
  if (events_waiting_.empty()) return std::nullopt;
  return events_waiting_.begin()->first.at;
}

void clock::pass_to(mono_time then) {
  COMET_CHECK(then >= now_ && (events_waiting_.empty() || then <= *next()));
  now_ = then;
}

void clock::leap_to(wall_time wall) {
  wall_began_ += std::max(wall - wall_at(now_), wall_clock::duration{0});
}

}  // namespace comet::lab
