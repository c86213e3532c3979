#include "object/timer_wheel.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.hpp"

namespace comet::object {

namespace {

constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63U;
/// Nodes over these are given back, a few a call, while the wheel is empty.
constexpr std::size_t kept_nodes = 4'096;

std::uint64_t tick_of(wall_time t) {
  return static_cast<std::uint64_t>(to_unix_ms(t)) ^ sign_bit;
}

wall_time time_of(std::uint64_t tick) {
  return from_unix_ms(static_cast<std::int64_t>(tick ^ sign_bit));
}

}  // namespace

unsigned timer_wheel::slot_of(tick t, unsigned level) {
  return static_cast<unsigned>(t >> level_bits * level & (slots - 1));
}

void timer_wheel::arm(bytes_view key, wall_time due) {
  std::uint32_t index = free_;
  if (index != none) {
    free_ = nodes_[index].next;
  } else {
    COMET_CHECK(used_ < none);
    index = used_++;
    if (index == nodes_.size()) nodes_.emplace_back();
  }
  nodes_[index].due = tick_of(due);
  nodes_[index].key = key;
  ++size_;
  if (nodes_[index].due >= position_) {
    place(index);
    return;
  }
  passed_.push_back(index);
  std::push_heap(passed_.begin(), passed_.end(), [this](std::uint32_t a, std::uint32_t b) {
    return nodes_[a].due > nodes_[b].due;
  });
}

void timer_wheel::advance(wall_time now, std::size_t limit, std::vector<bytes>& out) {
  const tick end = tick_of(now);
  while (!passed_.empty() && nodes_[passed_.front()].due <= end) {
    if (limit == 0) return;
    std::pop_heap(passed_.begin(), passed_.end(), [this](std::uint32_t a, std::uint32_t b) {
      return nodes_[a].due > nodes_[b].due;
    });
    give_out(passed_.back(), out);
    passed_.pop_back();
    --limit;
  }
  std::size_t moves = moves_max;
  while (settle(moves)) {
    const auto first = first_occupied();
    if (!first || first->start > end) {
      position_ = std::max(position_, end + 1);  // which is 0 at the end of time
      break;
    }
    position_ = first->start;
    if (first->level > 0) continue;
    while ((levels_[0].occupied >> first->slot & 1U) != 0) {
      if (limit == 0) return;
      give_out(take_first(0, first->slot), out);
      --limit;
    }
  }
  if (size_ > 0) return;
  free_ = none;
  used_ = 0;
  for (; nodes_.size() > kept_nodes && moves > 0; --moves)
    nodes_.pop_back();
}

std::optional<wall_time> timer_wheel::next_due() const {
  if (!passed_.empty()) return time_of(nodes_[passed_.front()].due);
  const auto first = first_occupied();
  if (!first) return std::nullopt;
  return time_of(first->start);
}

void timer_wheel::clear() {
  levels_ = {};
  nodes_.clear();
  free_ = none;
  used_ = 0;
  passed_.clear();
  size_ = 0;
}

std::optional<timer_wheel::slot_position> timer_wheel::first_occupied() const {
  std::optional<slot_position> first;
  for (unsigned level = 0; level < levels; ++level) {
    const unsigned from = slot_of(position_, level);
    const std::uint64_t ahead = levels_[level].occupied >> from;
    if (ahead == 0) continue;
    const unsigned slot = from + static_cast<unsigned>(std::countr_zero(ahead));
    const unsigned above = level_bits * (level + 1);
    const tick base = above < 64 ? position_ >> above << above : 0;
    const tick start = std::max(base | tick{slot} << level_bits * level, position_);
    if (!first || start < first->start) first = slot_position{level, slot, start};
  }
  return first;
}

/// Links an entry that is not before `position_` into the lowest level that can tell them apart.
void timer_wheel::place(std::uint32_t index) {
  const tick due = nodes_[index].due;
  const tick difference = due ^ position_;
  const unsigned level =
      difference == 0 ? 0 : static_cast<unsigned>(std::bit_width(difference) - 1) / level_bits;
  const unsigned number = slot_of(due, level);
  slot& target = levels_[level].lists[number];
  nodes_[index].next = none;
  if (target.last == none) {
    target.first = index;
  } else {
    nodes_[target.last].next = index;
  }
  target.last = index;
  levels_[level].occupied |= std::uint64_t{1} << number;
}

std::uint32_t timer_wheel::take_first(unsigned level, unsigned number) {
  slot& source = levels_[level].lists[number];
  const std::uint32_t index = source.first;
  source.first = nodes_[index].next;
  if (source.first == none) {
    source.last = none;
    levels_[level].occupied &= ~(std::uint64_t{1} << number);
  }
  return index;
}

/// Moves what lies in the coarse slots that hold `position_` down to where it is told apart.
/// Returns whether nothing is left to move.
bool timer_wheel::settle(std::size_t& moves) {
  for (unsigned level = levels - 1; level > 0; --level) {
    const unsigned number = slot_of(position_, level);
    while ((levels_[level].occupied >> number & 1U) != 0) {
      if (moves == 0) return false;
      --moves;
      place(take_first(level, number));
    }
  }
  return true;
}

void timer_wheel::give_out(std::uint32_t index, std::vector<bytes>& out) {
  node& spent = nodes_[index];
  out.push_back(std::move(spent.key));
  spent.key.clear();
  spent.next = free_;
  free_ = index;
  --size_;
}

}  // namespace comet::object
