#include "net/wire/command_figures.hpp"

#include <utility>

#include "base/check.hpp"

namespace comet::wire {

command_counts::command_counts() {
  all_.emplace_back().name = "unknown";
  const auto add = [this](const resolved_command& one) {
    places_.emplace(one.row, static_cast<place>(all_.size()));
    all_.emplace_back().name = one.full_name();
  };
  for (const command_row* row : all_commands()) {
    add({row, nullptr});
    for (const command_row& sub : row->subcommands)
      add({&sub, row});
  }
  at_once_.resize(all_.size());
}

command_counts::place command_counts::place_of(const command_row* row) {
  if (row == nullptr) return 0;
  if (row == last_row_) return last_place_;
  const auto found = places_.find(row);
  COMET_CHECK(found != places_.end());
  last_row_ = row;
  last_place_ = found->second;
  return last_place_;
}

void command_counts::answered_at_once(place at) {
  if (at_once_[at]++ == 0) untimed_.push_back(at);
}

void command_counts::end_read(std::chrono::nanoseconds took) {
  for (const place at : untimed_)
    all_[at].took.add(took, std::exchange(at_once_[at], 0));
  untimed_.clear();
}

std::vector<command_figures> command_counts::used() const {
  std::vector<command_figures> used;
  for (const auto& one : all_)
    if (one.took.count() > 0 || one.errors > 0) used.push_back(one);
  return used;
}

}  // namespace comet::wire
