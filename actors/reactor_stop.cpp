#include <algorithm>

#include "actors/clock.hpp"
#include "actors/reactor.hpp"
#include "actors/type_ids.hpp"

namespace comet::actors {

// The order of an end: no new clients; no new requests (what is read and not run is dropped
// unanswered, so its client knows nothing was done); turns, batches and answers under way finish;
// the store is synced; sockets close; the promise is kept. The deadline cuts each wait short.

caf::result<stopped> reactor::stop(const stop_order& order) {
  auto promise = self_->make_response_promise<stopped>();
  stopping_.emplace();
  stopping_->deadline = read_mono_clock() + order.patience;
  stopping_->done = promise;
  for (auto& one : listeners_)
    one->stop();
  for (auto* one : connections_.all())
    look_again(*one);
  request_round();
  return promise;
}

void reactor::go_on_stopping(const instant& now) {
  const bool late = now.mono >= stopping_->deadline;  // first the stop's own, then the sync's
  if (!stopping_->report) {
    const bool complete = all_quiet();
    if (!complete && !late) return;
    stop_report report;
    report.complete = complete;
    report.turns_cut = shard_.turns_under_way();
    report.batches_cut = batches_in_flight_;
    report.clients_cut = static_cast<std::size_t>(std::ranges::count_if(
        connections_.all(), [](const connection* one) { return !one->quiet(); }));
    stopping_->report = report;
    stopping_->deadline = now.mono + sync_patience;
    self_->send(links_.syncer, sync_order{});
    return;
  }
  if (!stopping_->sync_answered && !late) return;
  close_everything();
  const bool released =
      std::ranges::all_of(listeners_, [](const auto& one) { return one->released(); });
  if (!connections_.bury() || !released) return;  // the next round or tick looks again
  listeners_.clear();
  if (!stopping_->sync_answered)
    stopping_->report->sync_failure = error{errc::storage, "the last sync did not end in time"};
  stopping_->done.deliver(stopped{*stopping_->report});
  self_->quit();
}

bool reactor::all_quiet() {
  return batches_in_flight_ == 0 && !shard_.has_effects() && shard_.idle() &&
         std::ranges::all_of(connections_.all(),
                             [](const connection* one) { return one->quiet(); });
}

void reactor::close_everything() {
  const auto all = connections_.all();
  for (auto* one : all)
    one->close();
}

}  // namespace comet::actors
