// The readers ask, each at nodes of its own choice, and what they are told is judged.

#include <algorithm>

#include "tests/sim/limited_reads_world.hpp"

namespace comet::sim {

using object::command;
using object::op;
using object::reply;

namespace {

constexpr std::chrono::milliseconds answer_patience{10'000};

/// Counts down, and refuses at zero.
constexpr bytes_view counting = R"(
  function aso:onGet()
    if self.left == 0 then return nil end
    self.left = self.left - 1
    return self.left
  end
  return aso)";

/// The same, once for each request of a reader, who has one at a time and numbers them.
constexpr bytes_view counting_once = R"(
  function aso:onGet(caller, callback, request)
    local reader, number = request:match("^(%d+)-(%d+)$")
    number = tonumber(number)
    local last = self.asked[reader] or 0
    if number < last then return nil end -- late: its reader knows more by now
    if number > last then
      if self.left == 0 then return nil end
      self.left = self.left - 1
      self.asked[reader], self.told[reader] = number, self.left
    end
    return self.told[reader]
  end
  return aso)";

/// Forgets with its activation how often it was read.
constexpr bytes_view counting_aside = R"(
  local left
  function aso:onGet()
    left = left or self.left
    if left == 0 then return nil end
    left = left - 1
    return left
  end
  return aso)";

bytes source_of(std::int64_t allowed, const limited_reads_options& options) {
  const bytes_view handler = !options.counts_in_state             ? counting_aside
                             : options.remembers == memory::value ? counting_once
                                                                  : counting;
  return "local aso = { left = " + std::to_string(allowed) + ", asked = {}, told = {} }" +
         bytes{handler};
}

/// Nothing was done, or nothing that the answer tells of.
bool is_refusal(errc why) {
  return why == errc::unavailable || why == errc::joining || why == errc::busy ||
         why == errc::conflict;
}

}  // namespace

void limited_reads_world::put_value() {
  at_node(0, some(1'000), [this](node& it) {
    const bytes source = source_of(figures_.allowed, options_);
    command c;
    c.what = op::aso_put;
    c.key = "limited";
    c.source = source;
    put_slot_ = next_slot_++;
    if (const auto at_once = it.world->submit(c, put_slot_)) answered(put_slot_, *at_once);
  });
}

void limited_reads_world::next_read(reader& who) {
  after(some(10'000), [this, &who] { ask(who); });
}

void limited_reads_world::ask(reader& who) {
  if (random_.below(4) == 0) who.at = random_.below(node_count);
  if (!nodes_[who.at]->world) {  // its address refuses
    who.at = random_.below(node_count);
    return next_read(who);
  }
  if (who.id.empty() && !begin_read(who)) return next_read(who);
  const auto slot = next_slot_++;
  who.slot = slot;
  asked_.emplace(slot, &who);
  at_node(who.at, some(500), [this, slot, id = who.id](node& it) {
    command c;
    c.what = op::aso_get;
    c.key = "limited";
    c.has_value = options_.remembers == memory::value;
    if (c.has_value) c.value = id;
    if (options_.remembers == memory::record) c.asked.emplace().request_id = id;
    if (const auto at_once = it.world->submit(c, slot)) answered(slot, *at_once);
  });
  after(answer_patience, [this, &who, slot] {
    if (who.slot == slot) disconnected(who);
  });
}

/// False: others have to know first what they were told.
bool limited_reads_world::begin_read(reader& who) {
  if (begun_ == options_.at_a_time) {
    if (unknown_ > 0) return false;
    begun_ = 0;
  }
  ++begun_;
  ++unknown_;
  who.id = std::to_string(who.number) + "-" + std::to_string(++who.requests);
  who.began_late = is_over_;
  return true;
}

void limited_reads_world::answered(std::uint64_t slot, const reply& content) {
  if (slot == put_slot_) {
    if (content.failed() && is_refusal(content.code)) return put_value();
    if (content.failed()) fault("the value was not put: " + content.text);
    put_ = content;
    return;
  }
  const auto found = asked_.find(slot);
  if (found == asked_.end()) return;  // nobody waits for it any more
  auto& who = *found->second;
  asked_.erase(found);
  who.slot = 0;
  say(std::to_string(who.number) + " hears of " + who.id + ": " +
      (content.what == reply::kind::null ? "no more"
       : content.failed()                ? content.text
                                         : std::to_string(content.integer)));
  judge(who, content);
  if (!who.ended) next_read(who);
}

/// It will never know what became of this request, but by asking again.
void limited_reads_world::disconnected(reader& who) {
  say(std::to_string(who.number) + " is disconnected from " + std::to_string(who.at));
  asked_.erase(who.slot);
  who.slot = 0;
  who.at = random_.below(node_count);
  ++figures_.uncertain;
  next_read(who);
}

void limited_reads_world::judge(reader& who, const reply& content) {
  if (content.failed()) {
    if (content.code == errc::uncertain)
      ++figures_.uncertain;
    else if (!is_refusal(content.code))
      fault(who.id + " failed: " + content.text);
    who.at = random_.below(node_count);
    return;
  }
  --unknown_;
  if (content.what == reply::kind::null) {
    is_over_ = who.ended = true;
    return;
  }
  if (who.began_late) fault(who.id + " reads, and began after the end was told");
  const auto left = content.what == reply::kind::integer ? content.integer : -1;
  if (left < 0 || left >= figures_.allowed) fault(who.id + " was told a number of no read");
  const auto [told, is_new] = told_.emplace(left, who.id);
  if (!is_new) fault(who.id + " was told the same as " + told->second);
  ++figures_.read;
  if (const auto leads = leader(); !figures_.fault.empty() && leads && *leads != hit_)
    ++figures_.read_after;
  who.id.clear();
}

/// Nobody reads any more.
void limited_reads_world::judge_the_end() {
  const auto allowed = static_cast<std::size_t>(figures_.allowed);
  if (figures_.read > allowed)
    fault("read " + std::to_string(figures_.read) + " times of " + std::to_string(allowed));
  if (figures_.read + figures_.uncertain < allowed)
    fault("read " + std::to_string(figures_.read) + " times of " + std::to_string(allowed) +
          ", and only " + std::to_string(figures_.uncertain) + " are uncertain");
  if (figures_.read_after == 0) fault("no other leader was read from");
}

}  // namespace comet::sim
