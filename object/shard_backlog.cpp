// The shard's back-pressure: changes of a range wait while too much that was proposed there is not
// chosen, or not on the own disk, and are refused when too many wait.

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "object/shard.hpp"

namespace comet::object {

namespace {

/// Nothing waits longer for its range to have room: what is proposed is chosen or given up by then.
constexpr std::chrono::milliseconds room_wait_max{5'000};

/// What a command that waits holds, about.
std::size_t size_of(const command& c) {
  std::size_t size =
      sizeof(pending_command) + sizeof(command) + c.key.size() + c.value.size() + c.source.size();
  for (const auto* list : {&c.keys, &c.values, &c.args})
    for (const auto& item : *list)
      size += sizeof(bytes_view) + item.size();
  return size;
}

error too_much_waits(bytes_view key) {
  return {errc::busy, "the replicas of '" + printable(shortened(key, 64)) +
                          "' do not keep up with what is written: nothing was done; try again "
                          "later"};
}

}  // namespace

bool shard::has_backlog(cache_entry& entry) {
  const auto range = range_of(entry);
  if (!backlog_.is_full(range)) return false;
  note_settled(range);
  return backlog_.is_full(range);
}

void shard::note_settled(replica::range_id range) {
  backlog_.forget_settled(range, [&](const proposal_backlog::proposed& one) {
    return one.batch <= stored_ && !replicas_->is_undecided(range, one.at);
  });
}

bool shard::wait_for_room(const request& r, cache_entry& entry, reply& answer) {
  if (wait_in_line(r, entry, answer)) return true;
  if (!std::exchange(transit_of(entry).puzzled, true))
    backlog_.wait(range_of(entry), entry.key, r.now.mono);
  return false;
}

/// A command is about to wait in the entry's line; the bytes to count for it. Nothing: too many
/// wait. Those that come back to the line were let in before.
std::optional<std::size_t> shard::admit_to_line(const request& r, cache_entry& entry,
                                                reply& answer) {
  if (!replicas_ || changes_nothing(r.what.what) || !has_backlog(entry)) return 0;
  const auto range = range_of(entry);
  const std::size_t size = size_of(r.what);
  if (!entry.draining && !backlog_.may_hold(range, size)) {
    ++stats_.refusals.backlog;
    answer = reply::failure(too_much_waits(entry.key));
    return std::nullopt;
  }
  backlog_.hold(range, size);
  return size;
}

pending_command shard::take_from_line(cache_entry& entry) {
  auto next = std::move(entry.line->front());
  entry.line->pop_front();
  if (next.held_bytes > 0)
    backlog_.let_go(range_of(entry), std::exchange(next.held_bytes, std::size_t{0}));
  return next;
}

void shard::end_wait_for_room(replica::range_id range, const instant& now) {
  std::vector<cache_entry*> ended;
  for (const auto& key : backlog_.end_wait(range)) {
    auto* entry = cache_.find(key);
    COMET_CHECK(entry != nullptr && entry->between);
    ended.push_back(entry);
  }
  end_puzzles(ended, now);
}

/// What was chosen or stored meanwhile made room; what waited for too long is refused.
void shard::hear_of_room(const instant& now) {
  if (!backlog_.has_waiting()) return;
  for (const auto& [range, since] : backlog_.waiting()) {
    note_settled(range);
    if (backlog_.has_room(range)) {
      end_wait_for_room(range, now);
    } else if (now.mono >= since + room_wait_max) {
      refuse_waiting(range, now);
    }
  }
}

void shard::refuse_waiting(replica::range_id range, const instant& now) {
  for (const auto& key : backlog_.end_wait(range)) {
    auto* entry = cache_.find(key);
    COMET_CHECK(entry != nullptr && entry->between);
    entry->between->puzzled = false;
    entry->between->returned = 0;
    ++stats_.refusals.backlog;
    fail_line(*entry, too_much_waits(key), now);
    discard_if_void(*entry);
  }
}

}  // namespace comet::object
