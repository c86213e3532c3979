#include "apps/comet/top_model.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "base/glob.hpp"

namespace comet::client {
namespace {

constexpr std::size_t list_max = object::work_figures::objects_max;
constexpr double microseconds = 1e6;

/// What grew from `before` to `now`; a figure that shrank began anew.
double growth(double now, double before) {
  return now < before ? now : now - before;
}

/// A second; nothing without two samples of one node that are apart.
std::optional<double> rate_of(std::optional<double> now, std::optional<double> before,
                              double seconds) {
  if (!now || !before || seconds <= 0) return std::nullopt;
  return growth(*now, *before) / seconds;
}

double seconds_between(const node_sample& now, const node_sample* before) {
  return before == nullptr ? 0 : now.at_s - before->at_s;
}

double own_part(const listed_object& one) {
  return static_cast<double>(one.value - std::min(one.error, one.value));
}

const listed_object* find(const std::vector<listed_object>& list, const bytes& key) {
  const auto found = std::ranges::find(list, key, &listed_object::key);
  return found == list.end() ? nullptr : &*found;
}

bool matches(bytes_view filter, bytes_view key) {
  if (filter.empty()) return true;
  if (filter.find_first_of("*?[") != bytes_view::npos) return glob_match(filter, key);
  return key.find(filter) != bytes_view::npos;
}

void keep(std::deque<double>& history, std::optional<double> figure) {
  history.push_back(figure.value_or(0));
  if (history.size() > top_model::history_max) history.pop_front();
}

}  // namespace

std::optional<double> top_object::current(object::work_measure measure) const {
  const object_measure& one = by.at(static_cast<std::size_t>(measure));
  return is_level(measure) ? one.total : one.rate;
}

void top_model::take(std::vector<node_sample> looked) {
  ++looks_;
  nodes_.clear();
  actors_.clear();
  objects_.clear();
  for (node_sample& now : looked) {
    const auto known = last_.find(now.node.id);
    const node_sample* before = known == last_.end() ? nullptr : &known->second;
    take_node(now, before);
    if (!now.info) continue;
    take_actors(now, before);
    take_objects(now, before);
    last_[now.node.id] = std::move(now);
  }
  keep(ops_, sum(&top_node::ops));
  keep(fuel_, sum(&top_node::fuel));
}

void top_model::take_node(const node_sample& now, const node_sample* before) {
  top_node& row = nodes_.emplace_back();
  row.node = now.node;
  row.failure = now.failure;
  if (now.node.memory_bytes) row.memory_bytes = static_cast<double>(*now.node.memory_bytes);
  if (now.node.keys) row.keys = static_cast<double>(*now.node.keys);
  if (!now.info || before == nullptr) return;
  const double seconds = seconds_between(now, before);
  const auto rate = [&](bytes_view name) {
    return rate_of(now.info->number(name), before->info->number(name), seconds);
  };
  row.ops = rate("total_commands_processed");
  row.turns = rate("turns");
  row.fuel = rate("fuel");
  row.cpu = rate_of(now.info->cpu_seconds(), before->info->cpu_seconds(), seconds);
}

void top_model::take_actors(const node_sample& now, const node_sample* before) {
  const double seconds = seconds_between(now, before);
  for (const actor_account& one : now.info->actors()) {
    auto row = std::ranges::find(actors_, one.kind, &top_actors::kind);
    if (row == actors_.end()) {
      actors_.emplace_back().kind = one.kind;
      row = std::prev(actors_.end());
    }
    const auto earlier = row->count;
    row->count += one.count;
    row->waiting += one.waiting;
    row->work_total += one.work;
    if (before == nullptr || seconds <= 0) continue;
    const auto same = std::ranges::find(before->info->actors(), one.kind, &actor_account::kind);
    if (same == before->info->actors().end()) continue;
    row->work = row->work.value_or(0) +
                growth(static_cast<double>(one.work), static_cast<double>(same->work)) / seconds;
    if (row->count == 0 || one.busy_us == 0) continue;
    const double busy =
        growth(static_cast<double>(one.busy_us), static_cast<double>(same->busy_us)) /
        microseconds / seconds;
    row->busy = (row->busy.value_or(0) * static_cast<double>(earlier) + busy) /
                static_cast<double>(row->count);
  }
}

void top_model::take_objects(const node_sample& now, const node_sample* before) {
  const double seconds = seconds_between(now, before);
  for (std::size_t i = 0; i < measure_count; ++i) {
    const bool level = is_level(static_cast<object::work_measure>(i));
    for (const listed_object& one : now.top.at(i)) {
      top_object& row = objects_[{now.node.id, one.key}];
      row.key = one.key;
      row.node_id = now.node.id;
      object_measure& by = row.by.at(i);
      by.total = static_cast<double>(one.value);
      if (level || before == nullptr || seconds <= 0) continue;
      const listed_object* same = find(before->top.at(i), one.key);
      by.rate = growth(own_part(one), same == nullptr ? 0 : own_part(*same)) / seconds;
    }
  }
  // What is not in a list that has room did nothing of it.
  for (auto& [place, row] : objects_) {
    if (place.first != now.node.id) continue;
    for (std::size_t i = 0; i < measure_count; ++i) {
      if (row.by.at(i).total || now.top.at(i).size() >= list_max) continue;
      row.by.at(i).total = 0;
      if (!is_level(static_cast<object::work_measure>(i)) && before != nullptr)
        row.by.at(i).rate = 0;
    }
  }
}

std::vector<top_object> top_model::objects(object::work_measure by, bytes_view filter) const {
  std::vector<top_object> found;
  for (const auto& [place, row] : objects_)
    if (matches(filter, row.key)) found.push_back(row);
  const auto rank = [by](const top_object& row) {
    return std::make_tuple(row.current(by).value_or(-1),
                           row.by.at(static_cast<std::size_t>(by)).total.value_or(-1));
  };
  std::ranges::stable_sort(found, [&](const top_object& a, const top_object& b) {
    const auto left = rank(a);
    const auto right = rank(b);
    return left == right ? std::tie(a.key, a.node_id) < std::tie(b.key, b.node_id) : left > right;
  });
  return found;
}

std::optional<double> top_model::sum(std::optional<double> top_node::*figure) const {
  std::optional<double> all;
  for (const top_node& one : nodes_)
    if (one.*figure) all = all.value_or(0) + *(one.*figure);
  return all;
}

}  // namespace comet::client
