#include "actors/heard_lives.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace comet::actors {

namespace {

/// Two links of one run may hand over frames in another order than they were sent.
constexpr std::uint64_t age_slack = 1;

bytes_view take_word(bytes_view& line) {
  const auto end = std::min(line.find(' '), line.size());
  const auto word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

std::optional<std::uint64_t> parse_number(bytes_view word) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (failure != std::errc{} || end != word.data() + word.size()) return {};
  return number;
}

std::optional<heard_life> parse_line(bytes_view line) {
  const auto id = from_hex(take_word(line));
  if (!id || id->size() != sizeof(digest)) return {};
  heard_life one{digest_from(*id), 0, 0, 0, false};
  for (auto* field : {&one.life, &one.age, &one.run}) {
    const auto number = parse_number(take_word(line));
    if (!number) return {};
    *field = *number;
  }
  if (one.life == 0 || one.age == 0 || (line != "over" && line != "lives")) return {};
  one.is_over = line == "over";
  return one;
}

bool is_older(const heard_life& heard, std::uint64_t age, std::uint64_t run) {
  if (age > heard.age) return false;
  return run != heard.run || heard.age - age > age_slack;
}

}  // namespace

bool heard_lives::hear(const digest& node, std::uint64_t life, std::uint64_t age,
                       std::uint64_t run) {
  const auto found = std::ranges::find_if(
      all_, [&](const heard_life& one) { return one.node == node && one.life == life; });
  heard_life now{node, life, age, run, false};
  bool counts = true;
  if (found != all_.end()) {
    now = *found;
    if (is_older(now, age, run)) {
      now.is_over = true;
      if (run == now.run) now.run = 0;  // its memory is as old as its disk
    }
    counts = !now.is_over || (run == now.run && run != 0);
    if (counts && age > now.age) {
      now.age = age;
      now.run = run;
    }
    if (now == *found) return counts;
    all_.erase(found);
  }
  all_.insert(all_.begin(), now);
  if (all_.size() > heard_lives_max) forget_oldest();
  return counts;
}

/// Of the lives that go on, while there are any beside the one that was just heard.
void heard_lives::forget_oldest() {
  const auto going_on = std::find_if(all_.rbegin(), all_.rend() - 1,
                                     [](const heard_life& one) { return !one.is_over; });
  all_.erase(going_on == all_.rend() - 1 ? all_.end() - 1 : going_on.base() - 1);
}

bytes heard_lives::encode() const {
  bytes text;
  for (const auto& one : all_)
    text += to_hex(as_bytes(one.node)) + " " + std::to_string(one.life) + " " +
            std::to_string(one.age) + " " + std::to_string(one.run) +
            (one.is_over ? " over\n" : " lives\n");
  return text;
}

heard_lives heard_lives::decode(bytes_view text) {
  heard_lives found;
  while (!text.empty() && found.all_.size() < heard_lives_max) {
    const auto end = text.find('\n');
    if (const auto one = parse_line(text.substr(0, end))) found.all_.push_back(*one);
    text = end == bytes_view::npos ? bytes_view{} : text.substr(end + 1);
  }
  return found;
}

}  // namespace comet::actors
