#include "object/scheduler.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace comet::object {

namespace {

/// Virtual time of one instruction at weight 1; a charge is cut so that differences stay far from
/// half of the range.
constexpr std::uint64_t scale = 10'000;
constexpr std::uint64_t fuel_max = std::uint64_t{1} << 40U;
/// Debts remembered of owners that have no object left.
constexpr std::size_t departed_max = 1'024;
/// What an owner may take in advance, as time at its rate.
constexpr std::chrono::seconds advance{1};

/// Rounded up, so that no rate is exceeded; a charge is paid within the year.
std::chrono::nanoseconds time_for(std::uint64_t fuel, std::uint64_t rate) {
  constexpr double year = 365.0 * 86'400;
  const double seconds = static_cast<double>(fuel) / static_cast<double>(rate);
  return std::chrono::ceil<std::chrono::nanoseconds>(
      std::chrono::duration<double>(std::min(seconds, year)));
}

bool earlier(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::int64_t>(a - b) < 0;
}

}  // namespace

void scheduler::make_runnable(object_id object, owner_id owner) {
  const auto [found, added] = objects_.try_emplace(object);
  object_entry& entry = found->second;
  if (added) {
    const auto [account, first_seen] = owners_.try_emplace(owner);
    if (first_seen) {
      account->second.id = owner;
      account->second.virtual_time = virtual_time_;
      if (const auto w = weights_.find(owner); w != weights_.end()) {
        account->second.weight = w->second;
      }
    }
    entry.id = object;
    entry.owner = &account->second;
    ++entry.owner->objects;
  }
  if (entry.state == standing::idle) line_up(entry);
  if (entry.state == standing::running) entry.state = standing::running_and_awaited;
}

std::optional<scheduler::object_id> scheduler::next(mono_time now) {
  now_ = now;
  if (!held_.empty()) release_due();
  if (line_.empty()) return std::nullopt;
  owner_account& owner = *line_.front();
  object_entry& chosen = *owner.first;
  virtual_time_ = owner.virtual_time;
  leave_line(chosen);
  chosen.state = standing::running;
  if (owner.place != nowhere) {  // ties go round
    owner.turn = ++turns_;
    restore_order(owner.place);
  }
  forget_settled();
  return chosen.id;
}

void scheduler::charge(object_id object, std::uint64_t fuel, bool still_runnable) {
  const auto found = objects_.find(object);
  COMET_CHECK(found != objects_.end());
  object_entry& entry = found->second;
  COMET_CHECK(entry.state == standing::running || entry.state == standing::running_and_awaited);
  owner_account& owner = *entry.owner;
  owner.virtual_time += std::clamp<std::uint64_t>(fuel, 1, fuel_max) * scale / owner.weight;
  if (rate_ > 0) owner.paid_until = std::max(owner.paid_until, now_) + time_for(fuel, rate_);
  if (owner.place != nowhere) {
    if (release_of(owner) > now_) {
      leave(owner);
      enter(owner);
    } else {
      restore_order(owner.place);
    }
  }
  const bool again = still_runnable || entry.state == standing::running_and_awaited;
  entry.state = standing::idle;
  if (again) line_up(entry);
}

void scheduler::remove(object_id object) {
  const auto found = objects_.find(object);
  if (found == objects_.end()) return;
  object_entry& entry = found->second;
  if (entry.state == standing::in_line) leave_line(entry);
  owner_account& owner = *entry.owner;
  objects_.erase(found);
  if (--owner.objects > 0 || owner.departed) return;
  owner.departed = true;
  departed_.push_back(owner.id);
}

void scheduler::set_weight(owner_id owner, std::uint32_t weight) {
  weight = std::clamp<std::uint32_t>(weight, 1, weight_max);
  if (weight == default_weight) {
    weights_.erase(owner);
  } else {
    weights_[owner] = weight;
  }
  if (const auto found = owners_.find(owner); found != owners_.end()) {
    found->second.weight = weight;
  }
}

void scheduler::set_weights(const std::vector<std::pair<owner_id, std::uint32_t>>& weights) {
  weights_.clear();
  for (auto& [id, owner] : owners_)
    owner.weight = default_weight;
  for (const auto& [owner, weight] : weights)
    set_weight(owner, weight);
}

bool scheduler::before(const owner_account& a, const owner_account& b) {
  if (a.virtual_time != b.virtual_time) return earlier(a.virtual_time, b.virtual_time);
  return earlier(a.turn, b.turn);
}

void scheduler::line_up(object_entry& object) {
  owner_account& owner = *object.owner;
  object.state = standing::in_line;
  object.previous = owner.last;
  object.next = nullptr;
  (owner.last != nullptr ? owner.last->next : owner.first) = &object;
  owner.last = &object;
  ++waiting_;
  if (owner.place == nowhere && !owner.held_until) enter(owner);
}

void scheduler::leave_line(object_entry& object) {
  owner_account& owner = *object.owner;
  (object.previous != nullptr ? object.previous->next : owner.first) = object.next;
  (object.next != nullptr ? object.next->previous : owner.last) = object.previous;
  object.previous = object.next = nullptr;
  object.state = standing::idle;
  --waiting_;
  if (owner.first == nullptr) leave(owner);
}

/// An owner joins at the present virtual time, or later if it still owes.
void scheduler::enter(owner_account& owner) {
  if (const mono_time release = release_of(owner); release > now_) {
    owner.held_until = release;
    held_.emplace(release, owner.id);
    ++times_held_;
    return;
  }
  if (earlier(owner.virtual_time, virtual_time_)) owner.virtual_time = virtual_time_;
  owner.turn = ++turns_;
  line_.push_back(&owner);
  owner.place = line_.size() - 1;
  restore_order(owner.place);
}

mono_time scheduler::release_of(const owner_account& owner) const {
  return rate_ == 0 ? mono_time{} : owner.paid_until - advance;
}

void scheduler::release_due() {
  while (!held_.empty() && held_.begin()->first <= now_) {
    owner_account& owner = owners_.at(held_.begin()->second);
    held_.erase(held_.begin());
    readmit(owner);
  }
}

void scheduler::readmit(owner_account& owner) {
  owner.held_until.reset();
  owner.released = now_;
  enter(owner);
}

void scheduler::set_rate(std::uint64_t fuel_per_second) {
  if (rate_ == fuel_per_second) return;
  rate_ = fuel_per_second;
  for (auto& [id, owner] : owners_)
    owner.paid_until = now_;
  for (const auto& [until, id] : std::exchange(held_, {}))
    readmit(owners_.at(id));
}

bool scheduler::was_held(object_id object, mono_time since) const {
  const auto found = objects_.find(object);
  if (found == objects_.end()) return false;
  const owner_account& owner = *found->second.owner;
  return owner.held_until || (owner.released && *owner.released >= since);
}

std::optional<mono_time> scheduler::next_release() const {
  if (held_.empty()) return std::nullopt;
  return held_.begin()->first;
}

void scheduler::leave(owner_account& owner) {
  if (const auto release = std::exchange(owner.held_until, std::nullopt)) {
    held_.erase({*release, owner.id});
    return;
  }
  const std::size_t place = std::exchange(owner.place, nowhere);
  owner_account* last = line_.back();
  line_.pop_back();
  if (last == &owner) return;
  put(*last, place);
  restore_order(place);
}

/// Moves the owner at `place` up or down the binary heap to where it belongs.
void scheduler::restore_order(std::size_t place) {
  owner_account& owner = *line_[place];
  while (place > 0 && before(owner, *line_[(place - 1) / 2])) {
    put(*line_[(place - 1) / 2], place);
    place = (place - 1) / 2;
  }
  for (std::size_t child = 2 * place + 1; child < line_.size(); child = 2 * place + 1) {
    if (child + 1 < line_.size() && before(*line_[child + 1], *line_[child])) ++child;
    if (!before(*line_[child], owner)) break;
    put(*line_[child], place);
    place = child;
  }
  put(owner, place);
}

void scheduler::put(owner_account& owner, std::size_t place) {
  line_[place] = &owner;
  owner.place = place;
}

/// Drops an account without objects once virtual time has passed its debt, for then nothing is lost
/// with it; over `departed_max` of them, in any case. One look a slice keeps the work constant.
void scheduler::forget_settled() {
  if (departed_.empty()) return;
  const std::size_t looked_at = turns_ % departed_.size();
  const auto found = owners_.find(departed_[looked_at]);
  COMET_CHECK(found != owners_.end());
  owner_account& owner = found->second;
  const bool is_back = owner.objects > 0;
  const bool owes = earlier(virtual_time_, owner.virtual_time) || release_of(owner) > now_;
  if (!is_back && owes && departed_.size() <= departed_max) return;
  if (is_back) {
    owner.departed = false;
  } else {
    owners_.erase(found);
  }
  std::swap(departed_[looked_at], departed_.back());
  departed_.pop_back();
}

}  // namespace comet::object
