#include "apps/comet/top_refresh.hpp"

#include <utility>

#include "apps/comet/rendering.hpp"

namespace comet::client {

std::vector<bytes> lines_of(const object::reply& answer) {
  std::vector<bytes> lines;
  const bytes text = rendered(answer, {.terminal = true});
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    bytes line;
    for (const char c : bytes_view{text}.substr(at, end - at))
      line += c == '\t' ? bytes{"  "} : printable(bytes_view{&c, 1});
    lines.push_back(std::move(line));
    at = end + 1;
  }
  return lines;
}

top_refresh::top_refresh(network_survey survey, std::chrono::milliseconds interval)
    : survey_(std::move(survey)),
      interval_(interval),
      thread_([this](const std::stop_token& ended) { run(ended); }) {}

top_refresh::news top_refresh::take() {
  const std::scoped_lock held{mutex_};
  news taken = std::exchange(news_, {});
  news_.complaint = taken.complaint;
  return taken;
}

void top_refresh::ask_for(const bytes& key) {
  const std::scoped_lock held{mutex_};
  if (wanted_ == key) return;
  wanted_ = key;
  wanted_now_ = !key.empty();
  asked_.notify_one();
}

void top_refresh::run(const std::stop_token& ended) {
  auto due = std::chrono::steady_clock::now() + interval_;
  while (!ended.stop_requested()) {
    bytes key;
    {
      std::unique_lock held{mutex_};
      asked_.wait_until(held, ended, due, [this] { return wanted_now_; });
      wanted_now_ = false;
      key = wanted_;
    }
    if (ended.stop_requested()) return;
    if (!key.empty()) look_at(key);
    if (std::chrono::steady_clock::now() < due) continue;
    look();
    due = std::chrono::steady_clock::now() + interval_;
  }
}

void top_refresh::look() {
  auto looked = survey_.look(true);
  const std::scoped_lock held{mutex_};
  if (!looked) {
    news_.complaint = looked.failure().message;
    return;
  }
  news_.complaint.clear();
  news_.looked = std::move(*looked);
}

void top_refresh::look_at(const bytes& key) {
  auto answer =
      survey_.ask(knows_inspect_ ? request{"COMET", "INSPECT", key} : request{"ASO.INFO", key});
  if (knows_inspect_ && answer && answer->failed() &&
      answer->text.find("unknown subcommand") != bytes::npos) {
    knows_inspect_ = false;
    answer = survey_.ask({"ASO.INFO", key});
  }
  const std::scoped_lock held{mutex_};
  news_.object = {
      key, answer ? lines_of(*answer) : std::vector<bytes>{printable(answer.failure().message)}};
}

}  // namespace comet::client
