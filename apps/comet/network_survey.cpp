#include "apps/comet/network_survey.hpp"

#include <fmt/format.h>

#include <future>
#include <utility>

namespace comet::client {
namespace {

constexpr const char* objects_asked = "100";                // as many as a node lists
constexpr std::chrono::milliseconds list_patience{20'000};  // longer than a node waits for others

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

result<void> network_survey::reach(std::unique_ptr<connection>& to,
                                   const connection_patience& patience) {
  if (to) return {};
  auto opened = connection::open(home_access_.node, home_access_.who, patience);
  if (!opened) return std::move(opened).failure();
  to = std::make_unique<connection>(std::move(*opened));
  return {};
}

result<object::reply> network_survey::ask(const request& words) {
  if (auto reached = reach(home_, patience_); !reached) return std::move(reached).failure();
  auto answer = home_->ask(words);
  if (!answer) home_.reset();
  return answer;
}

result<void> network_survey::refresh_list() {
  if (!list_asked_) {
    if (auto reached = reach(list_, {patience_.to_connect, list_patience}); !reached)
      return reached;
    if (auto sent = list_->send({"COMET", "NODES"}); !sent) {
      list_.reset();
      return sent;
    }
    list_asked_ = true;
  }
  if (!nodes_.empty() && !list_->answers_within(patience_.to_answer)) return {};
  list_asked_ = false;
  const auto answer = list_->receive();
  if (!answer) {
    list_.reset();
    return answer.failure();
  }
  if (answer->failed())
    return error{answer->text.starts_with("LOADING") ? errc::joining : errc::no_permission,
                 answer->text};
  nodes_ = nodes_of(*answer);
  return {};
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
  if (auto listed = refresh_list(); !listed) return std::move(listed).failure();
  std::vector<node_sample> samples;
  for (const auto& node : nodes_) {
    samples.emplace_back().node = node;
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
    node_sample& one = samples[i];
    if (asked[i].valid()) others_[one.node.id] = asked[i].get();
    if (!one.node.is_here()) continue;
    if (auto reached = reach(home_, patience_); !reached)
      one.failure = reached.failure().message;
    else
      home_ = take_sample(std::move(home_), one, with_top);
  }
  return samples;
}

}  // namespace comet::client
