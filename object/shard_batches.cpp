// The shard's batches: what was decided in a poll round leaves as one, is told of when it is
// durable and chosen, and is undone with all that came after it when the store did not take it.

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.hpp"
#include "object/layout.hpp"
#include "object/request_trace.hpp"
#include "object/shard.hpp"

namespace comet::object {

void shard::on_durable(std::uint64_t number, const instant& now) {
  COMET_CHECK(number >= stored_);
  stored_ = number;
  if (tracer_) tracer_->stored(number, now.mono);
  propose_changes();
  for (auto& batch : unacknowledged_) {
    if (batch.number > stored_) break;
    if (std::exchange(batch.stored, true)) continue;
    for (auto& written : batch.ranges) {
      if (written.registered) durable_registers_[written.range] = *written.registered;
      replicas_->on_durable(written.range, written.number, now.mono);
    }
  }
  absorb(now);
  settle(now);
  ask_for_sync();
  while (!lookups_held_.empty() && lookups_held_.front().first <= stored_) {
    outbox_.scans.push_back(scans_.at(lookups_held_.front().second).order);
    lookups_held_.pop_front();
  }
  while (!reads_held_.empty() && reads_held_.front().first <= stored_) {
    outbox_.loads.push_back(std::move(reads_held_.front().second));
    reads_held_.pop_front();
  }
  advance_ranges(now);
  hear_news(now);
}

/// Batches are told of in their order: once they are on the own disk, and what was proposed in them
/// is chosen, or nobody waits for it any more.
void shard::settle(const instant& now) {
  std::uint64_t told = durable_;
  while (!unacknowledged_.empty() && unacknowledged_.front().number <= stored_ &&
         is_decided(unacknowledged_.front())) {
    told = unacknowledged_.front().number;
    observer_.batch_settled(now.mono - unacknowledged_.front().taken);
    unacknowledged_.pop_front();
  }
  if (unacknowledged_.empty()) told = std::max(told, stored_);
  durable_ = told;
  if (tracer_) tracer_->settled(told, now.mono);
  std::vector<held_answer> released;
  gate_.release(told, released);
  for (auto& held : released) {
    for (auto& p : held.publications)
      outbox_.publications.push_back(std::move(p));
    if (held.terms) {
      if (hold_strictly(held.to, held.content, *held.terms, now.mono))
        deliver(held.to, std::move(held.content), now);
      continue;
    }
    deliver(held.to, std::move(held.content), now);
    send_held(std::move(held.messages), true, now);
  }
  settle_strict(now);
  while (!scans_held_.empty() && scans_held_.front().first <= told) {
    const auto ticket = scans_held_.front().second;
    scans_held_.pop_front();
    if (const auto s = scans_.find(ticket); s != scans_.end()) {
      outbox_.scans.push_back(s->second.order);
    }
  }
}

void shard::on_commit_failed(std::uint64_t number, const error& why, const instant& now) {
  ++stats_.commits_failed;
  std::vector<range_write> lost_ranges;
  const auto lost = undo_batches(number, lost_ranges);
  if (tracer_) tracer_->lost(number, now.mono);
  cache_.set_complete(false);
  looked_ahead_to_ = wall_time{};  // timers of what is undone are found in the store again
  for (auto* entry : lost)
    revert(*entry);
  // What was proposed has left for the other members: they may have it chosen without this node.
  const error undecided{errc::uncertain, "this node could not keep the change (" + why.message +
                                             "), which others were told of: it may be done or not"};
  revert_ranges(lost_ranges, undecided, now);
  fail_answers(number, why, undecided, now);
  for (auto* entry : lost) {
    if (entry->has_line() && entry->loading == 0 && entry->turns == 0) {
      start_load(*entry);
    } else if (!entry->pinned(durable_)) {
      cache_.erase(*entry);
    }
  }
  // Looks that waited for a lost batch need not wait any more.
  for (auto& [batch, ticket] : scans_held_)
    batch = std::min(batch, durable_);
  for (auto& [batch, ticket] : lookups_held_)
    batch = std::min(batch, stored_);
  for (auto& [batch, order] : reads_held_)
    batch = std::min(batch, stored_);
  on_durable(stored_, now);
}

/// Takes back what was counted in these batches and in the one being collected. The entries that
/// they changed, each once.
std::vector<cache_entry*> shard::undo_batches(std::uint64_t number,
                                              std::vector<range_write>& lost_ranges) {
  std::vector<cache_entry*> lost = std::exchange(dirty_, {});
  for (const auto& code : std::exchange(dirty_codes_, {}))
    revert_code(code);
  lost_ranges = std::exchange(registers_, {});
  proposals_.clear();
  backlog_.forget_from(number);
  const auto uncount = [this](const std::vector<std::pair<replica::range_id, int>>& counted) {
    for (const auto& [range, delta] : counted)
      objects_in_[range] -= static_cast<std::uint32_t>(delta);
  };
  uncount(std::exchange(counted_, {}));
  take_back_asked(std::exchange(asked_, {}));
  const std::uint64_t incarnation = counts_.incarnation;  // never given out twice
  while (!unacknowledged_.empty() && unacknowledged_.back().number >= number) {
    auto& batch = unacknowledged_.back();
    uncount(batch.counted);
    take_back_asked(std::move(batch.asked));
    std::move(batch.ranges.begin(), batch.ranges.end(), std::back_inserter(lost_ranges));
    lost.insert(lost.end(), batch.entries.begin(), batch.entries.end());
    for (const auto& code : batch.codes)
      revert_code(code);
    counts_ = batch.counts_before;
    unacknowledged_.pop_back();
  }
  counts_.incarnation = incarnation;
  counts_before_ = counts_;
  counts_dirty_ = false;
  flushing_ = false;
  if (flushed_in_ >= number) {  // what was removed is there again, and has to be looked for
    flushed_in_ = 0;
    cache_.erase_if([](cache_entry& entry) {
      if (!entry.current) entry.known_absent = false;
      return false;
    });
  }
  std::sort(lost.begin(), lost.end());
  lost.erase(std::unique(lost.begin(), lost.end()), lost.end());
  return lost;
}

/// Those that wait for these batches. `undecided` is for what other members may have.
void shard::fail_answers(std::uint64_t number, const error& why, const error& undecided,
                         const instant& now) {
  std::vector<held_answer> failed;
  gate_.fail(number, failed);
  for (auto lost_one = unsynced_.lower_bound(number); lost_one != unsynced_.end();
       lost_one = unsynced_.erase(lost_one))
    deliver(lost_one->second.first, reply::failure(why), now);
  for (auto& held : failed) {
    deliver(held.to, reply::failure(others_may_have(held.ranges) ? undecided : why), now);
    send_held(std::move(held.messages), false, now);
  }
}

std::optional<numbered_batch> shard::take_batch(const instant& now) {
  stats_.evicted += cache_.evict(durable_);
  propose_changes();
  absorb(now);
  while (propose_changes())  // FLUSHALL goes on as ranges do
    absorb(now);
  if (dirty_.empty() && dirty_codes_.empty() && !counts_dirty_ && !flushing_ && registers_.empty())
    return std::nullopt;
  numbered_batch batch;
  batch.number = next_number_++;
  if (flushing_) {
    for (auto& [from, to] : layout::flushed_ranges())
      batch.changes.erase_range(from, to);
  }
  for (auto* entry : dirty_)
    write_entry(*entry, batch.changes);
  write_codes(batch.changes);
  if (counts_dirty_) batch.changes.put(layout::meta_key(counts_name), encode_facts(counts_));
  for (const auto& written : registers_)
    if (written.registered)
      batch.changes.put(layout::register_key(written.range), encode(*written.registered));
  unacknowledged_.push_back({batch.number, std::move(dirty_), std::move(dirty_codes_),
                             counts_before_, std::exchange(registers_, {}),
                             std::exchange(proposals_, {}), std::exchange(counted_, {}),
                             std::exchange(asked_, {}), now.mono, false});
  dirty_.clear();
  dirty_codes_.clear();
  counts_before_ = counts_;
  counts_dirty_ = false;
  flushing_ = false;
  return batch;
}

}  // namespace comet::object
