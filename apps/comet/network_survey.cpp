#include "apps/comet/network_survey.hpp"

#include <fmt/format.h>

#include <future>
#include <utility>

namespace comet::client {
namespace {

constexpr const char* objects_asked = "100";  // as many as a node lists

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Empty: the sample is whole.
result<bytes> fill(connection& to, node_sample& sample, bool with_top) {
  auto info = to.ask({"INFO", "everything"});
  if (!info) return std::move(info).failure();
  if (info->failed()) return info->text;
  sample.info = info_figures::parse(info->text);
  const bytes id = sample.info->text("node_id");
  if (!id.empty() && !sample.node.id.empty() && id != sample.node.id) {
    sample.info.reset();
    return fmt::format("another node ({}) answers at {}; ask this one where it is: --node",
                       printable(shortened(id, 12)), printable(sample.node.resp));
  }
  for (std::size_t i = 0; with_top && i < measure_count; ++i) {
    auto top = to.ask(
        {"COMET", "TOP", "BY", bytes{object::work_measure_names.at(i)}, "COUNT", objects_asked});
    if (!top) return std::move(top).failure();
    if (top->failed()) return top->text;
    sample.top.at(i) = listed_objects_of(*top);
  }
  return bytes{};
}

}  // namespace

network_survey::network_survey(access home, std::chrono::milliseconds patience)
    : home_access_(std::move(home)), patience_{patience, patience} {}

result<void> network_survey::reach_home() {
  if (home_) return {};
  auto opened = connection::open(home_access_.node, home_access_.who, patience_);
  if (!opened) return std::move(opened).failure();
  home_ = std::make_unique<connection>(std::move(*opened));
  return {};
}

result<object::reply> network_survey::ask(const request& words) {
  if (auto reached = reach_home(); !reached) return std::move(reached).failure();
  auto answer = home_->ask(words);
  if (!answer) home_.reset();
  return answer;
}

/// The connection, for the next time; null when it broke.
std::unique_ptr<connection> network_survey::take_sample(std::unique_ptr<connection> to,
                                                        node_sample& sample, bool with_top) const {
  if (!to) {
    const auto where = runtime::parse_address(sample.node.resp);
    if (!where) {
      sample.failure = "it does not say where its clients connect";
      return nullptr;
    }
    auto opened = connection::open(*where, home_access_.who, patience_);
    if (!opened) {
      sample.failure = opened.failure().message;
      return nullptr;
    }
    to = std::make_unique<connection>(std::move(*opened));
  }
  const auto filled = fill(*to, sample, with_top);
  sample.at_s = now_s();
  if (!filled) {
    sample.info.reset();
    sample.failure = filled.failure().message;
    return nullptr;
  }
  sample.failure = *filled;
  return to;
}

result<std::vector<node_sample>> network_survey::look(bool with_top) {
  const auto nodes = ask({"COMET", "NODES"});
  if (!nodes) return nodes.failure();
  if (nodes->failed())
    return error{nodes->text.starts_with("LOADING") ? errc::joining : errc::no_permission,
                 nodes->text};
  std::vector<node_sample> samples;
  for (auto& node : nodes_of(*nodes)) {
    samples.emplace_back().node = std::move(node);
    if (!samples.back().node.answers()) samples.back().failure = samples.back().node.why;
  }
  std::vector<std::future<std::unique_ptr<connection>>> asked(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    node_sample& one = samples[i];
    if (one.node.is_here() || !one.node.answers()) continue;
    asked[i] = std::async(std::launch::async,
                          [this, &one, with_top, to = std::move(others_[one.node.id])]() mutable {
                            return take_sample(std::move(to), one, with_top);
                          });
  }
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].node.is_here())
      home_ = take_sample(std::move(home_), samples[i], with_top);
    else if (asked[i].valid())
      others_[samples[i].node.id] = asked[i].get();
  }
  return samples;
}

}  // namespace comet::client
