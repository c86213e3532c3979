// The shard as the host of this node's replicas: its changes are proposed, answers wait until they
// are chosen, and what others lead is no longer carried out here.

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "object/layout.hpp"
#include "object/shard.hpp"

namespace comet::object {

namespace {

/// What was proposed and not chosen by then is told to be uncertain, when no majority is left.
constexpr std::chrono::milliseconds undecided_max{3'000};
constexpr std::chrono::milliseconds announce_all_after{10'000};

range_wipe wipe_of(replica::range_id range) {
  range_wipe all;
  all.from = layout::objects_of(range).first;
  return all;
}

error undecided_change() {
  return {errc::uncertain,
          "this node stopped leading the key's replicas before a majority had the change: it may "
          "be done or not"};
}

}  // namespace

replica::range_id shard::range_of(cache_entry& entry) {
  if (!entry.position) entry.position = layout::position_of(entry.key);
  return replica::range_at(*entry.position);
}

bool shard::serves(cache_entry& entry) const {
  return replicas_ && replicas_->serves(range_of(entry));
}

bool shard::leads_now(cache_entry& entry, const instant& now) {
  const auto range = range_of(entry);
  return replicas_->serves(range) && !given_up_.contains(range) &&
         replicas_->stands(range, now.mono) == replica::replicas::standing::leads;
}

/// Before anything may end its leading a range, what was decided there gets its stamp: it was
/// decided while this node led. True: there was something.
bool shard::propose_changes() {
  if (!replicas_) return false;
  bool proposed = false;
  for (auto* entry : dirty_) {
    if (std::exchange(entry->proposed, true)) continue;
    const auto range = range_of(*entry);
    const bool erased = entry->current == nullptr;
    bytes value = erased ? bytes{} : encode(*entry->current);
    const std::size_t size = entry->key.size() + value.size();
    entry->at = replicas_->propose(range, layout::object_key(*entry->position, entry->key), erased,
                                   std::move(value));
    note_settled(range);
    backlog_.add(range, {entry->at, next_number_, size});
    proposals_.emplace_back(range, entry->at);
    entry->forgets = false;
    own_.insert({range, entry->at});
    proposed = true;
  }
  return proposed;
}

/// Carries out what the ranges want: messages leave, writes and looks queue up.
void shard::absorb(const instant& now) {
  if (!replicas_) return;
  std::set<replica::range_id> lost;
  std::set<replica::range_id> undecided;  ///< of these
  const auto own = std::exchange(own_, {});
  for (auto& taken : replicas_->take(now.mono)) {
    const auto range = taken.first;
    auto& what = taken.second;
    // What this node proposed is in the batch already.
    std::erase_if(what.entries, [&](const replica::written_entry& written) {
      return own.contains({range, written.what.at});
    });
    for (auto& [to, message] : what.sends)
      say(to, ranged_message{range, std::move(message)});
    auto& queue = range_work_[range];
    if (what.number != 0) {
      if (what.entries.empty() && !what.wipe && queue.empty()) {
        registers_.push_back({range, what.number, std::move(what.registered)});
      } else {
        queue.emplace_back(
            range_application{what.number, std::move(what.entries), std::move(what.registered)});
        if (what.wipe) queue.emplace_back(wipe_of(range));
      }
    }
    for (auto& order : what.lists)
      queue.emplace_back(std::move(order));
    for (auto& order : what.reads)
      queue.emplace_back(std::move(order));
    if (!puzzles_.empty()) news_.insert(range);
    for (const auto told : what.events) {
      announced_.insert(range);
      if (told != replica::event::leads) {
        lost.insert(range);
        if (told == replica::event::loses_leadership) undecided.insert(range);
      } else {
        looked_ahead_to_ = wall_time{};  // what is due there is this node's to do
        lost.erase(range);
      }
    }
    if (queue.empty())
      range_work_.erase(range);
    else
      ready_ranges_.insert(range);
  }
  if (!undecided.empty()) fail_held(undecided, undecided_change(), now);
  if (!lost.empty()) lose(lost, now);
  advance_ranges(now);
}

/// Others lead these ranges from now on: nothing of them is answered or run here any more.
void shard::lose(const std::set<replica::range_id>& lost, const instant& now) {
  fail_strict(lost, now);
  for (const auto range : lost)
    given_up_.erase(range);
  std::vector<bytes> waiting;
  cache_.erase_if([&](cache_entry& entry) {
    if (!lost.contains(range_of(entry))) return false;
    if (entry.turns > 0 || (entry.current && entry.current->is_active())) forget_activation(entry);
    entry.account.reset();
    entry.armed = wall_time{};
    if (entry.has_line() && entry.loading == 0 && !entry.draining) waiting.push_back(entry.key);
    return false;
  });
  for (const auto& key : waiting)
    if (auto* entry = cache_.find(key); entry != nullptr && entry->has_line())
      drain_line(*entry, now);
  for (const auto range : lost)
    end_wait_for_room(range, now);
}

void shard::fail_held(const std::set<replica::range_id>& lost, const error& why,
                      const instant& now) {
  std::vector<held_answer> failed;
  gate_.extract(
      [&](const held_answer& held) {
        return std::any_of(held.ranges.begin(), held.ranges.end(),
                           [&](const auto range) { return lost.contains(range); });
      },
      failed);
  for (auto& held : failed) {
    deliver(held.to, reply::failure(why), now);
    send_held(std::move(held.messages), false, now);
  }
}

bool shard::is_decided(const unacknowledged& batch) const {
  return std::none_of(batch.proposals.begin(), batch.proposals.end(), [&](const auto& made) {
    const auto& [range, at] = made;
    if (!replicas_->is_undecided(range, at)) return false;
    const auto given_up = given_up_.find(range);
    return given_up == given_up_.end() || at > given_up->second;
  });
}

/// Without a majority nothing is ever chosen: those who wait are told so, and nobody reads what is
/// undecided until it is decided.
void shard::give_up_undecided(const instant& now) {
  std::erase_if(given_up_, [&](const auto& item) {
    return !replicas_->is_undecided(item.first, item.second);
  });
  std::set<replica::range_id> stuck;
  for (const auto& batch : unacknowledged_) {
    if (now.mono < batch.taken + undecided_max) break;
    for (const auto& [range, at] : batch.proposals) {
      if (!replicas_->is_undecided(range, at)) continue;
      auto& highest = given_up_[range];
      if (at <= highest) continue;
      highest = at;
      stuck.insert(range);
    }
  }
  if (!stuck.empty())
    fail_held(stuck,
              {errc::uncertain,
               "a majority of the key's replicas did not answer in time: the change may be done or "
               "not, and is decided when they are back"},
              now);
  for (const auto range : stuck)
    end_wait_for_room(range, now);
}

// ---- between nodes ----

void shard::say(const replica::member& to, peer_item what) {
  auto& out = outbox_.deliveries;
  if (out.empty() || out.back().to != to) {
    const auto same = std::find_if(out.begin(), out.end(),
                                   [&](const peer_delivery& one) { return one.to == to; });
    if (same != out.end()) {
      same->items.push_back(std::move(what));
      return;
    }
    out.push_back({replicas_->self(), to, {}});
  }
  out.back().items.push_back(std::move(what));
}

void shard::on_peer(peer_delivery said, const instant& now) {
  if (!replicas_ || said.to != replicas_->self()) return;
  propose_changes();
  for (auto& item : said.items) {
    if (auto* ranged = std::get_if<ranged_message>(&item)) {
      if (std::holds_alternative<replica::leading>(ranged->what)) news_.insert(ranged->range);
      replicas_->on_message(said.from, ranged->range, std::move(ranged->what), now.mono);
    } else if (const auto* asked = std::get_if<replica::lease_request>(&item)) {
      say(said.from, replicas_->leases().answer(said.from, *asked, now.mono));
    } else {
      replicas_->leases().on_answer(said.from, std::get<replica::lease_answer>(item), now.mono);
    }
  }
  absorb(now);
  settle(now);
  hear_news(now);
}

void shard::ask_for_leases(const instant& now) {
  if (!map_ || now.mono < leases_asked_ + replicas_->leases().terms().beat) return;
  leases_asked_ = now.mono;
  for (const auto& other : map_->others()) {
    if (other.life == 0) continue;
    const replica::member peer{other.id, other.life};
    say(peer, replicas_->leases().ask(peer, now.mono));
  }
}

/// All nodes hear who leads what: those that keep nothing of a range send its commands there. Who
/// comes hears of everything, the others of what changed; and of everything now and then, since any
/// message may be lost.
void shard::announce(const instant& now) {
  if (!map_) return;
  const bool refresh = now.mono >= told_at_ + announce_all_after;
  if (refresh) told_at_ = now.mono;
  std::set<replica::member> there;
  std::vector<replica::member> uninformed;
  for (const auto& other : map_->others()) {
    if (other.life == 0) continue;
    const replica::member peer{other.id, other.life};
    there.insert(peer);
    if (refresh || !told_.contains(peer)) uninformed.push_back(peer);
  }
  const auto changed = std::exchange(announced_, {});
  const auto informed = std::exchange(told_, std::move(there));
  if (uninformed.empty() && changed.empty()) return;
  for (const auto& [range, one] : replicas_->announcements()) {
    for (const auto& peer : uninformed)
      say(peer, ranged_message{range, one});
    if (!changed.contains(range)) continue;
    for (const auto& peer : informed)
      if (!refresh && told_.contains(peer)) say(peer, ranged_message{range, one});
  }
}

bool shard::others_may_have(const std::vector<replica::range_id>& ranges) const {
  return replicas_ && std::any_of(ranges.begin(), ranges.end(), [&](const auto range) {
           const auto* kept = replicas_->look(range);
           return kept != nullptr && kept->registered().current.members.size() > 1;
         });
}

/// The own store did not take these: as after a crash, only what is durable counts. Others may have
/// been told of proposals among them, which is no harm: they are undecided, and `why` says so.
void shard::revert_ranges(const std::vector<range_write>& lost, const error& why,
                          const instant& now) {
  if (!replicas_) return;
  std::set<replica::range_id> which;
  for (const auto& written : lost)
    which.insert(written.range);
  std::set<replica::range_id> shared;
  for (const auto range : which) {
    if (others_may_have({range})) shared.insert(range);
    range_work_.erase(range);
    auto durable = durable_registers_.find(range);
    replicas_->forget_undurable(
        range, durable == durable_registers_.end() ? std::nullopt : std::optional{durable->second});
  }
  fail_held(shared, why, now);
  lose(which, now);
}

bool shard::handed_over() const {
  return !replicas_ || alone() || replicas_->is_released();
}

std::uint64_t shard::objects_led() const {
  if (!replicas_) return counts_.objects;
  std::uint64_t sum = 0;
  for (std::size_t range = 0; range < replica::ranges; ++range)
    if (replicas_->serves(static_cast<replica::range_id>(range))) sum += objects_in_[range];
  return sum;
}

std::uint64_t shard::objects_behind() const {
  if (!replicas_) return 0;
  std::uint64_t sum = 0;
  for (const auto range : replicas_->served()) {
    const auto* kept = replicas_->look(range);
    if (!kept->is_whole() || kept->is_changing()) sum += objects_in_[range];
  }
  return sum;
}

void shard::count_objects(cache_entry& entry, int delta) {
  if (!replicas_) return;
  const auto range = range_of(entry);
  objects_in_[range] += static_cast<std::uint32_t>(delta);
  counted_.emplace_back(range, delta);
}

}  // namespace comet::object
