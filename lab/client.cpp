#include "lab/client.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/check.hpp"

namespace comet::lab {

namespace {

using object::reply;

bytes lowered(bytes_view word) {
  bytes out{word};
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool is_subscription(const std::vector<bytes>& words) {
  if (words.empty()) return false;
  const bytes name = lowered(words.front());
  return name == "subscribe" || name == "psubscribe" || name == "unsubscribe" ||
         name == "punsubscribe";
}

bool is_confirmation(bytes_view kind) {
  return kind.ends_with("subscribe");
}

}  // namespace

bytes client::connect() {
  reader_ = {};
  pending_.clear();
  channels_ = patterns_ = 0;
  connected_ = true;
  pending_.push_back({});
  std::vector<bytes> hello{"HELLO", "3"};
  if (!options_.user.empty()) hello.insert(hello.end(), {"AUTH", options_.user, "none"});
  return encode_request(hello);
}

void client::disconnected(bytes_view why) {
  if (!std::exchange(connected_, false)) return;
  for (auto& one : std::exchange(pending_, {}))
    answered(one.asked,
             reply::failure(errc::uncertain,
                            "ERR the connection to node " + std::to_string(options_.node) +
                                " ended before the " + "answer came: " + bytes{why}));
}

bytes client::request(ticket asked, const std::vector<bytes>& words) {
  answers_[asked] = std::nullopt;
  pending made;
  made.asked = asked;
  made.subscribes = is_subscription(words);
  if (made.subscribes) made.confirmations = confirmations_of(words);
  pending_.push_back(std::move(made));
  return encode_request(words);
}

/// One for each name; UNSUBSCRIBE without names: for each that is listened to, or one that says
/// that there is none.
std::size_t client::confirmations_of(const std::vector<bytes>& words) const {
  if (words.size() > 1) return words.size() - 1;
  const bytes name = lowered(words.front());
  const auto left = name == "unsubscribe" ? channels_ : patterns_;
  return std::max<std::size_t>(left, 1);
}

void client::take(bytes_view written) {
  reader_.feed(written);
  for (;;) {
    auto found = reader_.next();
    COMET_CHECK(found.ok());  // net/wire/resp_writer wrote it
    if (!*found) return;
    take(std::move(**found));
  }
}

void client::take(reply content) {
  if (content.what == reply::kind::push) return take_push(std::move(content));
  if (pending_.empty()) return;
  const auto asked = pending_.front().asked;
  pending_.pop_front();
  answered(asked, std::move(content));
}

void client::take_push(reply content) {
  auto& items = content.items;
  if (items.empty()) return;
  const bytes kind = items.front().text;
  if (kind == "message" && items.size() == 3) {
    messages_.push_back({items[1].text, items[2].text, {}});
  } else if (kind == "pmessage" && items.size() == 4) {
    messages_.push_back({items[2].text, items[3].text, items[1].text});
  } else if (is_confirmation(kind)) {
    auto& count = kind.starts_with('p') ? patterns_ : channels_;
    if (kind == "subscribe" || kind == "psubscribe")
      ++count;
    else if (count > 0)
      --count;
    if (pending_.empty() || !pending_.front().subscribes) return;
    auto& front = pending_.front();
    content.what = reply::kind::array;
    front.confirmed.push_back(std::move(content));
    if (front.confirmed.size() < front.confirmations) return;
    const auto asked = front.asked;
    auto all = reply::list(std::move(front.confirmed));
    pending_.pop_front();
    answered(asked, std::move(all));
  }
}

void client::answered(ticket asked, reply content) {
  const auto found = answers_.find(asked);
  if (found != answers_.end() && !found->second) found->second = std::move(content);
}

const reply* client::answer(ticket asked) const {
  const auto found = answers_.find(asked);
  return found == answers_.end() || !found->second ? nullptr : &*found->second;
}

bool client::knows(ticket asked) const {
  return answers_.contains(asked);
}

void client::give_up(ticket asked, reply content) {
  answered(asked, std::move(content));
}

void client::forget(ticket asked) {
  answers_.erase(asked);
}

}  // namespace comet::lab
