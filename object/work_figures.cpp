#include "object/work_figures.hpp"

#include <algorithm>
#include <utility>

namespace comet::object {

namespace {

constexpr std::size_t name_digits = 12;
/// A sum is told when it is over this part of the smallest that is listed, a level when it changed
/// by that part of itself.
constexpr std::uint64_t untold_part = 8;

}  // namespace

work_figures::work_figures()
    : lists_{top_list{objects_max}, top_list{objects_max}, top_list{objects_max},
             top_list{objects_max}, top_list{objects_max}, top_list{objects_max}} {
  codes_.reserve(codes_max + 1);
  codes_.emplace_back().name = "other";
}

code_figures& work_figures::row_of(const digest& code) {
  if (const auto found = places_.find(code); found != places_.end()) return codes_[found->second];
  if (codes_.size() > codes_max || code == digest{}) return codes_.back();
  const std::size_t place = codes_.size() - 1;  // "other" goes one up
  places_.emplace(code, place);
  auto other = std::move(codes_.back());
  codes_.back() = {};
  codes_.back().name = to_hex(as_bytes(code)).substr(0, name_digits);
  codes_.push_back(std::move(other));
  return codes_[place];
}

void work_figures::turn_ended(const turn_seen& seen, untold_work& work) {
  slow_.note(seen);
  auto& row = row_of(seen.code);
  ++row.turns;
  if (seen.failure != nullptr) {
    ++row.failures;
    if (seen.breach) row.breaches.count(seen.failure->code);
  }
  row.fuel += seen.fuel;
  row.memory_peak = std::max(row.memory_peak, seen.memory_peak);
  row.state_bytes += seen.state_bytes;
  if (seen.activated) ++row.activations;
  row.waited.add(seen.waited);
  row.ran.add(seen.ran);

  work.fuel += seen.fuel;
  work.turns += 1;
  work.bytes += seen.state_bytes;
  tell_sum(work_measure::fuel, seen.key, work.fuel, work);
  tell_sum(work_measure::turns, seen.key, work.turns, work);
  tell_sum(work_measure::messages, seen.key, work.messages, work);
  tell_sum(work_measure::state_bytes, seen.key, work.bytes, work);
  tell_level(work_measure::memory, seen.key, seen.memory, work.memory_told, work);
  tell_level(work_measure::mailbox, seen.key, seen.mailbox, work.mailbox_told, work);
}

/// The list hears of it when a turn of the object ends.
void work_figures::message_sent(const digest& code, untold_work& work) {
  ++row_of(code).messages;
  ++work.messages;
}

void work_figures::timer_fired(const digest& code, std::chrono::milliseconds late) {
  ++row_of(code).timers;
  timers_late_.add(late);
}

void work_figures::tell_sum(work_measure by, bytes_view key, std::uint64_t& untold,
                            untold_work& work) {
  const auto i = static_cast<std::size_t>(by);
  if (untold <= lists_[i].floor() / untold_part) return;
  lists_[i].add(key, std::exchange(untold, 0), work.places[i]);
}

/// A level that may be among the top ones is told again when it did not change: its key may have
/// left the list meanwhile.
void work_figures::tell_level(work_measure by, bytes_view key, std::uint64_t level,
                              std::uint64_t& told, untold_work& work) {
  const auto i = static_cast<std::size_t>(by);
  const auto change = level > told ? level - told : told - level;
  if (change <= told / untold_part && level <= lists_[i].floor()) return;
  lists_[i].set(key, level, work.places[i]);
  told = level;
}

std::vector<top_list::row> work_figures::top(work_measure by, std::size_t count) const {
  return lists_[static_cast<std::size_t>(by)].top(count);
}

reply told_top(const std::vector<top_list::row>& rows) {
  const auto number = [](std::uint64_t n) { return reply::number(static_cast<std::int64_t>(n)); };
  std::vector<reply> objects;
  objects.reserve(rows.size());
  for (const auto& row : rows)
    objects.push_back(reply::map({reply::bulk("key"), reply::bulk(row.key), reply::bulk("value"),
                                  number(row.value), reply::bulk("error"), number(row.error)}));
  return reply::list(std::move(objects));
}

}  // namespace comet::object
