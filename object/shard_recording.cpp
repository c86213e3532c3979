// The shard's recorded turns: ASO.RECORD, ASO.TURNS, ASO.TURN, and how a turn gets into its record.

#include <utility>

#include "base/check.hpp"
#include "object/shard.hpp"
#include "object/turn_ring.hpp"
#include "object/turn_view.hpp"

namespace comet::object {

namespace {

error not_recorded(bytes_view key) {
  return {errc::not_found, "the turns of '" + printable(shortened(key, 64)) +
                               "' are not recorded: ASO.RECORD key n keeps the next ones"};
}

reply turn_of(const cache_entry& entry, std::int64_t number, int depth_max) {
  const auto& ring = *entry.current->recorded;
  if (auto found = ring.find(static_cast<std::uint64_t>(number))) return view_of(*found, depth_max);
  return reply::failure(errc::not_found, "turn " + std::to_string(number) + " of '" +
                                             printable(shortened(entry.key, 64)) +
                                             "' is not kept: ASO.TURNS lists those that are");
}

}  // namespace

/// The asker may do this, and the object is active.
void shard::set_recording(cache_entry& entry, std::int64_t capacity) {
  const bool unchanged =
      entry.current->recorded == nullptr
          ? capacity == 0
          : entry.current->recorded->capacity() == static_cast<std::size_t>(capacity);
  if (unchanged) return;
  auto next = successor_of(entry);
  if (capacity == 0) {
    next->recorded.reset();
  } else if (next->recorded) {
    next->recorded = next->recorded->resized(static_cast<std::size_t>(capacity));
  } else {
    next->recorded = turn_ring::of(static_cast<std::size_t>(capacity));
  }
  put_record(entry, std::move(next));
}

reply shard::recording_query(const request& r, cache_entry& entry) {
  if (!belongs_to(*entry.current, r.from)) return reply::failure(owners_only(entry.key));
  switch (r.what.what) {
    case op::aso_record: set_recording(entry, r.what.number); return reply::ok();
    case op::aso_turns: {
      std::vector<reply> rows;
      if (entry.current->recorded)
        for (const auto& turn : entry.current->recorded->heads())
          rows.push_back(summary_of(turn));
      return reply::list(std::move(rows));
    }
    case op::aso_turn:
      if (!entry.current->recorded) return reply::failure(not_recorded(entry.key));
      return turn_of(entry, r.what.number, options_.limits.state_depth_max + 1);
    default: COMET_CHECK(!"a question about recorded turns");
  }
}

/// Before the outcome, which has a trace, is taken apart. Null: nothing is there to keep it.
std::unique_ptr<recorded_turn> shard::recorded_turn_of(const turn_under_way& turn,
                                                       const turn_outcome& outcome) {
  const auto& asked = *turn.request;
  if (asked.kind == turn_kind::create) {
    if (!outcome.created) return nullptr;
    const auto& args = asked.what->get().args;
    const std::vector<bytes> script_args(args.begin(), args.end());
    return std::make_unique<recorded_turn>(
        recorded_from(asked, outcome, asked.successor->hash, script_args));
  }
  const auto& current = turn.entry->current;
  if (!current || !current->is_active() || !current->recorded) return nullptr;
  return std::make_unique<recorded_turn>(
      recorded_from(asked, outcome, current->active->code_hash, current->active->args));
}

/// `next` holds all that the turn changed; `before` is the state that it began with.
void shard::record_turn(record& next, recorded_turn turn, bytes_view before) {
  COMET_CHECK(next.recorded != nullptr);
  next.recorded = next.recorded->with(std::move(turn), before, next.active->state);
}

}  // namespace comet::object
