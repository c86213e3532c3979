// The simulated clients ask, and what they are told is judged: as it comes, and at the end.

#include <algorithm>

#include "base/number.hpp"
#include "tests/sim/moves_world.hpp"

namespace comet::sim {

using object::op;
using object::reply;

void moves_world::next_request(client& who) {
  if (!asking_ || who.under_way >= options_.pipeline || std::exchange(who.thinks, true)) return;
  after(some(10'000), [this, &who] {
    who.thinks = false;
    if (!asking_ || who.under_way >= options_.pipeline) return;
    if (who.under_way == 0) {  // it may go to another node now
      std::vector<digest> staying;
      for (const auto& one : nodes_)
        if (one->stands == standing::stays) staying.push_back(one->id);
      who.at = staying[random_.below(staying.size())];
    }
    auto* at = find(who.at);
    if (at == nullptr || at->stands == standing::leaves)
      return;  // its connection ends when all is answered
    request asked;
    asked.who = &who;
    object::command c;
    bytes value;
    const auto kind = random_.below(4);
    if (kind == 0) {  // registers have one writer each
      const auto mine =
          random_.below((options_.registers + options_.clients - 1) / options_.clients);
      asked.key = value_name("register", mine * options_.clients + who.number);
      asked.what = c.what = op::set;
      asked.value = ++written_[asked.key];
      value = std::to_string(asked.value);
      c.value = value;
    } else if (kind == 1) {
      asked.key = value_name("register", random_.below(options_.registers));
      asked.value = settled_[asked.key];
    } else if (kind == 2) {
      asked.key = value_name("counter", random_.below(options_.counters));
      asked.what = c.what = op::incrby;
      c.number = 1;
    } else {
      asked.key = value_name("object", random_.below(options_.objects));
      asked.what = c.what = op::aso_get;
    }
    c.key = asked.key;
    const auto slot = next_slot_++;
    asked_[slot] = asked;
    say("client " + std::to_string(who.number) + " at " + short_name(at->id) + " op " +
        std::to_string(static_cast<int>(c.what)) + " " + asked.key + " " + value);
    ++who.under_way;
    at->world.now.mono = now_;
    if (const auto reply = at->world.submit(c, slot)) answered(*at, {1, slot, *reply});
    pump(*at);
    next_request(who);
  });
}

void moves_world::answered(node&, const object::client_answer& answer) {
  const auto found = asked_.find(answer.slot);
  if (found == asked_.end()) return;  // the preparation's
  const request asked = found->second;
  asked_.erase(found);
  --asked.who->under_way;
  judge(asked, answer.content);
  next_request(*asked.who);
}

void moves_world::judge(const request& asked, const reply& content) {
  say("client " + std::to_string(asked.who->number) + " hears of " + asked.key + ": " +
      content.text + " " + std::to_string(content.integer));
  const bool may_fail = commits_failed_ > 0;
  if (content.failed() && may_fail) {
    const bool counts = asked.what != op::set && asked.what != op::get;
    if (counts && content.code == errc::uncertain) ++doubtful_[asked.key];
    return;
  }
  if (content.failed()) {
    fault(asked.key + " failed: " + content.text);
    return;
  }
  ++acknowledged_;
  switch (asked.what) {
    case op::set: settled_[asked.key] = std::max(settled_[asked.key], asked.value); return;
    case op::get: {
      const auto read = content.what == reply::kind::null ? 0 : parse_integer(content.text).value();
      if (read < asked.value)
        fault(asked.key + " read " + std::to_string(read) + " after " +
              std::to_string(asked.value));
      if (read > written_[asked.key]) fault(asked.key + " read what was never written");
      settled_[asked.key] = std::max(settled_[asked.key], read);
      return;
    }
    default:
      if (!counted_[asked.key].insert(content.integer).second)
        fault(asked.key + " counted " + std::to_string(content.integer) + " twice");
      return;
  }
}

void moves_world::judge_the_end() {
  std::map<bytes, std::size_t> copies;
  const std::size_t wanted = std::min<std::size_t>(nodes_.size(), 3);
  for (const auto& one : nodes_) {
    moved_ += one->world.subject->stats().applied;
    for (const auto& [key, value] : one->world.stored) {
      if (key.front() != 'o') continue;
      const bytes name{object::layout::parse_object_key(key)->key};
      if (object::decode_stored(value)->erased) {
        fault(name + " left a tombstone");
        continue;
      }
      ++copies[name];
    }
  }
  for (const auto& [key, count] : copies)
    if (count != wanted) fault(key + " is on " + std::to_string(count) + " nodes");
  for (const auto& [key, numbers] : counted_) {
    if (!copies.contains(key)) fault(key + " is lost");
    const auto steps = static_cast<std::int64_t>(numbers.size());
    if (*numbers.rbegin() < steps || *numbers.rbegin() > steps + doubtful_[key])
      fault(key + " counted to " + std::to_string(*numbers.rbegin()) + " in " +
            std::to_string(numbers.size()) + " steps");
  }
  for (const auto& [key, value] : settled_)
    if (value > 0 && !copies.contains(key)) fault(key + " is lost");
}

}  // namespace comet::sim
