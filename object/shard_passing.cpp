// Commands that other nodes carry out: where they go, what waits until that is known, and what
// becomes of those that were passed on.

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "object/layout.hpp"
#include "object/shard.hpp"

namespace comet::object {

namespace {

/// Between two attempts to find who leads, when nothing is heard meanwhile; a command that was
/// passed on more often than `quick_hops` waits longer with each hop.
constexpr std::chrono::milliseconds ask_again_after{50};
constexpr std::uint8_t quick_hops = 5;
/// Commands for a key wait no longer for a leader than that: an election takes less.
constexpr std::chrono::milliseconds leaderless_max{5'000};
constexpr std::chrono::milliseconds follow_time_max{1'000};
/// Between two looks at who fell silent with commands of others.
constexpr std::chrono::milliseconds silence_judged_every{50};

/// All of them together are longer than it takes until a dead leader is replaced.
std::chrono::milliseconds pause_after(std::uint8_t hops_left) {
  return std::max(1, hops_max - quick_hops - hops_left) * ask_again_after;
}

reply nobody_leads(bytes_view key) {
  return reply::failure(errc::unavailable, "no node was found that leads the replicas of '" +
                                               printable(shortened(key, 64)) +
                                               "': nothing was done; try again");
}

reply cut_off(bytes_view key, std::size_t members) {
  return reply::failure(errc::unavailable,
                        "a majority of the " + std::to_string(members) + " replicas of '" +
                            printable(shortened(key, 64)) +
                            "' cannot be reached: nothing was done; try again when they are back");
}

}  // namespace

// ---- out ----

bool shard::may_be_stored(cache_entry& entry) const {
  return !replicas_ || serves(entry);
}

shard::whereabouts shard::whereabouts_of(cache_entry& entry, mono_time now) {
  using kind = whereabouts::kind;
  using standing = replica::replicas::standing;
  const auto range = range_of(entry);
  switch (replicas_->stands(range, now)) {
    case standing::leads: {
      const bool has_just_begun = !serves(entry);
      return {has_just_begun || given_up_.contains(range) ? kind::unknown : kind::here};
    }
    case standing::is_cut_off: return {kind::cut_off};
    case standing::changes: return {kind::unknown};
    case standing::follows:
    case standing::outside: break;
  }
  const auto leader = replicas_->leader(range);
  if (leader) return {*leader == options_.self ? kind::unknown : kind::there, *leader};
  if (!map_) return {kind::unknown};
  const auto nearest = map_->holder_of(sha256(entry.key));
  return {nearest == options_.self ? kind::unknown : kind::guessed, nearest};
}

std::optional<bool> shard::decided_elsewhere(const request& r, cache_entry& entry, reply& answer) {
  if (!replicas_) return std::nullopt;
  if (const auto* between = entry.between.get();
      between != nullptr && !r.returned &&
      (!between->passed_on.empty() || !between->behind.empty())) {
    // What was passed on and comes back waits for no other: the others wait for it.
    const auto& way = between->passed_on;
    if (std::find(way.begin(), way.end(), r.name) == way.end()) return follow(r, entry, answer);
  }
  const auto place = whereabouts_of(entry, r.now.mono);
  switch (place.what) {
    case whereabouts::kind::here:
      if (entry.between) entry.between->leaderless_since = mono_time{};
      return std::nullopt;
    case whereabouts::kind::there:
    case whereabouts::kind::guessed: {
      const bool wanders = r.hops < hops_max - quick_hops && !entry.draining;
      return wanders ? wait_for_news(r, entry, answer) : pass_on(r, entry, place.node, answer);
    }
    case whereabouts::kind::unknown: return wait_for_news(r, entry, answer);
    case whereabouts::kind::cut_off: break;
  }
  answer = cut_off(entry.key, replicas_->members(range_of(entry)).members.size());
  return true;
}

/// Commands for this key were passed on and are not answered: this one goes after them or waits.
bool shard::follow(const request& r, cache_entry& entry, reply& answer) {
  auto& between = *entry.between;
  if (between.behind.empty() && !serves(entry) && !between.passed_on.empty()) {
    const auto leader = replicas_->leader(range_of(entry));
    if (leader == between.passed_to) return pass_on(r, entry, *leader, answer);
  }
  return wait_behind(r, entry, answer);
}

bool shard::wait_behind(const request& r, cache_entry& entry, reply& answer) {
  if (is_full(entry, answer)) return true;
  auto& behind = entry.between->behind;
  if (behind.empty()) followers_.emplace_back(r.now.mono + follow_time_max, entry.key);
  deferred_ = r.what.keys.size() > 1;
  behind.push_back(as_pending(r));
  return false;
}

/// Two commands on two nodes may wait for each other, when the nodes changed their minds meanwhile.
void shard::end_following(const instant& now) {
  while (!followers_.empty() && followers_.front().first <= now.mono) {
    auto* entry = cache_.find(followers_.front().second);
    followers_.pop_front();
    if (entry == nullptr || !entry->between) continue;
    for (auto& next : entry->between->behind)
      next.returned = true;
    end_wait_behind(*entry, now);
  }
}

void shard::catch_up(cache_entry& entry, const instant& now) {
  if (entry.between && entry.between->passed_on.empty()) end_wait_behind(entry, now);
}

void shard::end_wait_behind(cache_entry& entry, const instant& now) {
  for (const auto& next : std::exchange(entry.between->behind, {}))
    decide(next, now);
}

/// Who leads is not known here, or changes. What waits is decided anew when something is heard of
/// the range, or after a moment.
bool shard::wait_for_news(const request& r, cache_entry& entry, reply& answer) {
  auto& between = transit_of(entry);
  if (between.leaderless_since == mono_time{}) between.leaderless_since = r.now.mono;
  if (r.now.mono >= between.leaderless_since + leaderless_max) {
    answer = nobody_leads(entry.key);
    return true;
  }
  if (wait_in_line(r, entry, answer)) return true;
  puzzle(entry, r.now.mono + pause_after(r.hops));
  return false;
}

transit& shard::transit_of(cache_entry& entry) {
  if (!entry.between) entry.between = std::make_unique<transit>();
  return *entry.between;
}

void shard::puzzle(cache_entry& entry, mono_time until) {
  if (std::exchange(transit_of(entry).puzzled, true)) return;
  puzzles_.emplace(until, &entry);
}

void shard::end_puzzles(mono_time until, const instant& now) {
  std::vector<cache_entry*> ended;
  while (!puzzles_.empty() && puzzles_.begin()->first <= until) {
    ended.push_back(puzzles_.begin()->second);
    puzzles_.erase(puzzles_.begin());
  }
  end_puzzles(ended, now);
}

/// Something was heard of these ranges that may be what commands wait for.
void shard::hear_news(const instant& now) {
  hear_of_room(now);
  if (news_.empty() || puzzles_.empty()) return news_.clear();
  std::vector<cache_entry*> ended;
  std::erase_if(puzzles_, [&](const auto& waiting) {
    if (!news_.contains(range_of(*waiting.second))) return false;
    ended.push_back(waiting.second);
    return true;
  });
  news_.clear();
  end_puzzles(ended, now);
}

void shard::end_puzzles(const std::vector<cache_entry*>& ended, const instant& now) {
  for (auto* entry : ended) {
    entry->between->puzzled = false;
    entry->between->returned = 0;
    if (entry->has_line() && !entry->draining && entry->loading == 0) {
      drain_line(*entry, now);
    } else {
      discard_if_void(*entry);
    }
  }
}

/// What was passed on for the key went elsewhere, or others wait for it already.
bool shard::would_overtake(const request& r, const cache_entry& entry, const digest& to) {
  const auto* between = entry.between.get();
  if (between == nullptr || r.returned) return false;
  const auto& way = between->passed_on;
  if (std::find(way.begin(), way.end(), r.name) != way.end()) return false;  // itself
  return !between->behind.empty() || (!way.empty() && between->passed_to != to);
}

/// An atomic command on several keys is carried out where all of them are led, if that is one node.
/// Nothing: here, and nothing has to be waited for.
std::optional<bool> shard::decided_elsewhere(const request& r, reply& answer) {
  if (!replicas_) return std::nullopt;
  concerned_.clear();
  for (const auto key : r.what.keys)
    concerned_.push_back(range_of(entry_of(key)));
  std::optional<digest> holder;
  for (const auto key : r.what.keys) {
    auto& entry = entry_of(key);
    if (must_wait(r, entry, false)) return wait_in_line(r, entry, answer);
    const auto place = whereabouts_of(entry, r.now.mono);
    switch (place.what) {
      case whereabouts::kind::cut_off:
        answer = cut_off(entry.key, replicas_->members(range_of(entry)).members.size());
        return true;
      case whereabouts::kind::unknown:
      // Who is nearest to one key need not be to another, so a guess says nothing of them together.
      case whereabouts::kind::guessed: return wait_for_news(r, entry, answer);
      case whereabouts::kind::here:
      case whereabouts::kind::there: break;
    }
    const bool is_here = place.what == whereabouts::kind::here;
    const digest holds = is_here ? options_.self : place.node;
    if (would_overtake(r, entry, holds)) return wait_behind(r, entry, answer);
    if (is_here && entry.between) entry.between->leaderless_since = mono_time{};
    if (holder && *holder != holds) {
      answer = reply::failure(errc::several_nodes,
                              "Keys in request are on different nodes, and this command is "
                              "carried out as a whole or not at all");
      return true;
    }
    holder = holds;
  }
  if (holder && *holder != options_.self)
    return pass_on(r, *cache_.find(r.what.keys.front()), *holder, answer);
  for (const auto key : r.what.keys)
    if (auto& entry = entry_of(key); has_backlog(entry)) return wait_for_room(r, entry, answer);
  return std::nullopt;
}

bool shard::pass_on(const request& r, cache_entry& entry, const digest& to, reply& answer) {
  if (r.hops == 0) {
    answer = nobody_leads(entry.key);
    return true;
  }
  transit_of(entry).leaderless_since = mono_time{};
  auto asked = as_pending(r);
  if (asked.name.number == 0) asked.name = {options_.self, ++last_name_};
  --asked.hops;
  entry.between->passed_on.push_back(asked.name);
  entry.between->passed_to = to;
  send({passed_command::kind::command, entry.key, to, r.now.mono, std::move(asked)});
  return false;
}

void shard::send(passed_command passed) {
  const std::uint64_t number = next_forward_++;
  const auto& asked = passed.asked;
  outbox_.forwards.push_back({number, passed.peer, asked.name, asked.what, asked.from, asked.chain,
                              asked.hops, asked.again});
  forwarded_.emplace(number, std::move(passed));
}

/// Who is heard answers for itself, also when it leads no more. From who is not, and leads no more,
/// nothing has to be waited for.
void shard::withdraw_from_silent(const instant& now) {
  if (forwarded_.empty() || !map_ || now.mono < silence_judged_ + silence_judged_every) return;
  silence_judged_ = now.mono;
  std::set<digest> silent;
  for (const auto& other : map_->others()) {
    const auto heard_until = replicas_->leases().held_until({other.id, other.life});
    if (heard_until != mono_time{} && heard_until <= now.mono) silent.insert(other.id);
  }
  if (silent.empty()) return;
  auto& out = outbox_.withdrawals;
  for (auto& [number, passed] : forwarded_) {
    if (passed.withdrawn || !silent.contains(passed.peer) || !is_led_elsewhere(passed)) continue;
    passed.withdrawn = true;
    out.push_back(number);
  }
  std::sort(out.begin(), out.end());
}

bool shard::is_led_elsewhere(const passed_command& passed) const {
  if (passed.what != passed_command::kind::command) return false;
  const auto is_elsewhere = [&](bytes_view key) {
    const auto leader = replicas_->leader(replica::range_at(layout::position_of(key)));
    return leader && *leader != passed.peer;
  };
  const auto& asked = passed.asked.what->get();
  if (!is_one_change_of_several(asked.what)) return is_elsewhere(passed.key);
  return std::any_of(asked.keys.begin(), asked.keys.end(), is_elsewhere);
}

/// Asks another node about what is of no key. It is answered where it arrives.
void shard::ask(const digest& node, std::shared_ptr<const owned_command> question, const request& r,
                const origin& to) {
  send({passed_command::kind::question,
        {},
        node,
        r.now.mono,
        {std::move(question), r.from, to, {}, {}, 0, true}});
}

/// Asks every other node, for the answer to `r`. The own part is still missing; its place is
/// returned.
origin shard::ask_all_others(const request& r, const std::shared_ptr<const owned_command>& question,
                             gathering::kind what) {
  const auto& others = map_->others();
  const std::uint64_t index = next_gathering_++;
  gathering fresh;
  fresh.what = what;
  fresh.to = r.to;
  fresh.missing = others.size() + 1;
  fresh.parts.resize(others.size() + 1);
  fresh.asked = map_;
  gatherings_.emplace(index, std::move(fresh));
  for (std::size_t i = 0; i < others.size(); ++i)
    ask(others[i].id, question, r, {origin::kind::part, index, i});
  return {origin::kind::part, index, others.size()};
}

// ---- back ----

void shard::on_forwarded(std::vector<forward_outcome> outcomes, const instant& now) {
  for (auto& outcome : outcomes) {
    const auto found = forwarded_.find(outcome.number);
    COMET_CHECK(found != forwarded_.end());
    const passed_command passed = std::move(found->second);
    forwarded_.erase(found);
    switch (passed.what) {
      case passed_command::kind::question:
        deliver(passed.asked.to, std::move(outcome.content), now, &outcome);
        break;
      case passed_command::kind::command: passed_answered(passed, outcome, now); break;
      case passed_command::kind::code:
        code_told(digest_from(passed.asked.what->get().method), outcome.content);
        break;
    }
  }
  advance_ranges(now);
}

void shard::passed_answered(const passed_command& passed, forward_outcome& outcome,
                            const instant& now) {
  auto& content = outcome.content;
  const auto& asked = passed.asked.what->get();
  if (asked.what == op::where)
    content = with_this_hop(std::move(content), now.mono - passed.sent, passed.asked.to);
  auto* entry = cache_.find(passed.key);
  COMET_CHECK(entry != nullptr && entry->between);
  auto& way = entry->between->passed_on;
  const auto name = std::find(way.begin(), way.end(), passed.asked.name);
  COMET_CHECK(name != way.end());
  way.erase(name);
  const bool by_nobody = content.failed() && outcome.holder == digest{};
  const bool never_left = by_nobody && content.code == errc::unavailable;
  const bool is_lost = by_nobody && content.code == errc::uncertain && passed.withdrawn;
  const bool may_be_sent_twice = changes_nothing(asked.what) || keeps_its_answer(asked);
  if (passed.asked.hops > 0 && (never_left || (is_lost && may_be_sent_twice))) {
    come_back(*entry, passed, is_lost, now);
    catch_up(*entry, now);
    return;
  }
  deliver(passed.asked.to, std::move(content), now, &outcome);
  catch_up(*entry, now);
  if (auto* left = cache_.find(passed.key)) discard_if_void(*left);
}

/// It was certainly not carried out, or may be twice; so it is decided anew, before all that came
/// after it.
void shard::come_back(cache_entry& entry, const passed_command& passed, bool was_sent,
                      const instant& now) {
  if (!entry.line) entry.line = std::make_unique<std::deque<pending_command>>();
  puzzle(entry, now.mono + pause_after(passed.asked.hops));
  pending_command again = passed.asked;
  again.returned = true;
  again.again = again.again || was_sent;
  const auto after = std::min<std::size_t>(entry.between->returned++, entry.line->size());
  entry.line->insert(entry.line->begin() + static_cast<std::ptrdiff_t>(after), std::move(again));
}

}  // namespace comet::object
